"""Reading SavedModel folders that Keras 2 wrote."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from accel.data import unpacked
from accel.errors import AccelError
from accel.intake.keras2 import saved_model
from accel.intake.keras2.model import build
from accel.intake.keras2.reading import reading
from accel.intake.keras_file import guarded
from accel.intake.reading import Reading


def read(path: Path) -> Reading:
    """Read the model in the folder whose saved_model.pb is `path`.

    Raises:
        AccelError: it is damaged or too large, or has no configuration of Keras' layers.
    """
    if path.name != saved_model.MODEL:
        raise AccelError(f"{path}: expected {saved_model.MODEL} in the folder that Keras 2 saved a model to")
    return guarded(path, lambda: _read(path.parent))


def _read(folder: Path) -> Reading:
    unpacked.check_folder(folder)
    config, version = saved_model.stored(folder)
    made = build(config)
    if not (folder / f"{saved_model.CHECKPOINT}.index").is_file():
        raise AccelError(f"no {saved_model.CHECKPOINT}.index beside it; expected the whole folder that Keras wrote")
    saved_model.fill(folder, made.parts)
    return reading(made.layer, f"TensorFlow {version}", lambda tf_keras: _with(tf_keras, config, folder))


def _with(tf_keras: Any, config: dict[str, Any], folder: Path) -> Any:
    """The model by its configuration: the functions in the folder are not loaded."""
    kind = tf_keras.Sequential if config["class_name"] == "Sequential" else tf_keras.Model
    model = kind.from_config(config["config"])
    model.load_weights(str(folder / saved_model.CHECKPOINT)).expect_partial()
    return model
