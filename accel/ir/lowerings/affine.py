"""Dense layers and convolutions."""

from __future__ import annotations

from accel.ir.graph import Affine, Conv, Dense, Node, Tensor
from accel.ir.lowerings.base import Unsupported, affine_of, reuse, tensor_of, type_of
from accel.ir.lowerings.windows import window_of
from accel.ir.weights import raw_weights


def dense(layer, source: Tensor) -> Node:
    """A product over the last axis."""
    output = tensor_of(layer)
    return Dense(
        layer.name, source, output, affine_of(layer, "weight", "bias", output.channels), reuse(layer, "reuse_factor")
    )


def convolution(layer, source: Tensor) -> Node:
    """A product over each window."""
    output = tensor_of(layer)
    affine = affine_of(layer, "weight", "bias", output.channels)
    window = window_of(layer, "filt", source)
    return Conv(layer.name, source, output, window, affine, reuse(layer, "reuse_factor"))


def depthwise(layer, source: Tensor) -> Node:
    """A product over each window, of each channel by itself; no strategy changes the order of its weights."""
    output = tensor_of(layer)
    weights, weight_type = raw_weights(layer.weights["weight"])
    biases, bias_type = raw_weights(layer.weights["bias"])
    if output.channels != source.channels:
        raise Unsupported(
            f"layer '{layer.name}': {output.channels} filters over {source.channels} channels; expected one for each"
        )
    accum = type_of(layer.types["accum_t"])
    affine = Affine(weights.reshape(-1, output.channels), weight_type, biases, bias_type, accum)
    window = window_of(layer, "filt", source)
    return Conv(layer.name, source, output, window, affine, reuse(layer, "reuse_factor"), source.channels)
