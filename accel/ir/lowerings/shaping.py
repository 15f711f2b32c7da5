"""Layers that only move elements."""

from __future__ import annotations

from dataclasses import replace

from accel.ir.graph import Cast, Node, Reshape, Tensor
from accel.ir.lowerings.base import tensor_of


def reshape(layer, source: Tensor) -> Node:
    """hls4ml flattens in place, but its Repack assigns every element to a type of its own."""
    output = tensor_of(layer)
    if layer.class_name == "Repack" and output.type != source.type:
        return Cast(layer.name, source, output, relu=False)
    return Reshape(layer.name, source, replace(output, type=source.type))
