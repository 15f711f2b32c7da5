"""Layers that only move elements."""

from __future__ import annotations

from dataclasses import replace

from accel.ir.graph import Cast, Crop, Node, Permute, Repeat, Reshape, Reverse, Tensor
from accel.ir.lowerings.base import Unsupported, streams, tensor_of


def crop(layer, source: Tensor) -> Node:
    """A part of the positions."""
    sides = [int(layer.get_attr(f"crop_{name}", 0)) for name in ("top", "bottom", "left", "right")]
    return Crop(layer.name, source, _moved(layer, source), tuple(sides))


def resize(layer, source: Tensor) -> Node:
    """Nearest upsampling by whole factors."""
    output = _moved(layer, source)
    if layer.get_attr("algorithm") != "nearest":
        raise Unsupported(f"layer '{layer.name}': algorithm '{layer.get_attr('algorithm')}'; expected 'nearest'")
    old, new = ((1, *tensor.shape[:-1])[-2:] for tensor in (source, output))
    if any(large % small for small, large in zip(old, new, strict=True)):
        raise Unsupported(f"layer '{layer.name}': from {old} to {new}; expected multiples of each size")
    return Repeat(layer.name, source, output, (new[0] // old[0], new[1] // old[1]))


def _moved(layer, source: Tensor) -> Tensor:
    """What a layer puts out that does not change the numbers.

    Raises:
        Unsupported: it changes their type.
    """
    output = tensor_of(layer)
    if output.type != source.type:
        raise Unsupported(f"layer '{layer.name}': {source.type} as {output.type}; expected the type it reads")
    return output


def reverse(layer, source: Tensor) -> Node:
    """Steps in reverse order."""
    output = tensor_of(layer)
    if output.type != source.type:
        raise Unsupported(f"layer '{layer.name}': steps of {source.type} reversed as {output.type}; expected one type")
    return Reverse(layer.name, source, output)


def permute(layer, source: Tensor) -> Node:
    """Axes in another order; hls4ml's kernel for a stream of two (``nnet_transpose_stream.h``) always swaps them."""
    axes = tuple(int(axis) for axis in layer.get_attr("perm"))
    if axes == (0, 1) and streams(layer):
        raise Unsupported(f"layer '{layer.name}': axes {axes}, which hls4ml's kernel swaps; expected (1, 0)")
    return Permute(layer.name, source, _moved(layer, source), axes)


def reshape(layer, source: Tensor) -> Node:
    """hls4ml flattens in place, but its Repack assigns every element to a type of its own."""
    output = tensor_of(layer)
    if layer.class_name == "Repack" and output.type != source.type:
        return Cast(layer.name, source, output, relu=False)
    return Reshape(layer.name, source, replace(output, type=source.type))
