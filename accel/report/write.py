"""`report.json`, `report.md` and `report.html`, each written whole or not at all."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path

from accel import cache
from accel.page import templates
from accel.report.facts import JSON, MARKDOWN, NOT_MEASURED, Report
from accel.report.page import write as draw

_NUMBER = re.compile(r"-|\d[\d,]*(\.\d+)?(e[+-]\d+)?(/\d+| %| s)?")


def write(report: Report, folder: Path) -> Path:
    """Write the files to `folder`, replacing older ones; returns the path of `report.md`."""
    draw(report, folder)
    cache.write(folder / JSON, json.dumps(report.to_dict(), indent=2) + "\n")
    return cache.write(folder / MARKDOWN, markdown(report))


def markdown(report: Report) -> str:
    """The text of `report.md`: good to read as it is, too."""
    helpers = {"count": count, "percent": percent, "share": share}
    environment = templates.environment("accel.report", filters=helpers, globals={"table": table})
    return environment.get_template("report.md.j2").render(report=report)


def table(header: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """An aligned Markdown table: columns of numbers are set to the right, None becomes '-', columns
    without entries go.
    """
    cells = [["-" if cell is None or cell == "" else str(cell) for cell in row] for row in rows]
    kept = [i for i in range(len(header)) if any(row[i] != "-" for row in cells)]
    right = {i: all(_NUMBER.fullmatch(row[i]) for row in cells) for i in kept}
    widths = {i: max(3, len(header[i]), *(len(row[i]) for row in cells)) for i in kept}

    def line(row: Sequence[str]) -> str:
        return "| " + " | ".join(row[i].rjust(widths[i]) if right[i] else row[i].ljust(widths[i]) for i in kept) + " |"

    rule = "|" + "|".join("-" * (widths[i] + 1) + (":" if right[i] else "-") for i in kept) + "|"
    return "\n".join([line(header), rule, *map(line, cells)])


def count(value: float | None) -> str | None:
    """A number with thousands separators, halves kept."""
    return None if value is None else f"{value:,.1f}" if value % 1 else f"{int(value):,}"


def percent(fraction: float | None) -> str:
    """A fraction as per cent; what is None was not measured."""
    return NOT_MEASURED if fraction is None else f"{100 * fraction:.2f} %"


def share(used: float, available: int) -> str:
    """`used` of `available` in per cent."""
    return f"{100 * used / available:.0f} %" if available else "0 %"
