"""Whether a configuration of Keras 3 names code: nothing that it says is made before this was asked."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from accel.errors import AccelError
from accel.intake.keras2 import functions

CODE = ("Lambda", "__lambda__", "TFSMLayer", "TorchModuleWrapper", "JaxLayer", "FlaxLayer")
"""Classes of Keras' own that run what a file holds, or names."""


def refuse(config: Any, listed: Collection[str] = ()) -> None:
    """Refuse a configuration with a Lambda, or with a class or function that is none of Keras' own and not `listed`, by
    the name that a package registered it under.

    Raises:
        AccelError: names the layer and the class.
    """
    for layer, kind, found in objects(config):
        module, registered = found.get("module"), found.get("registered_name")
        if kind in CODE:
            raise AccelError(
                f"layer '{layer}' ({kind}): holds code, which is never run; expected layers that do the same in its "
                "place"
            )
        own = registered in (None, kind, *functions.by_name()) and _of_keras(module, registered)
        if not own and not (registered in listed and str(module).split(".")[0] == registered.split(">")[0]):
            raise AccelError(
                f"layer '{layer}' ({kind}): of {registered or module}, whose code is not in the file; expected a "
                "network of Keras' own layers and functions"
            )


def _of_keras(module: Any, registered: Any) -> bool:
    known = module is None or str(module).split(".")[0] in ("keras", "builtins")
    return known or registered in functions.by_name()


def objects(config: Any, layer: str = "model") -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Each serialised object: the name of the layer that it is or belongs to, its class, and all that is said of it."""
    if isinstance(config, dict):
        inner = config.get("config")
        name = inner.get("name") if isinstance(inner, dict) else None
        layer = name if isinstance(name, str) else layer
        if isinstance(config.get("class_name"), str):
            yield layer, config["class_name"], config
        for value in config.values():
            yield from objects(value, layer)
    elif isinstance(config, list):
        for value in config:
            yield from objects(value, layer)
