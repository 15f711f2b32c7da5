"""Files that hold a network's own tensors, for networks of any kind."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from accel import rows
from accel.data import shaped, user
from accel.data.given import Axis, Given, Panel
from accel.data.shaped import Input
from accel.errors import AccelError

SUFFIXES = (".npy", ".npz", ".csv")
MOST = 256
"""Examples that a file may have: `DATA=` is for whole sets."""


def read(path: Path, given: Sequence[Input]) -> list[Given]:
    """The examples of a .npy (*shape) or (examples, *shape), or of a .csv with one in a line. A .npz has `x`, or an
    array for each of several inputs, by their names; in other files, an example of several inputs is one row of all
    their elements, in the order of the model. Classes behind them (`y`) are not used.

    Args:
        given: the network's inputs, of no open size.

    Raises:
        AccelError: they are no finite numbers of the network's shape, or too many.
    """
    shape = rows.shape([one.shape for one in given])
    whole = given[0] if len(given) == 1 else Input("x", shape)
    by_name = {one.name: one for one in given} | {"x": whole}
    found = user.arrays_of(path, shape)
    found = {name: shaped.several(x, by_name[name]) if name in by_name else x for name, x in found.items()}
    arrays, both = shaped.ordered(path, found, given)
    if "x" not in arrays or set(arrays) - {"x", "y"}:
        each = f", or an array for each of {', '.join(one.name for one in given)}" if len(given) > 1 else ""
        raise AccelError(f"{path}: expected the array x{each}, got {', '.join(sorted(found)) or 'nothing'}")
    made = shaped.checked(path, "x", arrays["x"], shape)
    if not 1 <= len(made) <= MOST:
        raise AccelError(f"{path}: {len(made):,} examples; expected 1 to {MOST}, whole sets go to make cosim by DATA=")
    names = [path.name] if len(made) == 1 else [f"{path.name}, example {number}" for number in range(len(made))]
    axes = ("axes taken as the model's file has them",) if both else ()
    return [of(name, frame, (*told(frame), *axes), given) for name, frame in zip(names, made, strict=True)]


def of(name: str, x: np.ndarray, words: tuple[str, ...], given: Sequence[Input]) -> Given:
    """Tensors that say nothing of themselves but their numbers, drawn by the shapes of the inputs they are given to."""
    parts = [part[0] for part in rows.split(x[None], [one.shape for one in given])]
    called = [f" of {one.name}" if len(given) > 1 else "" for one in given]
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
