"""A model file of any kind that can be read, by its suffix."""

from __future__ import annotations

import importlib
from collections.abc import Iterable
from pathlib import Path
from types import ModuleType

from accel import formats
from accel.intake import limits
from accel.intake.reading import Reading


def companions(path: Path) -> Iterable[Path]:
    """Other files that `path` itself says hold a part of the model.

    Raises:
        AccelError: it is damaged.
    """
    return getattr(_reader(path), "companions", lambda _: ())(path)


def read(path: Path, weights: Path | None = None) -> Reading:
    """The model in a file of one of `accel.formats`, its `weights` in another one where that is an architecture.

    Raises:
        AccelError: it is damaged, too large, or of another kind.
    """
    reader = _reader(path)
    reading = reader.read(path, weights) if weights else reader.read(path)
    limits.check_run(reading.model)
    return reading


def _reader(path: Path) -> ModuleType:
    return importlib.import_module(f"accel.intake.{formats.of(path).module}")
