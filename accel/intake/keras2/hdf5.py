"""What Keras 1 and 2 put into HDF5 files: a model's configuration, and a group of arrays for each layer."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from accel.errors import AccelError
from accel.intake.keras2.weights import Arrays, Origin

if TYPE_CHECKING:
    import h5py


@dataclass(frozen=True, eq=False)
class Stored:
    """What is in a file: the configuration (None in one of weights alone), Keras' version, and the arrays by layer
    (None where Keras 3, or the last of Keras 2, laid them out).
    """

    config: dict[str, Any] | None
    version: str
    theano: bool
    groups: dict[str, Arrays] | None

    @property
    def major(self) -> int:
        """Keras' major version."""
        first = self.version.partition(".")[0]
        if not first.isdecimal():
            raise AccelError(f"keras_version is {self.version[:40]!r}; expected one such as 2.15.0")
        return int(first)

    @property
    def origin(self) -> Origin:
        """Who wrote the arrays."""
        return Origin(self.major, self.theano)


def stored(path: Path) -> Stored:
    """Read the file; nothing of it is run.

    Raises:
        AccelError: a part of it lies in another file.
        Exception: whatever h5py and json raise of a damaged file.
    """
    import h5py

    with h5py.File(path, "r") as file:
        config = _text(file.attrs.get("model_config"))
        group = file.get("model_weights", file)
        told = _text(file.attrs.get("keras_version", group.attrs.get("keras_version")))
        old = any(name.startswith("layer_names") for name in group.attrs)
        return Stored(
            json.loads(config) if config else None,
            told
            or ("1" if old else "3"),  # Keras wrote no version before 2, and in Keras 3's layout another file has it
            _text(group.attrs.get("backend")) == "theano",
            {name: _arrays(path, group[name]) for name in _names(group, "layer_names")} if old else None,
        )


def _text(value: Any) -> str | None:
    return value.decode() if isinstance(value, bytes) else value


def _names(group: h5py.Group, attribute: str) -> list[str]:
    """A list in an attribute, or where it was too long for one in several, numbered from 0."""
    parts = [attribute] if attribute in group.attrs else []
    while f"{attribute}{len(parts)}" in group.attrs:
        parts.append(f"{attribute}{len(parts)}")
    return [_text(name) for part in parts for name in np.asarray(group.attrs[part]).tolist()]


def _arrays(path: Path, group: h5py.Group) -> Arrays:
    import h5py

    found = [group[name] for name in _names(group, "weight_names")]
    for dataset in found:
        if not isinstance(dataset, h5py.Dataset) or dataset.external or dataset.is_virtual:
            raise AccelError(f"{path}: '{dataset.name}' is not in the file itself; expected arrays stored in it")
        if dataset.file.id != group.file.id:
            raise AccelError(f"{path}: '{dataset.name}' lies in another file; expected arrays stored in this one")
    return [np.asarray(dataset) for dataset in found]
