"""A user's own examples, in a file or folder, checked and cut into what types are chosen on and what is measured."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from accel import rows
from accel.data import folder, judging, shaped, unpacked
from accel.data.folder import Reader
from accel.data.shaped import KEYS, Input
from accel.errors import AccelError
from accel.rows import Shape

SUFFIXES = (".npz", ".npy", ".csv")
LEAST = 8
DAMAGED = (OSError, ValueError, EOFError, MemoryError, NotImplementedError, zipfile.BadZipFile, zlib.error)


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
    given: Sequence[Input],
    outputs: Callable[[Shape], Sequence[Shape]],
    example: Reader | None = None,
    names: Sequence[str] = (),
) -> UserData:
    """Read examples for a network with the inputs ``given`` and such shapes of ``outputs`` for a frame of a shape. A
    size None of an input is open: the examples say what it is.

    A .npz has `x` and perhaps `y`, or `x_train` (then what types are chosen on) and `x_test`, `y_test`. A .npy has the
    inputs alone, a .csv one example a line, with the class number behind it where there is one more column. Without a
    training part, types are chosen on every second example and the others are measured. Where the network decides at
    several positions or by several outputs, each example has a class number for every decision. Several inputs come as
    rows (``accel.rows``), or in a .npz by their own names in the place of `x`. A folder is read by ``example``, its
    sub-folders being the classes ``names`` (``accel.data.folder``). Where the model's file has the axes of an input in
    another order than the network, it comes either way; what can be both is taken as the file has it.

    Raises:
        AccelError: the file is not there or of another kind, or its arrays are not such examples.
    """
    shape = rows.shape([one.shape for one in given])
    arrays = folder.read(path, example, names) if path.is_dir() else arrays_of(path, shape)
    arrays, both = shaped.ordered(path, arrays, given)
    unknown = sorted(set(arrays) - set(KEYS))
    x = arrays.get("x_test", arrays.get("x"))
    if unknown or x is None:
        came = ", ".join(sorted(arrays)) or "nothing"
        raise AccelError(f"{path}: expected the arrays x and y, or x_train, x_test and y_test, got {came}")
    y = arrays.get("y_test" if "x_test" in arrays else "y")
    either = ", their axes taken as the model's file has them" if both else ""
    name = "x_test" if "x_test" in arrays else "x"
    x = _inputs(path, name, arrays[name], shape)
    shape = x.shape[1:]
    labels = arrays.get("y_train") if "x_train" in arrays else None
    made = () if y is None and labels is None else outputs(shape)
    y = None if y is None else _labels(path, y, len(x), made)
    if "x_train" in arrays:
        calibration = _inputs(path, "x_train", arrays["x_train"], shape)
        labels = None if labels is None else _labels(path, labels, len(calibration), made)
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
    lines = np.loadtxt(path, delimiter=",", skiprows=int(header), ndmin=2)
    if lines.shape[1] not in (size, size + 1):
        raise AccelError(
            f"data {path}: {lines.shape[1]} columns; expected {size}, or {size + 1} with the class number last"
        )
    return {"x": lines[:, :size]} | ({"y": lines[:, size]} if lines.shape[1] > size else {})


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _inputs(path: Path, name: str, x: np.ndarray, shape: tuple[int | None, ...]) -> np.ndarray:
    """``x`` as `shaped.checked` gives it, if there are enough."""
    made = shaped.checked(path, name, x, shape)
    if len(made) < LEAST:
        raise AccelError(f"data {path}: {len(x)} examples in {name}; expected at least {LEAST}")
    return made


def _labels(path: Path, y: np.ndarray, count: int, outputs: Sequence[Shape]) -> np.ndarray:
    """``y`` as class numbers int64 (count,), or (count, decisions) of outputs that decide at several positions or each
    for itself; one-hot rows become their class.
    """
    came, size = y.shape, outputs[0][-1]
    if len(outputs) == 1 and y.ndim == len(outputs[0]) + 1 and y.shape[-1] == size > 1:
        y = y.argmax(axis=-1)
    y = y.reshape(count, -1) if y.shape[:1] == (count,) else np.atleast_1d(y)
    classes = judging.classes(outputs)
    numeric = np.issubdtype(y.dtype, np.number) or y.dtype == bool
    if y.shape != (count, len(classes)) or not y.size or not numeric or np.any(y != np.floor(y)):
        each = f" for each of an example's {len(classes)} decisions" if len(classes) > 1 else ""
        raise AccelError(
            f"data {path}: y is {y.dtype} of shape {came}; expected {count} class numbers{each}, or one-hot rows"
        )
    if y.min() < 0 or np.any(y >= classes):
        raise AccelError(
            f"data {path}: classes {y.min():g} to {y.max():g}; expected 0 to {max(classes) - 1} for {size} outputs"
        )
    if len(np.unique(y)) == 1:
        raise AccelError(f"data {path}: every example is of class {y.flat[0]:g}; expected at least two classes")
    return (y if len(classes) > 1 else y[:, 0]).astype(np.int64)
