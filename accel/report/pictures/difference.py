"""Where the hardware first differs: expected and got around that beat."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from accel.page.drawing import BLUE, RED, canvas
from accel.report.facts import Report
from accel.sim.result import Mismatch

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def around(report: Report) -> Figure:
    """The stream that first differs, around the beat where it does: expected and got in the lane of the first
    difference, and below which lanes of which beats are wrong (red) or never came (empty).
    """
    found = report.mismatch
    expected = np.array(found.around.expected)
    got = np.array([[np.nan if one is None else one for one in row] for row in found.around.got], float)
    lane = found.around.lanes.index(found.lane) if found.lane in found.around.lanes else 0
    beats = found.around.first + np.arange(len(expected))
    from matplotlib.ticker import MaxNLocator

    figure, ((above,), (below,)) = canvas(
        2.9 + 0.16 * expected.shape[1], 2, 1, sharex=True, height_ratios=(2.2, 0.7 + 0.16 * expected.shape[1])
    )
    above.step(beats, expected[:, lane], where="mid", color=BLUE, linewidth=2.4, label="expected")
    above.step(beats, got[:, lane], where="mid", color=RED, linewidth=1.2, marker="o", markersize=3, label="got")
    above.set_ylabel(f"raw integer, lane {found.around.lanes[lane]}")
    above.set_title(f"{found.layer}, around beat {found.beat} of frame {found.frame}", fontsize=9, loc="left")
    above.legend(fontsize=8, loc="upper left", bbox_to_anchor=(1, 1))
    _map(below, found, beats, expected, got)
    for axis in (below.xaxis, above.yaxis):
        axis.set_major_locator(MaxNLocator(integer=True))
    return figure


def _map(axes: Axes, found: Mismatch, beats: np.ndarray, expected: np.ndarray, got: np.ndarray) -> None:
    from matplotlib.colors import ListedColormap

    state = np.where(np.isnan(got), np.nan, (got != expected).astype(float)).T
    corners = np.append(beats, beats[-1] + 1) - 0.5, np.arange(state.shape[0] + 1) - 0.5
    colours = ListedColormap([BLUE + "40", RED])
    axes.pcolormesh(*corners, state, cmap=colours, vmin=0, vmax=1, edgecolors="#94a3b840", linewidth=0.5)
    axes.set_yticks(range(len(found.around.lanes)), found.around.lanes, fontsize=7)
    axes.invert_yaxis()
    axes.set(ylabel="lane", xlabel="beat of the stream, counted from the first frame's first")
    axes.grid(False)
