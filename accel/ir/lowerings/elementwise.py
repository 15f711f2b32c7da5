"""Batch normalisation that was not folded."""

from __future__ import annotations

from accel.ir.graph import Node, Scale, Tensor
from accel.ir.lowerings.base import Unsupported, tensor_of
from accel.ir.weights import raw_weights


def batch_normalisation(layer, source: Tensor) -> Node:
    """A scale and a bias for each channel."""
    scale, scale_type = raw_weights(layer.weights["scale"])
    bias, bias_type = raw_weights(layer.weights["bias"])
    if scale.size != source.channels:
        raise Unsupported(
            f"layer '{layer.name}': {scale.size} scales for {source.channels} channels; expected one each"
        )
    return Scale(layer.name, source, tensor_of(layer), scale, scale_type, bias, bias_type)
