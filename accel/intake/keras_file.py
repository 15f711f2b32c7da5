"""Reading Keras model files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from accel.data import unpacked
from accel.errors import AccelError
from accel.intake.reading import Reading

if TYPE_CHECKING:
    import keras


def read(path: Path) -> Reading:
    """Read a .keras or .h5 file as `load` does."""
    return Reading(load(path))


def load(path: Path) -> keras.Model:
    """Load a .keras or .h5 file, renaming a layer called `input`, a name that hls4ml keeps for itself.

    Raises:
        AccelError: the file is not a Keras model, is damaged, or unpacks to too much.
    """
    import keras

    try:
        unpacked.check(path)
        model = keras.models.load_model(path, compile=False)
    except AccelError:
        raise
    except Exception as error:  # keras raises whatever zipfile, h5py, json and its own layers do
        reason = " ".join(str(error).split())[:200] or type(error).__name__
        raise AccelError(f"{path}: expected a Keras model file, could not load it: {reason}") from error
    for layer in (getattr(model, "_functional", None) or model).layers:
        if layer.name == "input":
            layer.name = "input_layer"
    return model
