"""A model file of any kind that can be read, by its suffix."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from accel.intake import keras_file, onnx_file

if TYPE_CHECKING:
    import keras
    import onnx

    Network = keras.Model | onnx.ModelProto


def read(path: Path) -> Network:
    """The model in a .keras, .h5 or .onnx file.

    Raises:
        AccelError: it is damaged, too large, or of another kind.
    """
    return onnx_file.load(path) if path.suffix == ".onnx" else keras_file.load(path)
