"""The picture of an answer: what was heard or seen, as the network got it, and what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from accel.data.given import Panel
from accel.page.drawing import BLUE, GREEN, GREY, ORANGE, WIDTH, Picture
from accel.report.answers import FEW, RTL, WITNESSES, Answer

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

COLOURS = dict(zip(WITNESSES, (GREY, BLUE, ORANGE), strict=True))
SHADES = ", darker is more probable"
DRAWN = 4000
"""Points of a line; of a longer one, the least and greatest value of each stretch."""


def answer(subject: Answer) -> Figure:
    """What the network got, and the outputs of the float model, the integer model and the RTL."""
    from matplotlib.figure import Figure

    pictures = [panel for panel in subject.given.panels if panel.x is None]
    others = [panel for panel in subject.given.panels if panel.x is not None]
    rows = [*([pictures] if pictures else []), *([panel] for panel in others)]
    shown = subject.meaning.classes or subject.overall(RTL).size <= FEW
    count = len(subject.meaning.names)
    last = max(1.6, 0.6 + 0.24 * min(count, FEW)) if shown else 0
    heights = [2.6 if pictures and row is pictures else 1.9 for row in rows] + ([last] if shown else [])
    figure = Figure(figsize=(WIDTH, 0.9 + sum(heights)), layout="constrained")
    grid = figure.add_gridspec(len(heights), 1, height_ratios=heights)
    for at, row in enumerate(rows):
        parts = grid[at].subgridspec(1, len(row))
        cells = [grid[at]] if len(row) == 1 else [parts[column] for column in range(len(row))]
        for cell, panel in zip(cells, row, strict=True):
            axes = figure.add_subplot(cell)
            _panel(axes, panel)
            if pictures and panel is pictures[-1] and subject.meaning.marks:
                _marks(axes, subject)
            if panel.x is not None and panel.x.label == others[0].x.label:
                axes.set_xlim(others[0].x.start, others[0].x.end)
    if shown:
        axes = figure.add_subplot(grid[len(rows)])
        _outputs(axes, subject)
    figure.suptitle(f"{subject.given.name}: {subject.decided()}", fontsize=11)
    return figure


PICTURE = Picture("answer", "The answer", answer)


def _panel(axes: Axes, panel: Panel) -> None:
    axes.set_title(panel.title, fontsize=9, loc="left")
    if panel.x is None:
        pixels = panel.values
        axes.imshow(pixels[..., 0] if pixels.shape[-1] == 1 else pixels, cmap="gray", vmin=0, vmax=1)
        axes.set_axis_off()
        return
    if panel.values.ndim == 2:
        ends = panel.x.start, panel.x.end, panel.y.start, panel.y.end
        axes.imshow(panel.values, origin="lower", aspect="auto", extent=ends, cmap="magma", interpolation="nearest")
        axes.grid(False)
    else:
        axes.plot(*_line(panel), color=BLUE, linewidth=0.7)
    axes.set(xlabel=panel.x.label, ylabel=panel.y.label)


def _marks(axes: Axes, subject: Answer) -> None:
    """The boxes that the RTL's outputs mean."""
    from matplotlib.patches import Rectangle

    for words, top, left, bottom, right in subject.meaning.marks(subject.overall(RTL)):
        box = Rectangle((left - 0.5, top - 0.5), right - left, bottom - top, fill=False, color=ORANGE, linewidth=1.5)
        axes.add_patch(box)
        axes.text(left, max(top - 1, 1.5), words, color=ORANGE, fontsize=7, clip_on=True)


