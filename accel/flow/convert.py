"""`accel convert`: a model file of any kind as a file of Keras 3."""

from __future__ import annotations

from pathlib import Path

from accel import cache
from accel.errors import AccelError
from accel.intake import files
from accel.intake.keras2 import newer
from accel.progress import SILENT, Progress
from accel.source import ModelSource


def run(source: ModelSource, target: Path, progress: Progress = SILENT) -> str:
    """Write the model to `target`, whole or not at all; returns in words how it was read.

    Raises:
        AccelError: the file cannot be read, or the model has a function of Keras 2 where Keras 3 cannot have it.
    """
    with progress.step("reading the model"):
        reading = files.read(source.path, source.weights)
    if reading.types:
        raise AccelError(f"{source.path}: its types have no place in a file of Keras 3; it is taken as it is: MODEL=")
    model, rescaled = newer.rescaled(reading.model)
    with progress.step(f"writing {target.name}"):
        try:
            with cache.scratch(target.parent) as folder:
                model.save(folder / target.name)
                cache.replace(folder / target.name, target)
        except OSError as error:
            raise AccelError(f"could not write {target}: {error.strerror or error}") from error
    told = "; ".join(filter(None, (reading.told, rescaled)))
    if reading.order == tuple(range(len(reading.order))):
        return told
    axes = ", ".join(map(str, reading.order))
    return f"{told} {target.name} takes its inputs with the axes {axes} of {source.path.name}: transpose examples."
