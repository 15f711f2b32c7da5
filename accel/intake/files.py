"""A model file of any kind that can be read, by its suffix."""

from __future__ import annotations

import importlib
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from types import ModuleType

from accel import formats
from accel.intake import limits, naming
from accel.intake.quantised import Quantised
from accel.intake.reading import Reading


def companions(path: Path) -> Iterable[Path]:
    """Other files that `path` itself says hold a part of the model.

    Raises:
        AccelError: it is damaged.
    """
    return getattr(_reader(path), "companions", lambda _: ())(path)


def read(path: Path, weights: Path | None = None) -> Reading:
    """The model in a file of one of `accel.formats`, its `weights` in another one where that is an architecture; its
    layers get such names as C++ and hls4ml take.

    Raises:
        AccelError: it is damaged, too large, or of another kind.
    """
    reader = _reader(path)
    reading = reader.read(path, weights) if weights else reader.read(path)
    limits.check_run(reading.model)
    return plainly_named(reading)


def plainly_named(reading: Reading) -> Reading:
    """The same, its layers renamed as `naming.plain` does."""
    new = naming.plain(reading.model)
    types = {new.get(name, name): own for name, own in reading.types.items()}
    original = reading.original
    if isinstance(original, Quantised):
        original = replace(original, types=types)
    return replace(reading, original=original, types=types)


def _reader(path: Path) -> ModuleType:
    return importlib.import_module(f"accel.intake.{formats.of(path).module}")
