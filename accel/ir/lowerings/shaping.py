"""Layers that only move elements."""

from __future__ import annotations

from dataclasses import replace

from accel.ir.graph import Cast, Node, Reshape, Reverse, Tensor
from accel.ir.lowerings.base import Unsupported, tensor_of


def reverse(layer, source: Tensor) -> Node:
    """Steps in reverse order."""
    output = tensor_of(layer)
    if output.type != source.type:
        raise Unsupported(f"layer '{layer.name}': steps of {source.type} reversed as {output.type}; expected one type")
    return Reverse(layer.name, source, output)


def reshape(layer, source: Tensor) -> Node:
    """hls4ml flattens in place, but its Repack assigns every element to a type of its own."""
    output = tensor_of(layer)
    if layer.class_name == "Repack" and output.type != source.type:
        return Cast(layer.name, source, output, relu=False)
    return Reshape(layer.name, source, replace(output, type=source.type))
