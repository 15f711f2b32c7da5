"""Layers of several inputs as layers of two, of one shape."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import keras

CHAINED = ("Add", "Multiply", "Maximum", "Minimum", "Concatenate")
"""Of three inputs: of the first two, and of that and the third."""


ELEMENTWISE = ("Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum")
"""Of inputs of several shapes, smaller ones are repeated."""


def odd(operation: Any, tensors: Sequence[keras.KerasTensor]) -> bool:
    """Whether hls4ml does not take the layer, of these inputs, as it is."""
    kind = type(operation).__name__
    apart = kind in ELEMENTWISE and len({tuple(tensor.shape) for tensor in tensors}) > 1
    return kind == "Dot" or apart or (kind in (*CHAINED, "Average") and len(tensors) > 2)


def of_two(layer: keras.Layer, tensors: list[keras.KerasTensor], free: Callable[[str], str]) -> keras.KerasTensor:
    """What the layer makes of ``tensors``, by layers that hls4ml takes; ``free`` makes a name one of its own."""
    import keras

    kind = type(layer).__name__
    if kind == "Dot":
        return _dot(layer, tensors, free)
    if kind in ELEMENTWISE:
        tensors = _alike(layer, tensors, free)
    made, *others = tensors
    if not others[1:]:
        return type(layer).from_config({**layer.get_config(), "name": free(layer.name)})(tensors)
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


def _alike(layer: keras.Layer, tensors: list[keras.KerasTensor], free: Callable[[str], str]) -> list:
    """The inputs of an elementwise layer, all of the shape of its output: axes that are missing come first, and
    positions are repeated.
    """
    import keras

    whole = tuple(layer.compute_output_shape([tensor.shape for tensor in tensors]))[1:]
    made = []
    for number, x in enumerate(tensors, 1):
        shape = (1,) * (1 + len(whole) - len(x.shape)) + tuple(x.shape[1:])
        if shape != tuple(x.shape[1:]):
            x = keras.layers.Reshape(shape, name=free(f"{layer.name}_shape_{number}"))(x)
        times = tuple(size // own for size, own in zip(whole[:-1], shape, strict=False))
        if shape[-1] == whole[-1] and any(count > 1 for count in times) and len(times) < 3:
            enlarge = getattr(keras.layers, f"UpSampling{len(times)}D")
            size = times[0] if len(times) == 1 else times
            x = enlarge(size, name=free(f"{layer.name}_repeat_{number}"))(x)
        made.append(x)
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
