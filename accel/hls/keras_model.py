"""Reading Keras model files."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

from accel.errors import AccelError

if TYPE_CHECKING:
    import keras

LARGEST = 2 << 30
"""Bytes that all members of a .keras file may have together when unpacked."""


def load(path: Path) -> keras.Model:
    """Load a .keras or .h5 file, renaming a layer called `input`, a name that hls4ml keeps for itself.

    Raises:
        AccelError: the file is not a Keras model, is damaged, or unpacks to more than `LARGEST` bytes.
    """
    _check_size(path)
    import keras

    try:
        model = keras.models.load_model(path, compile=False)
    except Exception as error:  # keras raises whatever zipfile, h5py, json and its own layers do
        raise _unreadable(path, error) from error
    for layer in model.layers:
        if layer.name == "input":
            layer.name = "input_layer"
    return model


def _check_size(path: Path) -> None:
    """Refuse a .keras file, a zip, by the sizes in its directory; zipfile unpacks no member beyond its size there."""
    if not zipfile.is_zipfile(path):
        return  # HDF5, or what keras refuses
    try:
        with zipfile.ZipFile(path) as archive:
            size = sum(member.file_size for member in archive.infolist())
    except (OSError, zipfile.BadZipFile, NotImplementedError) as error:
        raise _unreadable(path, error) from error
    if size > LARGEST:
        raise AccelError(f"{path}: unpacks to {size:,} bytes; expected a model of at most {LARGEST:,}")


def _unreadable(path: Path, error: Exception) -> AccelError:
    reason = " ".join(str(error).split())[:200] or type(error).__name__
    return AccelError(f"{path}: expected a Keras model file, could not load it: {reason}")
