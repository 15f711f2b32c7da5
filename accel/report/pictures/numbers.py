"""The numbers of a network: what types hold beside what was measured, and how far each layer is off."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from accel.page.drawing import BLUE, GREY, ORANGE, RED, beside, canvas
from accel.report.evidence import TensorRow
from accel.report.facts import LEAST_SQNR, Report

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def types(report: Report) -> Figure:
    """Each tensor in floating point: its magnitudes (line from the least to the greatest, box from 5 to 95 %, tick at
    the median) over what its type holds (bar from the LSB to the largest value), and how many numbers lie beyond the
    type or are lost below its LSB.
    """
    rows = report.evidence.tensors
    figure, ((axes,),) = canvas(0.9 + 0.27 * max(2, len(rows)))
    low = min(min(math.log2(row.step), *(_logs(row) or [0])) for row in rows)
    high = max(max(math.log2(row.greatest), *(_logs(row) or [0])) for row in rows)
    for at, row in enumerate(rows):
        _tensor(axes, at, row)
        counts = f", {row.beyond:,} beyond" if row.beyond else ""
        counts += f", {100 * row.lost / row.values:.2g} % lost" if row.lost else ""
        colour = RED if row.beyond else None
        axes.text(high + 0.5, at, f"{row.type}{counts}", va="center", fontsize=7.5, color=colour)
    names = [row.name if row.kind == "result" else f"{row.name}: {row.kind}" for row in rows]
    axes.set_yticks(range(len(rows)), names, fontsize=8)
    axes.set(xlim=(low - 0.5, high + 0.42 * (high - low)), ylim=(len(rows) - 0.4, -0.6))
    axes.set_xlabel("log2 of the magnitude")
    return figure


def _logs(row: TensorRow) -> list[float]:
    return [math.log2(size) for size in row.magnitudes if size > 0]


def _tensor(axes: Axes, at: int, row: TensorRow) -> None:
    start, end = math.log2(row.step), math.log2(row.greatest)
    axes.barh(at, end - start, left=start, height=0.72, color=BLUE, alpha=0.22, linewidth=0)
    if len(found := _logs(row)) == len(row.magnitudes):
        least, lower, median, upper, most = found
        axes.plot([least, most], [at, at], color=ORANGE, linewidth=1)
        axes.barh(at, upper - lower, left=lower, height=0.36, color=ORANGE, linewidth=0)
        axes.plot([median, median], [at - 0.3, at + 0.3], color=RED, linewidth=1.4)


def errors(report: Report) -> Figure:
    """Each layer's outputs against floating point: largest and mean error in LSBs of its type, and the
    signal-to-quantisation-noise ratio.
    """
    rows = report.evidence.errors
    ratios = {row.name: row.sqnr for row in report.layers}
    figure, ((left, right),) = canvas(0.9 + 0.26 * max(2, len(rows)), 1, 2, sharey=True)
    places = range(len(rows))
    left.barh(places, [row.largest for row in rows], color=GREY, height=0.7, label="largest")
    left.barh(places, [row.mean for row in rows], color=BLUE, height=0.4, label="mean")
    least = min((row.mean for row in rows if row.mean), default=1)
    left.set_xscale("log")
    left.set_xlim(min(least, 1) / 2, 2 * max([1, *(row.largest for row in rows)]))
    left.set_xlabel("error in LSB")
    left.legend(fontsize=8, loc="lower center", bbox_to_anchor=(0.5, 1), ncols=2)
    found = [ratios.get(row.name) for row in rows]
    colours = [RED if ratio is not None and ratio < LEAST_SQNR else BLUE for ratio in found]
    right.barh(places, [ratio or 0 for ratio in found], color=colours, height=0.7)
    for at, ratio in enumerate(found):
        beside(right, max(ratio or 0, 0), at, "exact" if ratio is None else f"{ratio:.1f}", fontsize=7.5)
    right.margins(x=0.16)
    right.set_xlabel("SQNR in dB")
    left.set_yticks(places, [row.name for row in rows], fontsize=8)
    left.invert_yaxis()
    return figure
