"""The network as a graph of its layers and the streams between them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from accel.page.drawing import BLUE, GREY, RED, WIDTH, canvas
from accel.report.evidence import Edge
from accel.report.facts import LayerRow, Report

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

INPUT, OUTPUT = "the input", "the output"
BOX, PITCH = 0.56, 1.0
"""The height of a box, for a distance of 1 between ranks."""
INCHES = 0.78
"""Between ranks."""


@dataclass(frozen=True)
class Place:
    """Where a node stands: its rank counts from the input, ``column`` of ``columns`` from the left."""

    rank: int
    column: int
    columns: int

    @property
    def middle(self) -> tuple[float, float]:
        """Its middle, the width of all columns being 1."""
        return (self.column + 0.5) / self.columns, -PITCH * self.rank


def network(report: Report) -> Figure:
    """Each layer with its multipliers, cycles and how busy it is (filled part), the slowest in red; at each stream the
    numbers of a beat, their type, and the beats of a frame.
    """
    edges = [_with_ends(edge) for edge in report.edges]
    paths, places = placed(edges)
    ranks = 1 + max(place.rank for place in places.values())
    figure, ((axes,),) = canvas(0.3 + INCHES * ranks)
    rows = {row.name: row for row in report.layers}
    for edge, path in zip(edges, paths, strict=True):
        _stream(axes, edge, [places[name] for name in path])
    slowest = report.bottleneck
    for name in dict.fromkeys(name for edge in edges for name in (edge.source, edge.target)):
        _node(axes, name, places[name], rows.get(name), slowest is not None and name == slowest.name)
    axes.set(xlim=(0, 1), ylim=(-PITCH * (ranks - 1) - 0.45, 0.45))
    axes.set_axis_off()
    return figure


def placed(edges: Sequence[Edge]) -> tuple[list[list[str]], dict[str, Place]]:
    """The nodes that each edge goes by, and a place for each node.

    A node is below all that it reads; those of a rank are in the order of what they read. An edge goes through a
    place of its own in each rank that it passes.
    """
    names = dict.fromkeys(name for edge in edges for name in (edge.source, edge.target))
    reads = {name: [edge.source for edge in edges if edge.target == name] for name in names}
    ranks: dict[str, int] = {}

    def rank(name: str) -> int:
        if name not in ranks:
            ranks[name] = 1 + max(map(rank, reads[name])) if reads[name] else 0
        return ranks[name]

    last = max(map(rank, names))
    paths, behind = [], dict(reads)
    for number, edge in enumerate(edges):
        between = [f"{number}:{level}" for level in range(ranks[edge.source] + 1, ranks[edge.target])]
        ranks |= {name: int(name.partition(":")[2]) for name in between}
        paths.append([edge.source, *between, edge.target])
        behind |= {name: [before] for before, name in zip(paths[-1], between, strict=False)}
    made: dict[str, Place] = {}
    for level in range(last + 1):
        own = [name for name in ranks if ranks[name] == level]
        own.sort(key=lambda name: sum(made[s].middle[0] for s in behind[name]) / max(1, len(behind[name])))
        made |= {name: Place(level, column, len(own)) for column, name in enumerate(own)}
    return paths, made


def _with_ends(edge: Edge) -> Edge:
    return edge if edge.target else Edge(edge.source, OUTPUT, edge.lanes, edge.type, edge.beats, edge.bits)


def _node(axes: Axes, name: str, place: Place, row: LayerRow | None, slowest: bool) -> None:
    from matplotlib.patches import Rectangle

    x, y = place.middle
    wide = min(0.46, 0.94 / place.columns)
    corner = x - wide / 2, y - BOX / 2
    colour = RED if slowest else GREY
    if row is None:
        axes.text(x, y, name, ha="center", va="center", fontsize=9)
        return
    hardware = row.cycles is not None
    if hardware:
        axes.add_patch(Rectangle(corner, wide * (row.busy or 0), BOX, color=RED if slowest else BLUE, alpha=0.22, lw=0))
    style = {
        "fill": False,
        "edgecolor": colour,
        "linewidth": 1.8 if slowest else 1,
        "linestyle": "-" if hardware else ":",
    }
    axes.add_patch(Rectangle(corner, wide, BOX, **style))
    shape = " x ".join(map(str, row.shape))
    title = f"{name}: {row.kind}, {shape}"
    axes.text(x, y + 0.13, title, ha="center", va="center", fontsize=_fitting(title, wide, 9))
    told = (
        f"{row.cycles:,} cycle{'s' if row.cycles > 1 else ''}, {100 * row.busy:.0f} % busy"
        if hardware
        else "no module of its own"
    )
    told += f", {row.multipliers:,} multipliers" if row.multipliers else ""
    colour, size = RED if slowest else None, _fitting(told, wide, 8)
    axes.text(x, y - 0.14, told, ha="center", va="center", fontsize=size, color=colour)
    if slowest and place.columns == 1:
        axes.text(x + wide / 2 + 0.012, y, "the slowest: it sets the pace", va="center", fontsize=8, color=RED)


def _fitting(text: str, wide: float, most: float) -> float:
    """The size of letters with which a text fits into this part of the picture's width."""
    return min(most, 72 * WIDTH * wide / (0.62 * len(text)))


def _stream(axes: Axes, edge: Edge, path: Sequence[Place]) -> None:
    """The line from place to place, and what flows on it: beside a place of its own, or at the end that it does not
    share with others.
    """
    (x0, y0), (x1, y1) = path[0].middle, path[-1].middle
    start, end = (x0, y0 - (BOX / 2 if path[0].rank else 0.12)), (x1, y1 + (BOX / 2 if edge.target != OUTPUT else 0.12))
    passed = [point for place in path[1:-1] for point in _straight(place)]
    points = [start, *passed]
    axes.plot(*zip(*points, strict=True), color=GREY, linewidth=1)
    axes.annotate("", end, points[-1], arrowprops={"arrowstyle": "-|>", "color": GREY, "linewidth": 1, "shrinkA": 0})
    beats = f"{edge.beats:,} beat{'s' if edge.beats > 1 else ''}"
    parts = f"{edge.lanes} x {edge.type}", f"{edge.bits:,} bits, {beats}"
    alone = max(place.columns for place in path) == 1
    text, size = (" = ".join(parts), 7.5) if alone else ("\n".join(parts), 6.5)
    fanned = path[-1].columns >= path[0].columns
    x, y = path[1].middle if passed else (x1 if fanned else x0, (start[1] + end[1]) / 2)
    left = not passed and (x1 < x0 if fanned else x0 < x1)
    axes.text(x - 0.012 if left else x + 0.012, y, text, va="center", ha="right" if left else "left", fontsize=size)


def _straight(place: Place) -> tuple[tuple[float, float], tuple[float, float]]:
    """The points at which a line enters a rank that it passes, and leaves it."""
    x, y = place.middle
    return (x, y + BOX / 2), (x, y - BOX / 2)
