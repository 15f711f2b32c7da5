"""A user's own examples, in a file or folder, checked and cut into what types are chosen on and what is measured."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from accel.data import folder, unpacked
from accel.data.folder import Reader
from accel.errors import AccelError

SUFFIXES = (".npz", ".npy", ".csv")
LEAST = 8
DAMAGED = (OSError, ValueError, EOFError, MemoryError, NotImplementedError, zipfile.BadZipFile, zlib.error)
KEYS = ("x", "y", "x_train", "y_train", "x_test", "y_test")


@dataclass(frozen=True, eq=False)
class UserData:
    """Inputs float32 (examples, *shape): ``calibration`` to choose types and designs on, ``x`` to measure on, with the
    class numbers ``calibration_y`` and ``y`` (examples,) where known. ``origin`` says in words where they are from.
    """

    calibration: np.ndarray
    calibration_y: np.ndarray | None
    x: np.ndarray
    y: np.ndarray | None
    origin: str


def read(
    path: Path,
    shape: tuple[int | None, ...],
    classes: int,
    example: Reader | None = None,
    names: Sequence[str] = (),
    order: tuple[int, ...] = (),
) -> UserData:
    """Read a file of examples for a network with inputs of ``shape`` and ``classes`` outputs. A size None is open: the
    examples say what it is.

    A .npz has `x` and perhaps `y`, or `x_train` (then what types are chosen on) and `x_test`, `y_test`. A .npy has the
    inputs alone, a .csv one example a line, with the class number behind it where there is one more column. Without a
    training part, types are chosen on every second example and the others are measured. A folder is read by
    ``example``, its sub-folders being the classes ``names`` (``accel.data.folder``). Where the model's file has the
    axes of its inputs in another order than the network, ``order`` (``accel.intake.reading.Reading``), inputs come
    either way; what can be both is taken as the file has it.

    Raises:
        AccelError: the file is not there or of another kind, or its arrays are not such examples.
    """
    arrays = folder.read(path, example, names) if path.is_dir() else arrays_of(path, shape)
    unknown = sorted(set(arrays) - set(KEYS))
    x = arrays.get("x_test", arrays.get("x"))
    if unknown or x is None:
        came = ", ".join(sorted(arrays)) or "nothing"
        raise AccelError(f"{path}: expected the arrays x and y, or x_train, x_test and y_test, got {came}")
    y = arrays.get("y_test" if "x_test" in arrays else "y")
    arrays = {name: _turned(array, shape, order) if name.startswith("x") else array for name, array in arrays.items()}
    either = ", their axes taken as the model's file has them" if _either(x, shape, order) else ""
    name = "x_test" if "x_test" in arrays else "x"
    x = _inputs(path, name, arrays[name], shape)
    shape = x.shape[1:]
    y = None if y is None else _labels(path, y, len(x), classes)
    if "x_train" in arrays:
        calibration, labels = _inputs(path, "x_train", arrays["x_train"], shape), arrays.get("y_train")
        labels = None if labels is None else _labels(path, labels, len(calibration), classes)
        origin = f"{len(x):,} examples of {path.name}{either}; types chosen on its training part"
        return UserData(calibration, labels, x, y, origin)
    origin = f"every second of the {len(x):,} examples of {path.name}{either}; types chosen on the others"
    halves = (None, None) if y is None else (y[::2], y[1::2])
    return UserData(x[::2], halves[0], x[1::2], halves[1], origin)


def arrays_of(path: Path, shape: tuple[int | None, ...]) -> dict[str, np.ndarray]:
    """The file's arrays by name; a .csv's lines hold an example of ``shape`` and perhaps a class.

    Raises:
        AccelError: there is no such file, or it is damaged or of another kind.
    """
    if path.suffix not in SUFFIXES or not path.is_file():
        raise AccelError(f"data {path}: expected an existing file, one of {', '.join(SUFFIXES)}")
    try:
        if path.suffix == ".csv":
            return _table(path, shape)
        unpacked.check(path)
        loaded = np.load(path, allow_pickle=False)
        return {"x": loaded} if isinstance(loaded, np.ndarray) else {name: loaded[name] for name in loaded.files}
    except DAMAGED as error:
        raise AccelError(f"data {path}: not readable as {path.suffix}: {' '.join(str(error).split())}") from error


def _table(path: Path, shape: tuple[int | None, ...]) -> dict[str, np.ndarray]:
    if None in shape:
        raise AccelError(f"data {path}: lines for inputs {shape}; expected a fixed size (STEPS=), or a .npz or .npy")
    size = int(np.prod(shape))
    first = path.read_text().partition("\n")[0]
    header = not all(_is_number(cell) for cell in first.split(","))
    rows = np.loadtxt(path, delimiter=",", skiprows=int(header), ndmin=2)
    if rows.shape[1] not in (size, size + 1):
        raise AccelError(
            f"data {path}: {rows.shape[1]} columns; expected {size}, or {size + 1} with the class number last"
        )
    return {"x": rows[:, :size]} | ({"y": rows[:, size]} if rows.shape[1] > size else {})


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _inputs(path: Path, name: str, x: np.ndarray, shape: tuple[int | None, ...]) -> np.ndarray:
    """``x`` as `inputs` gives it, if there are enough."""
    made = inputs(path, name, x, shape)
    if len(made) < LEAST:
        raise AccelError(f"data {path}: {len(x)} examples in {name}; expected at least {LEAST}")
    return made


def inputs(path: Path, name: str, x: np.ndarray, shape: tuple[int | None, ...]) -> np.ndarray:
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


def _turned(x: np.ndarray, shape: tuple[int | None, ...], order: tuple[int, ...]) -> np.ndarray:
    """``x`` with its axes in the network's ``order`` where it came as the model's file has them, in full, without axes
    of size 1, or as lines.
    """
    if not order or None in shape:
        return x
    own = tuple(shape[place] for place in np.argsort(order))
    if x.shape[1:] not in (own, tuple(size for size in own if size > 1), (int(np.prod(own)),)):
        return x
    return x.reshape(len(x), *own).transpose(0, *(1 + axis for axis in order))


def _either(x: np.ndarray, shape: tuple[int | None, ...], order: tuple[int, ...]) -> bool:
    """Whether ``x`` may have its axes in both orders, which differ."""
    moved = [axis for axis in order if shape[order.index(axis)] != 1]
    return x.shape[1:] == tuple(shape) == tuple(shape[place] for place in np.argsort(order)) and moved != sorted(moved)


def _shape(came: tuple[int, ...], wanted: tuple[int | None, ...]) -> tuple[int, ...] | None:
    """The full shape of an example that came so; None where it is not of the shape ``wanted``."""
    if None not in wanted and came == (int(np.prod(wanted)),):
        return wanted
    for full in (came, (*came, 1)):
        if len(full) == len(wanted) and all(size in (None, n) and n for n, size in zip(full, wanted, strict=True)):
            return full
    return None


def _labels(path: Path, y: np.ndarray, count: int, classes: int) -> np.ndarray:
    """``y`` as class numbers int64 (count,); one-hot rows become their class."""
    if y.ndim == 2 and y.shape[1] == classes > 1:
        y = y.argmax(axis=1)
    y = y.reshape(-1) if y.ndim == 2 and y.shape[1] == 1 else y
    numeric = np.issubdtype(y.dtype, np.number) or y.dtype == bool
    if y.shape != (count,) or not numeric or np.any(y != np.floor(y)):
        raise AccelError(
            f"data {path}: y is {y.dtype} of shape {y.shape}; expected {count} class numbers, or one-hot rows"
        )
    most = max(classes, 2) - 1
    if y.min() < 0 or y.max() > most:
        raise AccelError(f"data {path}: classes {y.min():g} to {y.max():g}; expected 0 to {most} for {classes} outputs")
    if len(np.unique(y)) == 1:
        raise AccelError(f"data {path}: every example is of class {y[0]:g}; expected at least two classes")
    return y.astype(np.int64)
