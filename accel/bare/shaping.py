"""Layers that only move numbers."""

from __future__ import annotations

from accel.bare.layer import Layer, layer, made, place
from accel.bare.text import names
from accel.ir import graph as ir

Axis = tuple[str, int, int, int]
"""Of an axis of positions: the loop variable over outputs, the size of the input, and two numbers."""


def _axes(node: ir.Node, rows: tuple[int, int], columns: tuple[int, int]) -> list[Axis]:
    """Rows and columns; of a sequence its steps alone."""
    own = [rows, columns][3 - len(node.input.shape) :]
    sizes = node.input.shape[:-1]
    return [(index, size, *two) for index, size, two in zip(names((*sizes, 1))[:-1], sizes, own, strict=True)]


@layer.register
def _(node: ir.Pad, name: str) -> Layer:
    axes = _axes(node, node.sides[:2], node.sides[2:])
    inside = [index if not before else f"{index} - {before}" for index, _, before, _ in axes]
    outside = [f"{index} < {before}" for index, _, before, _ in axes if before]
    outside += [f"{index} >= {before + size}" for index, size, before, behind in axes if behind]
    value = place("in", [*inside, "c"])
    return _moved(node, name, "zeros around the input", f"{' || '.join(outside)} ? 0 : {value}" if outside else value)


@layer.register
def _(node: ir.Crop, name: str) -> Layer:
    axes = _axes(node, node.sides[:2], node.sides[2:])
    indices = [index if not before else f"{index} + {before}" for index, _, before, _ in axes]
    return _moved(node, name, "a part of the input (cropping)", place("in", [*indices, "c"]))


@layer.register
def _(node: ir.Repeat, name: str) -> Layer:
    axes = _axes(node, (node.times[0], 0), (node.times[1], 0))
    indices = [index if times == 1 else f"{index} / {times}" for index, _, times, _ in axes]
    return _moved(node, name, "each position several times (nearest upsampling)", place("in", [*indices, "c"]))


@layer.register
def _(node: ir.Permute, name: str) -> Layer:
    indices = names(node.output.shape)
    value = place("in", [indices[node.axes.index(axis)] for axis in range(len(indices))])
    return _moved(node, name, "the axes in another order", value)


def _moved(node: ir.Node, name: str, told: str, value: str) -> Layer:
    return made("moved", node, name, [], [], lanes=names(node.output.shape), told=told, value=value)
