"""Examples as a folder of files, one sub-folder for each class, read one by one as the model says."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from accel.errors import AccelError

Reader = Callable[[Path], np.ndarray]
"""What makes an example (*shape) of a file: `example(file)` of a model's `model.py`."""


def read(folder: Path, example: Reader | None, classes: Sequence[str] = ()) -> dict[str, np.ndarray]:
    """The arrays `x` (examples, *shape) and `y` (examples,) of all files in the sub-folders of ``folder``.

    A sub-folder is called as one of ``classes``, or, where a model names none, counts by the order of the alphabet.

    Raises:
        AccelError: the model does not say how to read a file, a sub-folder is of no class, or a file is no example.
    """
    if example is None:
        raise AccelError(
            f"data {folder}: a folder; expected a .npz, .npy or .csv file, or a model of models/ whose model.py says "
            "by `example(file)` how to read one"
        )
    found = sorted(path for path in folder.iterdir() if path.is_dir() and not path.name.startswith("."))
    names = [str(name) for name in classes] or [path.name for path in found]
    if wrong := [path.name for path in found if path.name not in names]:
        raise AccelError(f"data {folder}: no class is called {wrong[0]}; expected sub-folders {', '.join(names)}")
    x, y = [], []
    for place in found:
        for file in sorted(path for path in place.iterdir() if path.is_file() and not path.name.startswith(".")):
            x.append(_read(file, example))
            y.append(names.index(place.name))
            if x[-1].shape != x[0].shape:
                raise AccelError(f"data {file}: an example of shape {x[-1].shape}; expected {x[0].shape}, as before")
    if not x:
        raise AccelError(f"data {folder}: no files in sub-folders; expected one sub-folder for each class")
    return {"x": np.stack(x), "y": np.array(y)}


def _read(file: Path, example: Reader) -> np.ndarray:
    try:
        return np.asarray(example(file))
    except AccelError:
        raise
    except Exception as error:  # whatever a model's own code raises
        reason = " ".join(str(error).split())[:200]
        raise AccelError(f"data {file}: the model cannot read it: {type(error).__name__}: {reason}") from error
