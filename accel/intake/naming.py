"""Names of layers, which become parts of names in C++ and SystemVerilog."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from accel.intake.reading import Reading
from accel.source import identifier

if TYPE_CHECKING:
    import keras

KEPT = {"input": "input_layer"}
"""Names that hls4ml keeps for itself, and what a layer is called instead."""


def plainly_named(reading: Reading) -> Reading:
    """The same, layers of names that are none in C++, such as `conv.1`, or are `KEPT`, renamed in the model itself."""
    layers = list(_layers(reading.model))
    taken = {layer.name for layer in layers}
    new = {}
    for layer in layers:
        plain = KEPT.get(layer.name, identifier(layer.name, "_"))
        if plain == layer.name:
            continue
        if layer.name not in new:
            new[layer.name] = free(plain, taken)
        layer.name = new[layer.name]
    return replace(reading, types={new.get(name, name): types for name, types in reading.types.items()})


def free(name: str, taken: set[str]) -> str:
    """`name` or, where it is `taken`, that with a number behind it, which then is."""
    names = (name, *(f"{name}_{number}" for number in range(2, 3 + len(taken))))
    found = next(one for one in names if one not in taken)
    taken.add(found)
    return found


def _layers(model: keras.Model) -> Iterator[keras.Layer]:
    """All, those inside others, too; nothing of a model that is no graph of layers."""
    graph = getattr(model, "_functional", None) or model
    return graph._flatten_layers(include_self=False)
