"""Pictures for pages and papers: each a function of what it shows, drawn as SVG in a page's colours and as PNG."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Generic, TypeVar

import numpy as np

from accel import cache

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

T = TypeVar("T")

BLUE, ORANGE, GREEN, GREY, RED = "#3b82f6", "#f59e0b", "#10b981", "#94a3b8", "#ef4444"
LINES = BLUE, ORANGE, GREEN, RED, "#8b5cf6", "#ec4899", "#14b8a6", "#78716c", "#84cc16", GREY
"""Colours of lines side by side."""
INK = "#7a7b7c"  # stands in the SVG for the page's own colour of text
WIDTH = 9.0


@dataclass(frozen=True)
class Picture(Generic[T]):
    """One picture of a subject: a name for its file, a title, and what draws it, of which the docstring is the
    caption. It is left out where ``shown`` says no.
    """

    name: str
    title: str
    draw: Callable[[T], Figure]
    shown: Callable[[T], bool] = lambda _: True

    @property
    def caption(self) -> str:
        """What it shows, in a sentence."""
        return " ".join(self.draw.__doc__.split())


def svg(picture: Picture[T], subject: T) -> str:
    """The picture as an SVG element in the colour of the text around it."""
    text = io.StringIO()
    with _style(picture.name, INK):
        picture.draw(subject).savefig(text, format="svg", transparent=True, metadata={"Date": None})
    return text.getvalue().partition("<svg")[2].join(("<svg", "")).replace(INK, "currentColor")


def png(picture: Picture[T], subject: T) -> bytes:
    """The picture as a PNG file, black on white."""
    data = io.BytesIO()
    with _style(picture.name, "black"):
        picture.draw(subject).savefig(data, format="png", dpi=160, facecolor="white", metadata={"Software": None})
    return data.getvalue()


def write_pngs(pictures: Sequence[Picture[T]], subject: T, folder: Path) -> None:
    """Make ``folder`` one with the pictures that are shown, a PNG file each, and nothing else."""
    with cache.scratch(folder.parent) as drafts:
        made = drafts / folder.name
        made.mkdir()
        for picture in pictures:
            if picture.shown(subject):
                (made / f"{picture.name}.png").write_bytes(png(picture, subject))
        cache.replace(made, folder)


def _style(salt: str, ink: str):
    import matplotlib as mpl

    return mpl.rc_context(
        {
            "svg.fonttype": "none",
            "svg.hashsalt": salt,
            "font.family": "sans-serif",
            "font.size": 10,
            "axes.spines.top": False,
            "axes.spines.right": False,
            "axes.grid": True,
            "axes.prop_cycle": mpl.cycler(color=LINES),
            "grid.alpha": 0.25,
            "legend.frameon": False,
            **dict.fromkeys(("text.color", "axes.labelcolor", "axes.edgecolor", "xtick.color", "ytick.color"), ink),
        }
    )


def canvas(height: float, rows: int = 1, columns: int = 1, **how: object) -> tuple[Figure, np.ndarray]:
    """A figure of its own, with axes (rows, columns); ``how`` goes to `Figure.subplots`."""
    from matplotlib.figure import Figure

    made = Figure(figsize=(WIDTH, height), layout="constrained")
    return made, made.subplots(rows, columns, squeeze=False, **how)


def beside(axes: Axes, x: float, y: float, text: str, **how: object) -> None:
    """A text a little to the right of a point."""
    axes.annotate(text, (x, y), xytext=(4, 0), textcoords="offset points", va="center", **{"fontsize": 8, **how})
