"""What was decided, by floating point and by the integer model."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from accel.page.drawing import canvas
from accel.report.facts import Report

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

CROWDED = 14
"""Classes from which on their names stand upright."""


def confusion(report: Report) -> Figure:
    """How many frames of each class (row) were decided as each (column): on the diagonal they are right, or, where no
    class is known, the integer model, whose numbers exact hardware has, decides as floating point does.
    """
    found = report.evidence.confusion
    shown = [("floating point", found.floating), ("integer model", found.integers)] if found.floating else [
        ("integer model (columns) and floating point (rows)", found.integers)
    ]  # fmt: skip
    figure, (cells,) = canvas(1.1 + min(0.45 * len(found.names), 3.9), 1, 2)
    for axes, (title, counts) in zip(cells, shown, strict=False):
        _matrix(axes, title, np.array(counts), found.names)
    for axes in cells[len(shown) :]:
        axes.set_axis_off()
    return figure


def _matrix(axes: Axes, title: str, counts: np.ndarray, names: tuple[str, ...]) -> None:
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    axes.pcolormesh(shares, cmap="Blues", vmin=0, vmax=1.2, edgecolors="#94a3b840", linewidth=0.5)
    small = len(names) > CROWDED
    for (row, column), count in np.ndenumerate(counts):
        if count:
            ink = "white" if shares[row, column] > 0.6 else "#1f2937"
            axes.text(
                column + 0.5, row + 0.5, f"{count:,}", ha="center", va="center", fontsize=5 if small else 8, color=ink
            )
    places = np.arange(len(names)) + 0.5
    long = small or max(map(len, names)) > 4
    axes.set_xticks(places, names, fontsize=6 if small else 8, rotation=90 if long else 0)
    axes.set_yticks(places, names, fontsize=6 if small else 8)
    axes.invert_yaxis()
    axes.set_aspect("equal")
    axes.set_title(title, fontsize=9)
    axes.grid(False)
