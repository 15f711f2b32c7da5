"""Layers that only move numbers: zeros around a frame, a part of one, pixels and rows several times, axes in another
order.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from accel.ir.graph import Crop, Pad, Permute, Repeat
from accel.ir.graph.core import Node, Tensor
from accel.rtl.layers.base import Instance, Stream, buffer, instances, literal, with_lanes
from accel.rtl.timing import Unit, permuter, sequencer, shaper


def _size(tensor: Tensor) -> tuple[int, int]:
    """Rows and columns; of a sequence one row of steps."""
    return (1, *tensor.shape[:-1])[-2:]


@instances.register
def _(node: Pad, source: Stream) -> list[Instance]:
    (rows, columns), (top, left) = _size(node.input), node.sides[::2]
    steps = np.zeros(_size(node.output), np.uint8)
    steps[top : top + rows, left : left + columns] = 3
    steps[0, 0] |= 1
    return _made(node, source, "acc_pad", _geometry(node), shaper(steps.ravel()), _size(node.output)[1], 1)


@instances.register
def _(node: Crop, source: Stream) -> list[Instance]:
    (rows, columns), (top, left) = _size(node.output), node.sides[::2]
    kept = np.zeros(_size(node.input), np.uint8)
    kept[top : top + rows, left : left + columns] = 1
    timing = replace(sequencer(1, kept.size, 1), marks=kept.tobytes())
    return _made(node, source, "acc_crop", _geometry(node), timing, columns, 0)


@instances.register
def _(node: Repeat, source: Stream) -> list[Instance]:
    width, (rows, columns) = _size(node.input)[1], node.times
    steps = np.zeros((rows, width, columns), np.uint8)
    steps[0], steps[0, :, -1] = 1, 3
    parameters = {"Width": width, "Rows": rows, "Columns": columns}
    return _made(
        node, source, "acc_upsample", parameters, shaper(steps.ravel()), rows * width * columns, rows * columns
    )


@instances.register
def _(node: Permute, source: Stream) -> list[Instance]:
    """Beats of all channels come out, as everywhere; what is moved is as much of one as stays together."""
    word, made = moved_together(node, source), []
    if word < source.lanes:
        made = [buffer(node.name, source, source.lanes // word)]
        made += with_lanes(node, made[-1].output, word)
    source = replace(made[-1].output if made else source, burst=1)
    if loops := _loops(node, word):
        sizes, strides = zip(*loops, strict=True)
        parameters = {
            "Width": str(source.bits),
            "Words": str(source.beats),
            "Axes": str(len(loops)),
            "Sizes": literal(np.array(sizes), 32),
            "Steps": literal(_steps(sizes, strides), 32),
        }
        shapes = ((2 * source.beats, source.bits),)
        timing = permuter(source.beats)
        made.append(Instance("acc_permute", node.name, parameters, source, timing, memory_shapes=shapes))
    return [*made, *with_lanes(replace(node, name=f"{node.name}_beats"), source, node.output.channels)]


def moved_together(node: Permute, source: Stream) -> int:
    """Elements of a word that ``acc_permute`` moves: of a beat, as many as are neighbours in the output, too."""
    loops = _loops(node, 1)
    return math.gcd(source.lanes, node.output.channels) if not loops or loops[0][1] == 1 else 1


def _loops(node: Permute, word: int) -> list[tuple[int, int]]:
    """The loops over the output's words of ``word`` elements, the innermost first: how often each goes round, and how
    many words of the input it moves by; none where no word moves.
    """
    shape, found = node.input.shape, []
    for axis in node.axes:
        size, stride = shape[axis], math.prod(shape[axis + 1 :])
        if found and found[-1][1] == size * stride:  # goes on where the loop around it does
            size *= found.pop()[0]
        if size > 1:
            found.append((size, stride))
    if len(found) < 2:
        return []
    found[-1] = found[-1][0] // word, found[-1][1]
    return [(size, max(1, stride // word)) for size, stride in reversed(found) if size > 1]


def _steps(sizes: Sequence[int], strides: Sequence[int]) -> np.ndarray:
    """From a word to the next one, where a loop goes on and those inside it begin again."""
    ends = np.cumsum([0, *((size - 1) * stride for size, stride in zip(sizes, strides, strict=True))])
    return np.array(strides) - ends[:-1]


def _geometry(node: Pad | Crop) -> dict[str, int]:
    names = "Height", "Width", "Top", "Left", "OutHeight", "OutWidth"
    return dict(zip(names, (*_size(node.input), *node.sides[::2], *_size(node.output)), strict=True))


def _made(
    node: Node, source: Stream, module: str, parameters: dict[str, int], timing: Unit, burst: int, held: int
) -> list[Instance]:
    """The layer's module; one that holds its input has a FIFO before it, and takes a pixel every ``held`` cycles."""
    made = with_lanes(node, source, node.input.channels)
    source = made[-1].output if made else source
    if held:
        made.append(buffer(node.name, source, held))
    own = {"PixelWidth": source.bits} | parameters
    output = replace(source, beats=node.output.positions, burst=burst)
    row = ((own["Width"], source.bits),) if own.get("Rows", 1) > 1 and own["Width"] > 1 else ()
    texts = {name: str(value) for name, value in own.items()}
    return [*made, Instance(module, node.name, texts, output, timing, memory_shapes=row)]
