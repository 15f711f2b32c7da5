"""Merges and concatenations."""

from __future__ import annotations

from accel.ir.graph import Concatenate, Merge, Node, Operation, Tensor
from accel.ir.lowerings.base import integer, tensor_of


def merge(layer, first: Tensor, second: Tensor) -> Node:
    """Add, Subtract, Multiply, Average, Maximum, Minimum."""
    return Merge(layer.name, first, tensor_of(layer), (second,), Operation(layer.get_attr("op").lower()))


def concatenate(layer, first: Tensor, second: Tensor) -> Node:
    """hls4ml counts the batch as axis 0, and from the end as Keras does."""
    axis = integer(layer, "axis")
    return Concatenate(
        layer.name, first, tensor_of(layer), (second,), axis - 1 if axis > 0 else axis % len(first.shape)
    )
