"""The pictures of a search, each a function of its result, drawn as SVG for the page and as PNG for papers."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from accel.page.drawing import BLUE, GREY, ORANGE, RED, Picture, canvas
from accel.sweep.result import Chosen, SweepResult
from accel.sweep.table import known_by

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MARKS = {"predicted": "o", "simulated": "s", "synthesised": "^", "simulated, synthesised": "D"}
COLUMNS = 4


def _score(result: SweepResult) -> str:
    return "agreement" if result.validation.accuracy is None else "accuracy"


def front(result: SweepResult) -> Figure:
    """Every point that was measured, its accuracy against its share of the part; the line joins those that no other one
    beats.
    """
    figure, ((axes,),) = canvas(4.6)
    score = _score(result)
    known = [point for point in result.points if point.figures]
    for feasible, colour, label in ((False, RED, "misses a limit"), (True, GREY, "within the limits")):
        some = [point.figures for point in known if point.feasible == feasible]
        axes.scatter(
            [100 * f.usage for f in some],
            [100 * getattr(f, score) for f in some],
            s=14,
            alpha=0.55,
            color=colour,
            label=label if some else None,
            linewidths=0,
        )
    chosen = sorted(result.front, key=lambda c: c.figures.usage)
    axes.plot([100 * c.figures.usage for c in chosen], [100 * getattr(c.figures, score) for c in chosen], color=BLUE)
    for words, mark in MARKS.items():
        some = [c for c in chosen if known_by(c) == words]
        if some:
            place = [100 * c.figures.usage for c in some], [100 * getattr(c.figures, score) for c in some]
            axes.scatter(*place, marker=mark, s=46, color=BLUE, label=f"front, {words}", zorder=3)
    _names(axes, [(100 * c.figures.usage, 100 * getattr(c.figures, score), c.name) for c in chosen])
    base = result.base.figures
    axes.scatter([100 * base.usage], [100 * getattr(base, score)], marker="*", s=120, color=ORANGE, label="base")
    axes.set(xlabel=f"share of {result.part}'s scarcest resource, %", ylabel=f"{score} on the validation part, %")
    axes.set_xscale("log")
    axes.xaxis.set_major_formatter("{x:g}")
    axes.xaxis.set_minor_formatter("{x:g}")
    axes.legend(fontsize=8)
    return figure


def _names(axes: Axes, places: list[tuple[float, float, str]]) -> None:
    """Names beside points, as many as leave room for each other."""
    taken: list[tuple[float, float]] = []
    low, high = axes.get_ylim()
    for x, y, name in places:
        here = math.log(x) if x > 0 else 0.0, (y - low) / ((high - low) or 1)
        if all(abs(here[0] - a) > 0.25 or abs(here[1] - b) > 0.06 for a, b in taken):
            axes.annotate(name, (x, y), textcoords="offset points", xytext=(5, 6), fontsize=8)
            taken.append(here)


def widths(result: SweepResult) -> Figure:
    """The best score (line) and every score (dots) by each parameter's value."""
    known = [point for point in result.points if point.figures]
    names = sorted({n for p in known for n in p.point if n.endswith((".bits", ".shift", "rounding", "overflow"))})
    columns = max(1, min(COLUMNS, len(names)))
    rows = max(1, -(-len(names) // columns))
    figure, grid = canvas(0.6 + 1.9 * rows, rows, columns, sharey=True)
    score = _score(result)
    for axes, name in zip(grid.flat, names, strict=False):
        values = sorted({p.point[name] for p in known if name in p.point}, key=lambda v: (isinstance(v, str), v))
        scores = [[100 * getattr(p.figures, score) for p in known if p.point.get(name) == v] for v in values]
        ticks = range(len(values))
        axes.scatter(
            [t for t, some in zip(ticks, scores, strict=True) for _ in some],
            [s for some in scores for s in some],
            s=8,
            alpha=0.4,
            color=GREY,
            linewidths=0,
        )
        axes.plot(ticks, [max(some) for some in scores], color=BLUE, marker="o", markersize=3)
        every = -(-len(values) // 7)
        axes.set_xticks(list(ticks)[::every], [str(v) for v in values][::every], fontsize=8)
        axes.set_title(name, fontsize=9)
    for axes in list(grid.flat)[len(names) :]:
        axes.set_axis_off()
    figure.supylabel(f"{score}, %", fontsize=9)
    return figure


def cycles(result: SweepResult) -> Figure:
    """Latency and initiation interval of every point."""
    figure, ((axes,),) = canvas(4.0)
    known = [point.figures for point in result.points if point.figures]
    for name, colour, label in (("ii", BLUE, "initiation interval"), ("latency", ORANGE, "latency")):
        axes.scatter(
            [f.dsp for f in known], [getattr(f, name) for f in known], s=14, color=colour, alpha=0.6, label=label
        )
    axes.set(xlabel="multipliers (DSP)", ylabel="cycles")
    if known:
        axes.set(xscale="log", yscale="log")
    axes.xaxis.set_major_formatter("{x:g}")
    axes.xaxis.set_minor_formatter("{x:g}")
    axes.legend(fontsize=8)
    return figure


def ranges(result: SweepResult) -> Figure:
    """The first design of the front: the largest value that was measured of each tensor, and what its type holds."""
    tensors = _shown(result).tensors
    figure, ((axes,),) = canvas(0.9 + 0.28 * max(2, len(tensors)))
    for row, tensor in enumerate(tensors):
        top = math.log2(max(tensor.greatest, -tensor.least, tensor.step))
        axes.barh(row, top - math.log2(tensor.step), left=math.log2(tensor.step), height=0.62, color=BLUE, alpha=0.3)
        reached = max(tensor.high, -tensor.low)
        if reached > 0:
            axes.plot([math.log2(reached)] * 2, [row - 0.4, row + 0.4], color=ORANGE, linewidth=2.5)
        axes.text(top, row, f"  {tensor.text}", va="center", fontsize=8)
    axes.set_yticks(range(len(tensors)), [tensor.name for tensor in tensors], fontsize=8)
    axes.invert_yaxis()
    axes.margins(x=0.22)
    axes.set_xlabel("log2 of magnitude: bar from the type's step to its end; line: the largest value measured")
    return figure


def shares(result: SweepResult) -> Figure:
    """The first design of the front: what each layer has of its resources and cycles."""
    layers = _shown(result).layers
    figure, grid = canvas(0.9 + 0.26 * max(2, len(layers)), 1, 4, sharey=True)
    for axes, name, title in zip(grid.flat, ("lut", "dsp", "bram36", "cycles"), _TITLES, strict=True):
        found = [getattr(layer, name) for layer in layers]
        axes.set_title(title, fontsize=9)
        if None in found or not found:
            axes.text(0.5, 0.5, "not known", ha="center", va="center", transform=axes.transAxes, fontsize=8)
            continue
        axes.barh(range(len(layers)), found, color=BLUE, height=0.7)
        for row, value in enumerate(found):
            axes.text(value, row, f" {value:,.10g}", va="center", fontsize=7)
        axes.margins(x=0.35)
        axes.set_xticks([])
        axes.grid(False)
    first = grid[0][0]
    first.set_yticks(range(len(layers)), [layer.name for layer in layers], fontsize=8)
    first.invert_yaxis()
    return figure


_TITLES = ("LUT", "multipliers (DSP)", "block RAMs (36 kb)", "cycles a frame")


def coordinates(result: SweepResult) -> Figure:
    """A line for each point through its bits and figures; the front is blue."""
    known = [point for point in result.points if point.figures]
    wanted = (_score(result), "weight_bits", "data_bits", "usage", "dsp", "bram36", "lut", "ii")
    axes_of = [name for name in wanted if all(getattr(p.figures, name) is not None for p in known)]
    figure, ((axes,),) = canvas(4.4)
    table = np.array([[getattr(p.figures, name) for name in axes_of] for p in known], float).reshape(-1, len(axes_of))
    low, high = table.min(axis=0, initial=np.inf), table.max(axis=0, initial=-np.inf)
    scaled = (table - low) / np.where(high > low, high - low, 1)
    chosen = {c.done.number for c in result.front}
    for point, line in zip(known, scaled, strict=True):
        best = point.number in chosen
        axes.plot(line, color=BLUE if best else GREY, alpha=0.9 if best else 0.18, linewidth=1.6 if best else 0.7,
                  zorder=2 if best else 1)  # fmt: skip
    for at, (a, b) in enumerate(zip(low, high, strict=True)):
        axes.axvline(at, alpha=0.3, color=GREY)
        axes.text(at, -0.03, f"{a:,.4g}", ha="center", va="top", fontsize=8)
        axes.text(at, 1.02, f"{b:,.4g}", ha="center", va="bottom", fontsize=8)
    axes.set_xticks(range(len(axes_of)), axes_of)
    axes.tick_params(axis="x", pad=14)
    axes.set_yticks([])
    axes.set_ylim(-0.08, 1.1)
    axes.grid(False)
    return figure


def _shown(result: SweepResult) -> Chosen:
    """The design whose layers are shown: the first of the front, else the one that the search began with."""
    return result.front[0] if result.front else result.base


PICTURES = (
    Picture("front", "The front", front),
    Picture("widths", "What bits are worth", widths),
    Picture("cycles", "Cycles against multipliers", cycles),
    Picture("ranges", "Ranges and types", ranges),
    Picture("shares", "Where it goes", shares),
    Picture("coordinates", "All at once", coordinates),
)
