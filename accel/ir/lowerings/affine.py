"""Dense layers and convolutions."""

from __future__ import annotations

from accel.ir.graph import Conv, Dense, Node, Tensor
from accel.ir.lowerings.base import affine_of, reuse, tensor_of
from accel.ir.lowerings.windows import window_of


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
