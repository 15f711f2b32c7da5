"""The one environment of all templates: strict, and what goes into HTML is escaped."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import jinja2

SHARED = "accel.page"


def environment(package: str, folder: str = ".", **helpers: Mapping[str, Callable]) -> jinja2.Environment:
    """Templates in a folder of a package, and those of this one, which they may extend (`base.html.j2`).

    Args:
        helpers: `filters` and `globals` of the templates, by name.
    """
    made = jinja2.Environment(
        loader=jinja2.ChoiceLoader([jinja2.PackageLoader(package, folder), jinja2.PackageLoader(SHARED, ".")]),
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        undefined=jinja2.StrictUndefined,
        autoescape=lambda name: name is not None and name.endswith(".html.j2"),
    )
    made.filters |= helpers.get("filters", {})
    made.globals |= helpers.get("globals", {})
    return made
