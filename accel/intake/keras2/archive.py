"""What is in a .keras archive: arrays by layer, and a configuration of Keras 3 as Keras 2 would have written it."""

from __future__ import annotations

import io
import re
import zipfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from accel.data import unpacked
from accel.errors import AccelError
from accel.intake.keras2.weights import Arrays

if TYPE_CHECKING:
    import h5py

WEIGHTS = "model.weights.h5"
TENSOR = "__keras_tensor__"


def arrays(path: Path, config: dict[str, Any]) -> dict[str, Arrays]:
    """The arrays by layer of the model in an archive, whose configuration that is and which has no model inside.

    Keras calls a layer's group after its class, with a number where there are several; the last versions note its name.

    Raises:
        AccelError: they unpack to too much.
        Exception: whatever zipfile and h5py raise of a damaged file.
    """
    import h5py

    with zipfile.ZipFile(path) as archive, h5py.File(io.BytesIO(archive.read(WEIGHTS)), "r") as file:
        unpacked.check_hdf5(path, file)
        groups = file.get("layers", file.get("_layer_checkpoint_dependencies", {}))
        named = {_text(group["vars"].attrs.get("name")): group for group in groups.values() if "vars" in group}
        found, seen = {}, Counter()
        for entry in config["config"]["layers"]:
            kind = _snake(str(entry["class_name"]))
            place = f"{kind}_{seen[kind]}" if seen[kind] else kind
            seen[kind] += 1
            group = named.get(entry["config"].get("name"), groups.get(place))
            found[entry["config"].get("name")] = list(_all(group)) if group is not None else []
        return found


def _all(group: h5py.Group) -> Iterator[np.ndarray]:
    """A layer's own arrays in their order, then those of what is inside it."""
    own = group.get("vars", {})
    yield from (np.asarray(own[key]) for key in sorted(own, key=int))
    for name, inner in group.items():
        if name != "vars":
            yield from _all(inner)


def _text(value: Any) -> str | None:
    return value.decode() if isinstance(value, bytes) else value


def _snake(name: str) -> str:
    """Keras' own rule: QConv2D, q_conv2d."""
    name = re.sub(r"(.)([A-Z][a-z]+)", r"\1_\2", re.sub(r"\W+", "", name))
    return re.sub(r"([a-z])([A-Z])", r"\1_\2", name).lower()


def older(config: dict[str, Any]) -> dict[str, Any]:
    """A configuration of Keras 3 as Keras 2 would have written it: what a layer reads in lists, no settings of later
    versions that have no effect.

    Raises:
        AccelError: a layer is called with more than tensors.
    """
    settings = dict(config["config"])
    settings["layers"] = [_entry(entry) for entry in settings["layers"]]
    return {**config, "config": settings}


def _entry(entry: dict[str, Any]) -> dict[str, Any]:
    settings = {key: value for key, value in entry["config"].items() if value is not None or key == "activation"}
    made = {"class_name": entry["class_name"], "config": settings}
    if "inbound_nodes" in entry:
        made |= {
            "name": settings["name"],
            "inbound_nodes": [_call(settings["name"], c) for c in entry["inbound_nodes"]],
        }
    return made


def _call(layer: str, call: dict[str, Any]) -> list[list[Any]]:
    more = [key for key, value in call.get("kwargs", {}).items() if value not in (None, False)]
    if more:
        raise AccelError(f"layer '{layer}': is called with {more[0]}; expected tensors alone")
    return [[*history, {}] for history in _histories(call.get("args", []))]


def _histories(given: Any) -> Iterator[list[Any]]:
    if isinstance(given, dict) and given.get("class_name") == TENSOR:
        yield list(given["config"]["keras_history"])
    elif isinstance(given, list):
        for one in given:
            yield from _histories(one)
