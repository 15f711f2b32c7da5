"""Layers of windows: wrong outputs of dilation, groups, depth multipliers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from accel.errors import Refusal
from accel.hls.faults.layers.base import channels_last, unfaithful

if TYPE_CHECKING:
    import keras


def convolution(layer: keras.Layer, io: str) -> Iterator[Refusal]:
    """Convolutions of every kind."""
    pointwise = type(layer).__name__ == "Conv2D" and tuple(layer.kernel_size) == (1, 1)  # a routine of its own
    if (
        io == "io_stream"
        and layer.kernel_size[0] == 1
        and len(layer.strides) == 2
        and layer.strides[0] > 1
        and not pointwise
    ):
        accepted = "a vertical stride of 1 for a kernel of height 1, or io=io_parallel"
        yield unfaithful(layer, "strides", tuple(layer.strides), accepted)
    if any(rate != 1 for rate in layer.dilation_rate):
        yield unfaithful(layer, "dilation_rate", layer.dilation_rate, "dilation_rate=1")
    if getattr(layer, "groups", 1) != 1:
        yield unfaithful(layer, "groups", layer.groups, "groups=1")
    if getattr(layer, "depth_multiplier", 1) != 1:
        yield unfaithful(layer, "depth_multiplier", layer.depth_multiplier, "depth_multiplier=1")
    yield from channels_last(layer, io)


def resizing(layer: keras.Layer, io: str) -> Iterator[Refusal]:
    """Interpolation."""
    if layer.interpolation != "nearest":
        yield unfaithful(layer, "interpolation", layer.interpolation, "interpolation=nearest")
    yield from channels_last(layer, io)
