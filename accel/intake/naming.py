"""Names of layers, which become parts of names in C++ and SystemVerilog."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accel.source import identifier

if TYPE_CHECKING:
    import keras

KEPT = {name: f"{name}_layer" for name in ("input", *"input")}
"""Names that hls4ml 1.3.0 keeps for itself, or takes for one that it does (``UniqueName`` in keras_v3_to_hls.py looks
among the letters of `input`), and what a layer is called instead.
"""


def plain(model: keras.Model) -> dict[str, str]:
    """Rename the layers of `model` whose names are none in C++, such as `conv.1`, or are `KEPT`, and inputs' tensors,
    after which Keras calls a copy's inputs; the new names by the old ones.
    """
    layers = list((getattr(model, "_functional", None) or model)._flatten_layers(include_self=False))
    taken = {layer.name for layer in layers}
    new: dict[str, str] = {}
    for layer in layers:
        name = KEPT.get(layer.name, identifier(layer.name, "_"))
        if name != layer.name:
            if layer.name not in new:
                new[layer.name] = free(name, taken)
            layer.name = new[layer.name]
            if type(layer).__name__ == "InputLayer":
                layer.output.name = layer.name
    return new


def free(name: str, taken: set[str]) -> str:
    """`name` or, where it is `taken`, that with a number behind it, which then is."""
    names = (name, *(f"{name}_{number}" for number in range(2, 3 + len(taken))))
    found = next(one for one in names if one not in taken)
    taken.add(found)
    return found
