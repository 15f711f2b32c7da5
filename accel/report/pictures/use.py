"""What a design takes: the time of a frame in each layer, and the resources of the part."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import astuple
from typing import TYPE_CHECKING

from accel.page.drawing import BLUE, ORANGE, RED, beside, canvas
from accel.report.facts import LayerRow, Report
from accel.synth import parts

if TYPE_CHECKING:
    from matplotlib.figure import Figure

LEGEND = 12
"""Layers that a legend names; those that take least are `others`."""


def timeline(report: Report) -> Figure:
    """One frame alone in the hardware: a layer is busy (blue), full (orange: its output waits for the next layer), or
    waits for its input (empty); the paler, the smaller the part of that time.
    """
    found = report.timeline
    figure, ((axes,),) = canvas(0.9 + 0.28 * max(2, len(found.rows)))
    for at, row in enumerate(found.rows):
        for digits, colour in ((row.busy, BLUE), (row.full, ORANGE)):
            for level, start, length in runs(digits):
                scale = found.cycles / len(digits)
                spans = [(start * scale, length * scale)]
                axes.broken_barh(spans, (at - 0.38, 0.76), facecolors=colour, alpha=level / 9, linewidth=0)
    axes.set_yticks(range(len(found.rows)), [row.name for row in found.rows], fontsize=8)
    axes.set(xlim=(0, found.cycles), ylim=(len(found.rows) - 0.5, -0.5))
    axes.set_xlabel(f"cycles of {report.settings.clock_ns:g} ns from the frame's first beat in")
    return figure


def runs(digits: str) -> Iterator[tuple[int, int, int]]:
    """Each run of equal digits but 0: the digit, where it begins, and how long it is."""
    at = 0
    for digit, group in itertools.groupby(digits):
        length = len(list(group))
        if digit != "0":
            yield int(digit), at, length
        at += length


def resources(report: Report) -> Figure:
    """What the layers take of each of the part's resources, in per cent of what it has: multipliers and block RAMs as
    planned, look-up tables and flip-flops as predicted; first the layers that take most of any.
    """
    part = parts.find(report.settings.part)
    has = dict(zip(("LUT", "FF", "DSP", part.family.bram), astuple(part.has), strict=True))
    rows = [row for row in report.layers if row.cycles is not None]
    kinds = [
        (name, key) for name, key in _kinds(has) if has[name] and any(getattr(row, key) is not None for row in rows)
    ]

    def most(row: LayerRow) -> float:
        return max(((getattr(row, key) or 0) / has[name] for name, key in kinds), default=0)

    ordered = sorted(rows, key=most, reverse=True)
    figure, ((axes,),) = canvas(1.5 + 0.45 * max(1, len(kinds)))
    for at, (name, key) in enumerate(kinds):
        left = 0.0
        for layer, share, colour in _shares(ordered, key, has[name]):
            axes.barh(at, share, left=left, height=0.6, color=colour, label=layer if at == 0 else None)
            left += share
        beside(axes, left, at, f"{left:.0f} %")
    axes.axvline(100, color=RED, linewidth=1)
    axes.set_yticks(range(len(kinds)), [name for name, _ in kinds])
    axes.invert_yaxis()
    axes.margins(x=0.08)
    axes.set_xlabel(f"per cent of {report.settings.part}; the line is all that it has")
    axes.legend(fontsize=8, loc="upper left", bbox_to_anchor=(1, 1))
    return figure


def _kinds(has: Mapping[str, int]) -> list[tuple[str, str]]:
    """The names of the part's resources and what they are called in a layer's row."""
    return [(name, {"LUT": "lut", "FF": "ff", "DSP": "dsp"}.get(name, "bram")) for name in has]


def _shares(rows: list[LayerRow], key: str, available: int) -> Iterator[tuple[str, float, tuple[float, ...]]]:
    """Each layer's name, its share in per cent and its colour; those behind the first `LEGEND` are one."""
    import matplotlib as mpl

    colours = mpl.colormaps["tab20"]
    named, others = rows[:LEGEND], rows[LEGEND:]
    for at, row in enumerate(named):
        yield row.name, 100 * (getattr(row, key) or 0) / available, colours(at)
    if others:
        yield "others", 100 * sum(getattr(row, key) or 0 for row in others) / available, colours(19)
