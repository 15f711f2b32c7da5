"""A model file of any kind that can be read, by its suffix."""

from __future__ import annotations

import importlib
from pathlib import Path

from accel import formats
from accel.intake.reading import Reading


def read(path: Path, weights: Path | None = None) -> Reading:
    """The model in a file of one of `accel.formats`, its `weights` in another one where that is an architecture.

    Raises:
        AccelError: it is damaged, too large, or of another kind.
    """
    reader = importlib.import_module(f"accel.intake.{formats.of(path).module}")
    return reader.read(path, weights) if weights else reader.read(path)
