"""The templates of the C++ text."""

from __future__ import annotations

from functools import lru_cache

import jinja2

from accel.bare import text
from accel.page import templates


@lru_cache
def _environment() -> jinja2.Environment:
    helpers = {name: getattr(text, name) for name in ("loops", "names", "numbered", "signature", "dims", "by", "words")}
    helpers["zip"] = zip
    filters = {name: getattr(text, name) for name in ("legend", "quoted")}
    return templates.environment("accel.bare", "templates", globals=helpers, filters=filters)


def render(template: str, **values: object) -> str:
    """The text that a template gives."""
    return _environment().get_template(template).render(**values)
