"""`accel convert`: a model file of any kind as a file of Keras 3."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from accel import cache
from accel.errors import AccelError, Refusal
from accel.intake import files
from accel.intake.keras2 import functions
from accel.progress import SILENT, Progress
from accel.source import ModelSource

if TYPE_CHECKING:
    import keras


def run(source: ModelSource, target: Path, progress: Progress = SILENT) -> str:
    """Write the model to `target`, whole or not at all; returns in words how it was read.

    Raises:
        AccelError: the file cannot be read, or the model holds a function that a file of Keras 3 has no name for.
    """
    with progress.step("reading the model"):
        reading = files.read(source.path, source.weights)
    if reading.types:
        raise AccelError(f"{source.path}: its types have no place in a file of Keras 3; it is taken as it is: MODEL=")
    _check(reading.model)
    with progress.step(f"writing {target.name}"):
        try:
            with cache.scratch(target.parent) as folder:
                reading.model.save(folder / target.name)
                cache.replace(folder / target.name, target)
        except OSError as error:
            raise AccelError(f"could not write {target}: {error.strerror or error}") from error
    if reading.order == tuple(range(len(reading.order))):
        return reading.told
    axes = ", ".join(map(str, reading.order))
    return (
        f"{reading.told} {target.name} takes its inputs with the axes {axes} of {source.path.name}: transpose examples."
    )


def _check(model: keras.Model) -> None:
    """Refuse functions of Keras 2 that only accel has."""
    ours = set(functions.by_name().values())
    for layer in model._flatten_layers():
        for key in ("activation", "recurrent_activation"):
            if getattr(layer, key, None) in ours:
                raise Refusal(
                    f"layer '{layer.name}' ({type(layer).__name__}): {key}=hard_sigmoid of Keras 2 (slope 0.2) is none "
                    "of Keras 3 (slope 1/6); expected another one, such as sigmoid",
                    layer.name,
                )
