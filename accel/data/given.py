"""What `make run` gives a network: files become its frames, with words and panels of what was there and was done.

A model says in its `model.py` what its files are, by one of these or anything else that is an `Input`:

    INPUT = Sound(rate=16_000, samples=32_000, tensor=features)    accel.data.sound: recordings of any rate and length
    INPUT = Picture((28, 28, 1))                                   accel.data.picture: images of any size
    INPUT = Rows(("age", "sex"), encode)                           accel.data.rows: the lines of a table, by column

and what its outputs are, by one of these:

    CLASSES = ("cat", "dog")              names of classes, the outputs being their probabilities
    OUTPUTS = ("arousal", "valence")      names of outputs that are numbers and no classes
    def answer(outputs): ...              the outputs of one frame (*shape), float64, in words of the model's own
    def marks(outputs): ...               boxes on the picture: words, top, left, bottom, right in pixels of each

Whatever the model, a `.npy`, `.npz` or `.csv` that its `INPUT` does not read holds its network's own tensors.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np


@dataclass(frozen=True)
class Axis:
    """What an axis shows, and the numbers at its two ends."""

    label: str
    start: float
    end: float


@dataclass(frozen=True, eq=False)
class Panel:
    """Something to draw: ``values`` (n,) as a line over ``x``, (rows, columns) as a map whose row 0 is at the start of
    ``y``, (height, width, 3) in 0..1 as a picture.
    """

    title: str
    values: np.ndarray
    x: Axis | None = None
    y: Axis | None = None


@dataclass(frozen=True, eq=False)
class Given:
    """One example, called ``name``, as a network gets it.

    ``x``: float32 (frames, *shape): one frame, or those of a sliding window that begin at ``starts`` (frames,), in
    seconds, of ``length`` seconds each. ``told``: what was there and what was done to it, a clause each.
    """

    name: str
    x: np.ndarray
    told: tuple[str, ...]
    panels: tuple[Panel, ...] = ()
    starts: np.ndarray | None = None
    length: float = 0.0


class Input(Protocol):
    """How the files of a model are read."""

    suffixes: tuple[str, ...]
    """Of the files that it reads, each with its dot, in small letters."""

    def read(self, path: Path) -> list[Given]:
        """The examples of a file: one, or those of its lines.

        Raises:
            AccelError: it is damaged, or holds nothing that the network can be given.
        """

    def generated(self) -> Given:
        """A made-up example, the same each time, which says that it is one."""
