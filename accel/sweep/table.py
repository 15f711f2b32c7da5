"""A search as rows: the front for the terminal and the page, every point for `sweep.csv`."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, fields

from accel.sweep.figures import Figures
from accel.sweep.result import Chosen, Score, SweepResult

HEADER = (
    "design",
    "fits",
    "limit",
    "accuracy",
    "test",
    "agreement",
    "test agr.",
    "bits w/d",
    "II",
    "latency",
    "frames/s",
    "LUT",
    "FF",
    "DSP",
    "BRAM36",
    "known by",
)


def rows(result: SweepResult) -> list[tuple[object, ...]]:
    """The design that the search began with, and those of the front, under `HEADER`."""
    return [row(chosen, result.clock_ns) for chosen in (result.base, *result.front)]


def row(chosen: Chosen, clock_ns: float) -> tuple[object, ...]:
    """A design's row."""
    known, made, test = chosen.figures, chosen.synthesised, chosen.test or Score(None, float("nan"))
    used = made or known
    return (
        chosen.name,
        "yes" if known.usage <= 1 else "no",
        f"{known.limit} {100 * known.usage:.0f} %",
        percent(known.accuracy),
        percent(test.accuracy),
        percent(known.agreement),
        percent(test.agreement if chosen.test else None),
        f"{known.weight_bits:.1f}/{known.data_bits:.1f}",
        known.ii,
        known.latency,
        round(1e9 / (known.ii * clock_ns)),
        used.lut,
        used.ff,
        used.dsp,
        used.bram36,
        known_by(chosen),
    )


def known_by(chosen: Chosen) -> str:
    """How the figures of a design came about: its cycles by simulation, its resources by synthesis, or by neither."""
    words = ["simulated"] if chosen.checked else []
    words += ["synthesised"] if chosen.synthesised else []
    return ", ".join(words) or "predicted"


def percent(fraction: float | None) -> str | None:
    """A fraction as `91.22 %`; None stays."""
    return None if fraction is None else f"{100 * fraction:.2f} %"


def errors(result: SweepResult) -> Iterator[tuple[object, ...]]:
    """How far the prediction was off where a design was simulated or synthesised: design, figure, predicted, found, and
    the error in per cent.
    """
    for chosen in (result.base, *result.front):
        for found, names in ((chosen.checked, ("ii", "latency")), (chosen.synthesised, ("lut", "ff", "dsp", "bram36"))):
            for name in names if found else ():
                predicted, real = getattr(chosen.figures, name), getattr(found, name)
                if predicted is not None:
                    off = f"{100 * (predicted - real) / real:+.1f} %" if real else "0 %" if predicted == real else "-"
                    yield chosen.name, name, predicted, real, off


def reasons(result: SweepResult) -> list[tuple[str, int]]:
    """Why points have no figures, and how many each, the most frequent first."""
    return Counter(point.reason for point in result.failed).most_common()


def points(result: SweepResult) -> str:
    """`sweep.csv`: a line for each point, with its parameters, figures, and whether it is on the front."""
    parameters = sorted({name for point in result.points for name in point.point})
    names = [field.name for field in fields(Figures)]
    front = {chosen.done.number for chosen in result.front}
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["point", *parameters, *names, "feasible", "front", "reason"])
    for point in result.points:
        known = asdict(point.figures) if point.figures else {}
        writer.writerow(
            [
                point.number,
                *(point.point.get(name, "") for name in parameters),
                *("" if known.get(name) is None else known[name] for name in names),
                int(point.feasible),
                int(point.number in front),
                point.reason,
            ]
        )
    return text.getvalue()
