"""Keras files that are the same, byte for byte, whenever the model is: without the time of saving and
memory addresses.
"""

from __future__ import annotations

import json
import re
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import keras

EPOCH = (1980, 1, 1, 0, 0, 0)
"""The earliest time that a ZIP archive can state."""


def save(model: keras.Model, path: Path) -> None:
    """Write `model` to the `.keras` file `path`, which depends on nothing but its layers, weights and
    Keras's version.
    """
    model.save(path)
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    members["metadata.json"] = _undated(members["metadata.json"])
    members["config.json"] = _renumbered(members["config.json"].decode()).encode()
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name, EPOCH), content)


def _undated(metadata: bytes) -> bytes:
    return json.dumps({key: value for key, value in json.loads(metadata).items() if key != "date_saved"}).encode()


def _renumbered(config: str) -> str:
    """A configuration with the numbers of shared objects, addresses in memory, counted from 0 in order of
    appearance.
    """
    numbers: dict[str, int] = {}
    return re.sub(
        r'("shared_object_id": )(\d+)', lambda found: found[1] + str(numbers.setdefault(found[2], len(numbers))), config
    )
