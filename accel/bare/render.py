"""The templates of the C++ text."""

from __future__ import annotations

from functools import lru_cache

import jinja2

from accel.bare import text


@lru_cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("accel.bare", "templates"),
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        undefined=jinja2.StrictUndefined,
        autoescape=False,
    )
    environment.globals |= {name: getattr(text, name) for name in ("loops", "names", "dims", "by", "words")}
    environment.filters |= {name: getattr(text, name) for name in ("legend", "quoted")}
    return environment


def render(template: str, **values: object) -> str:
    """The text that a template gives."""
    return _environment().get_template(template).render(**values)
