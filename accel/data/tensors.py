"""Files that hold a network's own tensors, for networks of any kind."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from accel import rows
from accel.data import shaped, user
from accel.data.given import Axis, Given, Panel
from accel.errors import AccelError
from accel.rows import Shape

SUFFIXES = (".npy", ".csv")
MOST = 256
"""Examples that a file may have: `DATA=` is for whole sets."""


def read(path: Path, shapes: Sequence[Shape]) -> list[Given]:
    """The examples of a .npy (*shape) or (examples, *shape), or of a .csv with one in a line. An example of several
    inputs is one row of all their elements, in the order of the model.

    Args:
        shapes: those of the network's inputs.

    Raises:
        AccelError: they are no finite numbers of the network's shape, or too many.
    """
    shape = rows.shape(shapes)
    arrays = user.arrays_of(path, shape)
    x = arrays["x"][None] if arrays["x"].shape == shape else arrays["x"]
    made = shaped.checked(path, "x", x, shape)
    if not 1 <= len(made) <= MOST:
        raise AccelError(f"{path}: {len(made):,} examples; expected 1 to {MOST}, whole sets go to make cosim by DATA=")
    names = [path.name] if len(made) == 1 else [f"{path.name}, example {number}" for number in range(len(made))]
    return [of(name, frame, told(frame), shapes) for name, frame in zip(names, made, strict=True)]


def of(name: str, x: np.ndarray, words: tuple[str, ...], shapes: Sequence[Shape]) -> Given:
    """Tensors of ``shapes`` that say nothing of themselves but their numbers, drawn by their shapes."""
    parts = [part[0] for part in rows.split(x[None], shapes)]
    called = [""] if len(parts) == 1 else [f" of input {number}" for number in range(1, len(parts) + 1)]
    return Given(name, x[None], words, tuple(_panel(*each) for each in zip(parts, called, strict=True)))


def told(x: np.ndarray) -> tuple[str, ...]:
    """What can be said of it."""
    return (f"{' x '.join(map(str, x.shape))} numbers from {x.min():.4g} to {x.max():.4g}, taken as they are",)


def _panel(x: np.ndarray, owner: str) -> Panel:
    title = f"numbers{owner}, as the network gets them"
    if x.ndim == 3 and x.shape[-1] in (1, 3):
        low, span = x.min(), max(float(np.ptp(x)), 1e-9)
        return Panel(title, (x - low) / span)
    along = f"position{owner}"
    if x.ndim >= 2 and x.shape[-1] > 1:
        flat = x.reshape(-1, x.shape[-1]).T
        return Panel(title, flat, Axis(along, 0, flat.shape[1]), Axis("channel", 0, flat.shape[0]))
    flat = x.reshape(-1)
    return Panel(title, flat, Axis(along, 0, len(flat)), Axis("value", float(flat.min()), float(flat.max())))
