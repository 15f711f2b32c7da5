"""Layers that read two streams: merges, element by element, and concatenations."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace

from accel.ir.graph import Concatenate, Merge, Operation, Tensor
from accel.rtl.layers.base import Instance, Joined, Stream, branch_end, joined, type_parameters, with_lanes
from accel.rtl.timing import appender, repeater, sequencer

CODES = {operation: code for code, operation in enumerate(Operation)}
"""Those of ``acc_merge``."""


@joined.register
def _(node: Merge, *sources: Stream) -> Joined:
    rank, output = len(node.output.shape), node.output
    branches = []
    for place, (tensor, source) in enumerate(zip(node.inputs, sources, strict=True)):
        shape = (1,) * (rank - len(tensor.shape)) + tensor.shape
        made = with_lanes(replace(node, name=_name(node, place)), source, tensor.channels)
        made += _repeated(_name(node, place), made[-1].output if made else source, shape[:-1], output.shape[:-1])
        branches.append(_ended(node, place, source, made))
    ends = [branch[-1].output for branch in branches]
    multiplied = node.operation is Operation.MULTIPLY
    parameters = {
        "Operation": str(CODES[node.operation]),
        "Lanes": str(output.channels),
        "ALanes": str(ends[0].lanes),
        "BLanes": str(ends[1].lanes),
        **type_parameters("A", ends[0].type),
        **type_parameters("B", ends[1].type),
        **type_parameters("Out", output.type, modes=True),
    }
    made = Stream(output.channels, output.type, output.positions, max(end.burst for end in ends))
    count = output.channels if multiplied else 0
    return Joined(tuple(branches), Instance("acc_merge", node.name, parameters, made, sequencer(1, 1, 2), {}, count))


def _repeated(name: str, source: Stream, shape: tuple[int, ...], whole: tuple[int, ...]) -> Iterator[Instance]:
    """Modules that make positions of ``shape`` to positions of ``whole``: an axis of 1 is repeated as a block of all
    that is inside it. Neighbouring axes that are repeated are one.
    """
    axes = [(int(own == 1 < size), size) for own, size in zip(shape, whole, strict=True)]
    inside, number = 1, 0
    while axes:
        repeats, size = axes.pop()
        while axes and axes[-1][0] == repeats:
            size *= axes.pop()[1]
        if repeats:
            number += 1
            source = replace(source, beats=source.beats * size)
            parameters = {"Width": str(source.bits), "Words": str(inside), "Times": str(size)}
            shapes = ((inside, source.bits),) if inside > 1 else ()
            called = f"{name}_repeat{number if number > 1 else ''}"
            yield Instance("acc_repeat", called, parameters, source, repeater(inside, size), memory_shapes=shapes)
        inside *= size


@joined.register
def _(node: Concatenate, *sources: Stream) -> Joined:
    """Along the channels, beats stand side by side; along another axis, blocks of beats follow each other."""
    last = node.axis == len(node.output.shape) - 1
    branches = []
    for place, (tensor, source) in enumerate(zip(node.inputs, sources, strict=True)):
        made = with_lanes(replace(node, name=_name(node, place)), source, tensor.channels)
        branches.append(_ended(node, place, source, made))
    ends = [branch[-1].output for branch in branches]
    output = Stream(node.output.channels, node.output.type, node.output.positions, max(end.burst for end in ends))
    parameters = {**type_parameters("A", ends[0].type), **type_parameters("B", ends[1].type)}
    parameters |= type_parameters("Out", output.type, modes=True)
    if last:
        parameters = {"ALanes": str(ends[0].lanes), "BLanes": str(ends[1].lanes), **parameters}
        return Joined(tuple(branches), Instance("acc_beside", node.name, parameters, output, sequencer(1, 1, 1)))
    first, second = (_block(tensor, node.axis) for tensor in node.inputs)
    parameters = {"Lanes": str(output.lanes), "ABeats": str(first), "BBeats": str(second), **parameters}
    return Joined(tuple(branches), Instance("acc_append", node.name, parameters, output, appender(first, second)))


def _block(tensor: Tensor, axis: int) -> int:
    """Positions of the part that follows one of the other input."""
    return math.prod(tensor.shape[axis:-1])


def _name(node: Merge | Concatenate, place: int) -> str:
    """What the modules of an input are called after."""
    return f"{node.name}_{'ab'[place]}"


def _ended(node: Merge | Concatenate, place: int, source: Stream, made: list[Instance]) -> list[Instance]:
    """A branch with the FIFO at its end."""
    return [*made, branch_end(f"{_name(node, place)}_fifo", made[-1].output if made else source)]
