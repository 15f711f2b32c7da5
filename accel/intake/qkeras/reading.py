"""A model of QKeras as one of Keras with the types that came with it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from accel.errors import AccelError
from accel.fixed import Fixed
from accel.intake import code
from accel.intake.keras2 import weights
from accel.intake.keras2.hdf5 import Stored
from accel.intake.keras2.layers import FUNCTIONS
from accel.intake.keras2.model import build
from accel.intake.keras2.weights import Arrays
from accel.intake.qkeras import layers
from accel.intake.qkeras.activations import Step, steps
from accel.intake.quantised import Quantised, settled
from accel.intake.reading import Reading

PACKAGE = "qkeras>"

Entry = dict[str, Any]
"""A layer as a configuration has it."""


def holds(config: Mapping[str, Any]) -> bool:
    """Whether a configuration that Keras 2 wrote has layers or quantisers of QKeras."""
    return any(_quantised(entry) for entry in _entries(config))


def named(config: Any) -> bool:
    """Whether a configuration that Keras 3 wrote names anything of QKeras."""
    return any(str(found.get("registered_name")).startswith(PACKAGE) for _, _, found in code.objects(config))


def read(stored: Stored) -> Reading:
    """The model of `stored`.

    Raises:
        AccelError: names all layers that cannot be read, and why.
    """
    plain = _Plain(stored.groups)
    config = plain.model(stored.config)
    made = build(config)
    weights.fill(made.parts, plain.groups, stored.origin)
    model, types = settled(made.layer, plain.types)
    told = f"A model of QKeras (Keras {stored.version}), read without it: {len(plain.types)} layers have its types"
    if plain.scales:
        told += f"; scales that are no power of two stand in layers of their own: {', '.join(plain.scales)}"
    return Reading(model, told + ".", Quantised(model, types), types=types)


def _entries(config: Mapping[str, Any]) -> list[Entry]:
    inner = config.get("config")
    found = inner if isinstance(inner, list) else inner.get("layers", []) if isinstance(inner, dict) else []
    return [entry for entry in found if isinstance(entry, dict) and isinstance(entry.get("config"), dict)]


def _quantised(entry: Entry) -> bool:
    kind, activation = entry.get("class_name"), entry["config"].get("activation")
    if kind == "PruneLowMagnitude":
        inner = entry["config"].get("layer")
        return isinstance(inner, dict) and _quantised(inner)
    return kind in layers.RULES or kind in layers.REFUSED or (kind == "Activation" and _of_qkeras(activation))


def _of_qkeras(activation: Any) -> bool:
    return isinstance(activation, dict) or (isinstance(activation, str) and activation not in FUNCTIONS)


@dataclass(eq=False)
class _Plain:
    """The model as far as it is translated: arrays and types by the names of Keras' layers."""

    stored: Mapping[str, Arrays]
    groups: dict[str, Arrays] = field(default_factory=dict)
    types: dict[str, dict[str, Fixed]] = field(default_factory=dict)
    scales: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)

    def model(self, config: Mapping[str, Any]) -> Entry:
        """The configuration with Keras' layers only."""
        inner = config["config"]
        found = inner if isinstance(inner, list) else inner["layers"]
        chains = [self._chain(entry) for entry in found]
        if self.refused:
            raise AccelError("; ".join(self.refused))
        ends = zip(found, chains, strict=True)
        last = {entry["config"].get("name"): chain[-1]["config"].get("name") for entry, chain in ends}
        made = [entry for chain in chains for entry in chain]
        if config["class_name"] == "Sequential":
            settings = {"layers": made} if isinstance(inner, list) else {**inner, "layers": made}
            return {**config, "config": settings}
        for entry, chain in zip(found, chains, strict=True):
            chain[0]["inbound_nodes"] = _renamed(entry["inbound_nodes"], last)
            for before, behind in pairwise(chain):
                behind["inbound_nodes"] = [[[before["config"]["name"], 0, 0, {}]]]
        outputs = _renamed(inner["output_layers"], last)
        return {**config, "config": {**inner, "layers": made, "output_layers": outputs}}

    def _chain(self, entry: Entry) -> list[Entry]:
        """Keras' layers for one of the file's, the first under its name."""
        kind, settings = entry["class_name"], entry["config"]
        name = str(settings.get("name", kind.lower()))
        if not _quantised(entry) and kind != "PruneLowMagnitude":
            self.groups[name] = self.stored.get(name, [])
            return [dict(entry)]
        if len(entry.get("inbound_nodes", [])) > 1:
            self.refused.append(f"layer '{name}' ({kind}): is used more than once; expected a layer for each use")
            return [dict(entry)]
        try:
            made = _steps(kind, settings, self.stored.get(name, []))
        except AccelError as error:
            self.refused.append(f"layer '{name}' ({kind}): {error}")
            return [dict(entry)]
        return list(self._entered(name, settings, made))

    def _entered(self, name: str, settings: Entry, made: list[Step]) -> Iterator[Entry]:
        shape = {key: settings[key] for key in ("batch_input_shape", "batch_shape") if key in settings}
        for place, step in enumerate(made):
            own = name if place == 0 else f"{name}{step.suffix}"
            self.groups[own] = step.arrays
            if step.types:
                self.types[own] = step.types
            if step.suffix == "_alpha":
                self.scales.append(own)
            more = shape if place == 0 else {}
            yield {"class_name": step.kind, "config": {**step.settings, **more, "name": own}, "name": own}


def _steps(kind: str, settings: Entry, arrays: Arrays) -> list[Step]:
    if kind == "Activation":
        return steps(settings["activation"])
    return layers.read(kind, settings, arrays)


def _renamed(references: Any, last: Mapping[str, str]) -> Any:
    """References to layers, as a configuration has them, to the last of those that stand for each."""
    if isinstance(references, list) and references and isinstance(references[0], str) and len(references) > 2:
        return [last.get(references[0], references[0]), *references[1:]]
    return [_renamed(one, last) for one in references] if isinstance(references, list) else references
