"""Dense layers and convolutions."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from accel.ir.graph import Affine, Conv, Dense, Node, Tensor
from accel.ir.lowerings.base import Unsupported, affine_of, reuse, tensor_of, type_of
from accel.ir.lowerings.windows import window_of
from accel.ir.weights import raw_weights
from accel.reuse import computed


def dense(layer, source: Tensor) -> Node:
    """A product over the last axis."""
    output = tensor_of(layer)
    return Dense(
        layer.name, source, output, affine_of(layer, "weight", "bias", output.channels), reuse(layer, "reuse_factor")
    )


def convolution(layer, source: Tensor) -> Node:
    """A product over each window, of a group of channels where the kernel is zero for all others."""
    output, factor = tensor_of(layer), reuse(layer, "reuse_factor")
    affine = affine_of(layer, "weight", "bias", output.channels)
    window = window_of(layer, "filt", source)
    kernel = affine.weights.reshape(-1, source.channels, output.channels)
    groups, _ = computed(kernel, factor)
    if groups > 1:
        blocks = kernel.reshape(len(kernel), groups, -1, groups, output.channels // groups)
        own = np.einsum("tgigo->tigo", blocks).reshape(-1, output.channels)
        affine = replace(affine, weights=np.ascontiguousarray(own))
    return Conv(layer.name, source, output, window, affine, factor, groups)


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
