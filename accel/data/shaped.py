"""Arrays of examples as a network takes them: of its inputs' shapes, axes in its order, several inputs as rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from accel import rows
from accel.errors import AccelError

PARTS = ("", "_train", "_test")
KEYS = tuple(f"{name}{part}" for part in PARTS for name in "xy")
"""What arrays of a file are called."""

Arrays = Mapping[str, np.ndarray]


@dataclass(frozen=True)
class Input:
    """An input of a network: its name, its shape, where a size None is open, and its ``order`` of the axes that it has
    in the model's file (``accel.intake.reading.Reading``).
    """

    name: str
    shape: tuple[int | None, ...]
    order: tuple[int, ...] = ()


def ordered(path: Path, arrays: Arrays, given: Sequence[Input]) -> tuple[dict[str, np.ndarray], bool]:
    """The arrays with their axes as the network has them; those that are called as its inputs, as rows of all, `x`,
    `x_train` or `x_test`. And whether axes of some may have been in either order.

    Raises:
        AccelError: some inputs have no such array, or not as many examples as others.
    """
    if len(given) > 1 and (set(arrays) - set(KEYS) or {one.name for one in given} <= set(arrays)):
        return _by_name(path, arrays, given)
    (only,) = given if len(given) == 1 else [Input("x", rows.shape([one.shape for one in given]))]
    both = any(_either(array, only) for name, array in arrays.items() if name.startswith("x"))
    return {name: _turned(array, only) if name.startswith("x") else array for name, array in arrays.items()}, both


def _by_name(path: Path, arrays: Arrays, given: Sequence[Input]) -> tuple[dict[str, np.ndarray], bool]:
    names = {f"{one.name}{part}" for one in given for part in PARTS}
    made = {name: array for name, array in arrays.items() if name not in names}
    if unknown := sorted(set(made) - {f"y{part}" for part in PARTS}):
        raise AccelError(
            f"data {path}: the array {unknown[0]}; expected {', '.join(one.name for one in given)} and perhaps y, or "
            "each of them with _train and _test behind its name"
        )
    both = False
    for part in PARTS:
        own = [(f"{one.name}{part}", one, arrays.get(f"{one.name}{part}")) for one in given]
        if all(array is None for _, _, array in own):
            continue
        if len({array.shape[:1] if array is not None else None for _, _, array in own}) > 1:
            came = ", ".join(f"{name} {'none' if array is None else array.shape}" for name, _, array in own)
            raise AccelError(f"data {path}: {came}; expected an array of as many examples for each input")
        both |= any(_either(array, one) for _, one, array in own)
        made[f"x{part}"] = rows.joined(
            [checked(path, name, _turned(array, one), one.shape) for name, one, array in own]
        )
    return made, both


def several(x: np.ndarray, given: Input) -> np.ndarray:
    """``x`` (examples, ...), if it came as a single example with all its axes, as the network or the file has them."""
    return x[None] if x.shape in (given.shape, _in_file(given)) else x


def checked(path: Path, name: str, x: np.ndarray, shape: tuple[int | None, ...]) -> np.ndarray:
    """``x``, called ``name`` in the file, as float32 (examples, *shape): a .csv's lines folded, an only channel's axis
    added.

    Raises:
        AccelError: it is of another shape, or has what is no finite number.
    """
    wanted = f"numbers of shape (examples, {', '.join('any' if size is None else str(size) for size in shape)})"
    full = _shape(x.shape[1:], shape)
    if full is None or not (np.issubdtype(x.dtype, np.number) or x.dtype == bool) or np.iscomplexobj(x):
        raise AccelError(f"data {path}: {name} is {x.dtype} of shape {x.shape}; expected {wanted}")
    made = x.reshape(len(x), *full).astype(np.float32)
    if not np.isfinite(made).all():
        bad = int(np.argwhere(~np.isfinite(made))[0][0])
        raise AccelError(f"data {path}: {name} has nan or infinity, first in example {bad}; expected finite numbers")
    return made


def _turned(x: np.ndarray, given: Input) -> np.ndarray:
    """``x`` with its axes in the network's order where it came as the model's file has them, in full, without axes of
    size 1, or as lines.
    """
    shape, order = given.shape, given.order
    if not order or None in shape:
        return x
    own = _in_file(given)
    if x.shape[1:] not in (own, tuple(size for size in own if size > 1), (int(np.prod(own)),)):
        return x
    return x.reshape(len(x), *own).transpose(0, *(1 + axis for axis in order))


def _either(x: np.ndarray, given: Input) -> bool:
    """Whether ``x`` may have its axes in both orders, which differ."""
    shape, order = given.shape, given.order
    moved = [axis for axis in order if shape[order.index(axis)] != 1]
    return x.shape[1:] == tuple(shape) == _in_file(given) and moved != sorted(moved)


def _in_file(given: Input) -> tuple[int | None, ...]:
    """The shape of an example as the model's file has it."""
    return tuple(given.shape[place] for place in np.argsort(given.order)) if given.order else tuple(given.shape)


def _shape(came: tuple[int, ...], wanted: tuple[int | None, ...]) -> tuple[int, ...] | None:
    """The full shape of an example that came so; None where it is not of the shape ``wanted``."""
    if None not in wanted and came == (int(np.prod(wanted)),):
        return wanted
    for full in (came, (*came, 1)):
        if len(full) == len(wanted) and all(size in (None, n) and n for n, size in zip(full, wanted, strict=True)):
            return full
    return None
