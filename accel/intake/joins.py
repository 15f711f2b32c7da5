"""Layers of several inputs as layers of two."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import keras

CHAINED = ("Add", "Multiply", "Maximum", "Minimum", "Concatenate")
"""Of three inputs: of the first two, and of that and the third."""


def odd(operation: Any, count: int) -> bool:
    """Whether hls4ml does not take the layer, of ``count`` inputs, as it is."""
    kind = type(operation).__name__
    return kind == "Dot" or (kind in (*CHAINED, "Average") and count > 2)


def of_two(layer: keras.Layer, tensors: list[keras.KerasTensor], free: Callable[[str], str]) -> keras.KerasTensor:
    """What the layer makes of ``tensors``, by layers that hls4ml takes; ``free`` makes a name one of its own."""
    import keras

    kind = type(layer).__name__
    if kind == "Dot":
        return _dot(layer, tensors, free)
    made, *others = tensors
    pairwise = keras.layers.Add if kind == "Average" else type(layer)
    settings = {"axis": layer.axis} if kind == "Concatenate" else {}
    for number, other in enumerate(others, 1):
        last = number == len(others) and kind != "Average"
        name = free(layer.name if last else f"{layer.name}_{number}")
        made = pairwise(name=name, **settings)([made, other])
    if kind != "Average":
        return made
    scale = keras.layers.BatchNormalization(epsilon=0.0, name=free(layer.name))
    made, channels = scale(made), np.ones(made.shape[-1])
    scale.set_weights([channels / len(tensors), 0 * channels, 0 * channels, channels])
    return made


def _dot(layer: keras.Layer, tensors: list[keras.KerasTensor], free: Callable[[str], str]) -> keras.KerasTensor:
    """Of two vectors: their product element by element, and the sum of it. Anything else stays, to be refused."""
    import keras

    if any(len(tensor.shape) != 2 for tensor in tensors) or layer.normalize:
        return type(layer).from_config({**layer.get_config(), "name": free(layer.name)})(tensors)
    product = keras.layers.Multiply(name=free(f"{layer.name}_products"))(tensors)
    total = keras.layers.Dense(1, use_bias=False, name=free(layer.name))
    made = total(product)
    total.set_weights([np.ones((product.shape[-1], 1))])
    return made