def _line(panel: Panel) -> tuple[np.ndarray, np.ndarray]:
    """Points (x, y) of a line that look like all of its values."""
    values, stretch = panel.values, max(1, len(panel.values) // (DRAWN // 2))
    if stretch > 1:
        parts = values[: len(values) // stretch * stretch].reshape(-1, stretch)
        values = np.stack([parts.min(axis=1), parts.max(axis=1)], axis=1).reshape(-1)
    return np.linspace(panel.x.start, panel.x.end, len(values)), values


def _outputs(axes: Axes, subject: Answer) -> None:
    if subject.given.starts is not None:
        _over_time(axes, subject)
    elif subject.meaning.steps > 1:
        _over_steps(axes, subject)
    else:
        _bars(axes, subject)


def _bars(axes: Axes, subject: Answer) -> None:
    """Each output as a bar of every witness."""
    names, thick = subject.meaning.names, 0.26
    for at, witness in enumerate(WITNESSES):
        flat = subject.overall(witness).reshape(-1)
        values = np.array([1 - flat[0], flat[0]]) if len(names) > len(flat) else flat
        places = np.arange(len(values)) + (at - 1) * thick
        axes.barh(places, values, height=thick, color=COLOURS[witness], label=witness)
    axes.set_yticks(range(len(names)), names, fontsize=8)
    axes.invert_yaxis()
    if subject.meaning.classes:
        axes.set_xlim(0, 1)
    axes.set_xlabel("probability" if subject.meaning.classes else "value")
    axes.legend(fontsize=8, loc="upper left", bbox_to_anchor=(1, 1))


def _over_steps(axes: Axes, subject: Answer) -> None:
    """What the RTL says at each step."""
    values = subject.overall(RTL).reshape(subject.meaning.steps, -1)
    _decisions(axes, values.T, -0.5, 1, subject.meaning.names[-values.shape[1] :])
    axes.set_xlabel(f"step; RTL{SHADES}")


def _over_time(axes: Axes, subject: Answer) -> None:
    """What the RTL says of each window, drawn at its middle; gaps are silence."""
    starts, length = subject.given.starts, subject.given.length
    values = subject.outputs[RTL].reshape(len(starts), subject.meaning.steps, -1).mean(axis=1)
    gaps = np.diff(starts)
    step = float(gaps.min()) if len(gaps) else length
    places = np.rint((starts - starts[0]) / step).astype(int)
    grid = np.full((values.shape[1], places[-1] + 1), np.nan)
    grid[:, places] = values.T
    left, names = starts[0] + length / 2 - step / 2, subject.meaning.names[-values.shape[1] :]
    (_decisions if subject.meaning.classes else _numbers)(axes, grid, left, step, names)
    axes.set_xlim(0, max([starts[-1] + length, *(panel.x.end for panel in subject.given.panels[:1] if panel.x)]))
    silence = "; gaps are silence" if np.isnan(grid).any() else ""
    axes.set_xlabel(f"seconds (middle of the window{silence}); RTL" + SHADES * subject.meaning.classes)


def _decisions(axes: Axes, grid: np.ndarray, left: float, step: float, names: Sequence[str]) -> None:
    """Probabilities (classes, windows) as a map, and the most probable class as a line; a window is ``step`` wide."""
    ends = left, left + grid.shape[1] * step, len(grid) - 0.5, -0.5
    axes.imshow(grid, aspect="auto", extent=ends, cmap="Blues", vmin=0, vmax=1)
    best = np.where(np.isnan(grid[0]), np.nan, np.nan_to_num(grid).argmax(axis=0))
    axes.plot(left + (np.arange(grid.shape[1]) + 0.5) * step, best, color=GREEN, marker="o", markersize=3)
    axes.set_yticks(range(len(grid)), names, fontsize=8)
    axes.grid(False)


def _numbers(axes: Axes, grid: np.ndarray, left: float, step: float, names: Sequence[str]) -> None:
    """Numbers (outputs, windows) as a line each."""
    for name, row in zip(names, grid, strict=True):
        axes.plot(left + (np.arange(grid.shape[1]) + 0.5) * step, row, marker="o", markersize=3, label=name)
    axes.set_ylabel("value")
    axes.legend(fontsize=8, loc="upper left", bbox_to_anchor=(1, 1))
