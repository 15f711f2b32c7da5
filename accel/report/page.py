"""`report.html`: one file that needs no other, made for looking; its pictures as PNG beside it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import astuple
from pathlib import Path

from accel import cache
from accel.page import drawing, templates
from accel.page.drawing import Picture
from accel.report.facts import HTML, Report
from accel.report.pictures import AROUND, CONFUSION, PICTURES
from accel.report.verdict import verdicts

PICTURES_FOLDER = "pictures"
DRAWING = (Path(__file__).parent, Path(drawing.__file__).parent)
MARKED = 1000
"""Letters within which a page says what it shows."""
LAYERS = ("layer", "kind", "output", "reuse", "multipliers", "DSP", "block RAMs", "LUT", "FF", "cycles", "busy",
          "weights", "accumulator", "result", "SQNR dB")  # fmt: skip


def write(report: Report, folder: Path) -> Path:
    """Write page and pictures to ``folder``, replacing older ones, unless they show this report; returns the page's
    path.
    """
    path, mark = folder / HTML, f'content="{_digest(report)}"'
    if not (path.is_file() and mark in path.read_text()[:MARKED]):
        drawing.write_pngs(PICTURES, report, folder / PICTURES_FOLDER)
        cache.write(path, html(report))
    return path


def _digest(report: Report) -> str:
    """Of the report, and of what draws it."""
    drawing_it = [file for folder in DRAWING for file in sorted(folder.rglob("*")) if file.suffix in (".py", ".j2")]
    return cache.digest(drawing_it, report)


def html(report: Report) -> str:
    """The page."""
    first = (AROUND, CONFUSION)
    page = templates.environment("accel.report").get_template("page.html.j2")
    return page.render(
        report=report,
        digest=_digest(report),
        verdicts=list(verdicts(report)),
        first=_drawn(first, report),
        others=_drawn([picture for picture in PICTURES if picture not in first], report),
        differing=_differing(report),
        layer_header=LAYERS,
        layers=_layers(report),
        design=_design(report),
        simulations=_simulations(report),
        comparison_header=("", "frames", "largest error", "in LSB", "agreement", *_scores(report)),
        comparisons=_comparisons(report),
    )


def _drawn(pictures: Iterable[Picture[Report]], report: Report) -> list[tuple[Picture[Report], str]]:
    return [(picture, drawing.svg(picture, report)) for picture in pictures if picture.shown(report)]


def _number(value: float | None, digits: int = 0) -> str | None:
    return None if value is None else f"{value:,.{digits}f}"


def _differing(report: Report) -> list[tuple[str, ...]]:
    found = report.evidence and report.evidence.confusion
    rows = [astuple(one) for one in found.differing] if found else []
    return [(frame if number is None else f"{frame}, decision {number}", *own) for frame, *own, number in rows]


def _design(report: Report) -> list[tuple[str, str]]:
    settings = report.settings
    return [
        ("model", report.model),
        ("parameters", f"{report.parameters:,}"),
        ("part", settings.part),
        ("clock", f"{settings.clock_ns:g} ns"),
        ("interface", settings.io),
        ("strategy", settings.strategy),
        ("precision", settings.precision),
    ]


def _layers(report: Report) -> list[tuple[str | None, ...]]:
    return [
        (
            row.name,
            row.kind,
            " x ".join(map(str, row.shape)),
            row.reuse,
            *(_number(value) for value in (row.multipliers, row.dsp)),
            _number(row.bram, 1),
            *(_number(value) for value in (row.lut, row.ff, row.cycles)),
            None if row.busy is None else f"{row.busy:.0%}",
            row.weight_type,
            row.accum_type,
            row.output_type,
            _number(row.sqnr, 1),
        )
        for row in report.layers
    ]


def _simulations(report: Report) -> list[tuple[str | None, ...]]:
    runs = [(run.driver, run.result) for run in report.simulations]
    return [
        (
            one.simulator,
            driver,
            *(_number(value) for value in (one.different, one.frames, one.mismatches, one.latency, one.ii, one.cycles)),
        )
        for driver, one in runs
    ]


def _scores(report: Report) -> list[str]:
    """How right the outputs are: by what names."""
    return ["accuracy"] if report.decides else [name for name, _ in report.float_scores]


def _comparisons(report: Report) -> list[tuple[str | None, ...]]:
    """The float model's scores, and each witness against it."""
    names = _scores(report)
    floating = [_percent(report.float_accuracy)] if report.decides else [f"{s:.4g}" for _, s in report.float_scores]
    rows = [
        (
            row.name,
            f"{row.frames:,}",
            f"{row.max_error:.2e}",
            f"{row.max_error_lsb:.1f}",
            _percent(row.agreement),
            *([_percent(row.accuracy)] if report.decides else row.figures(names)),
        )
        for row in report.comparisons
    ]
    return [("floating point", None, None, None, None, *floating), *rows]


def _percent(fraction: float | None) -> str | None:
    return None if fraction is None else f"{100 * fraction:.2f} %"
