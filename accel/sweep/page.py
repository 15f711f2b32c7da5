"""A search's files: `sweep.html`, `sweep.csv` and the pictures as PNG."""

from __future__ import annotations

from pathlib import Path

from accel import cache
from accel.page import drawing, templates
from accel.sweep import plots, table
from accel.sweep.result import SweepResult

HTML, CSV, PICTURES = "sweep.html", "sweep.csv", "pictures"


def write(result: SweepResult, folder: Path) -> Path:
    """Write page, table and pictures to `folder`, replacing older ones; returns the page's path."""
    cache.write(folder / CSV, table.points(result))
    drawing.write_pngs(plots.PICTURES, result, folder / PICTURES)
    return cache.write(folder / HTML, html(result))


def html(result: SweepResult) -> str:
    """The page: one file that needs nothing else."""
    environment = templates.environment("accel.sweep", filters={"cell": _cell})
    scores = [f"{table.percent(s.accuracy)} there" for s in (result.validation,) if s.accuracy is not None]
    scores += [f"{table.percent(result.test.accuracy)} on the test split"] if result.test and scores else []
    return environment.get_template("page.html.j2").render(
        result=result,
        summary=summary(result),
        float=" and ".join(scores) or "what it decides (no labels)",
        header=table.HEADER,
        rows=table.rows(result),
        pictures=[(picture, drawing.svg(picture, result)) for picture in plots.PICTURES],
        errors=list(table.errors(result)),
        reasons=table.reasons(result),
    )


def summary(result: SweepResult) -> str:
    """How many points there are, and what came of them."""
    within = sum(point.feasible for point in result.points)
    return (
        f"{len(result.points):,} designs measured in {result.seconds / 60:.1f} minutes: {within:,} within the limits, "
        f"{len(result.failed):,} without figures, {len(result.front):,} that no other one beats."
    )


def _cell(value: object) -> str:
    if value is None:
        return "-"
    return f"{value:,}" if isinstance(value, int) else f"{value:,.10g}" if isinstance(value, float) else str(value)
