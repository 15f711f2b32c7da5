"""Reading an architecture (`model.to_json()`) and the weights beside it (`model.save_weights()`)."""

from __future__ import annotations

import json
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

from accel.data import unpacked
from accel.errors import AccelError
from accel.intake import code, limits
from accel.intake.keras2 import hdf5
from accel.intake.keras2.reading import translated
from accel.intake.keras_file import guarded
from accel.intake.reading import Reading


def read(path: Path, weights: Path) -> Reading:
    """Read the model in both files.

    Raises:
        AccelError: one is missing or damaged, they do not belong together, or the architecture names code.
    """
    return guarded(path, lambda: _read(path, weights))


def _read(path: Path, weights: Path) -> Reading:
    import keras

    limits.check_configuration(path.stat().st_size)
    config = json.loads(path.read_text())
    if not isinstance(config, dict) or "class_name" not in config:
        raise AccelError("expected an architecture as Keras' model.to_json() writes it, with class_name and config")
    unpacked.check(weights)
    try:
        stored = hdf5.stored(weights)
    except OSError as error:
        raise AccelError(f"{weights}: expected weights in HDF5 as model.save_weights() writes them: {error}") from error
    version = str(config.get("keras_version") or stored.version)
    if version.startswith("3"):
        code.refuse(config)
        limits.check_states(config)
        limits.check_weights(lambda: keras.models.model_from_json(path.read_text()))
        model = keras.models.model_from_json(path.read_text())
        _fill(model, weights)
        return Reading(model)
    stored = replace(stored, config=config, version=stored.version if stored.groups else version)
    return translated(stored, lambda model: _fill(model, weights), lambda tf_keras: _with(tf_keras, path, weights))


def _fill(model: Any, weights: Path) -> None:
    """Keras takes a file by its suffix."""
    old = "layer_names" in _attributes(weights)
    with tempfile.TemporaryDirectory() as folder:
        link = Path(folder) / ("model.h5" if old else "model.weights.h5")
        link.symlink_to(weights.resolve())
        model.load_weights(link)


def _attributes(weights: Path) -> set[str]:
    import h5py

    with h5py.File(weights, "r") as file:
        return set(file.attrs)


def _with(tf_keras: Any, path: Path, weights: Path) -> Any:
    model = tf_keras.models.model_from_json(path.read_text())
    _fill(model, weights)
    return model
