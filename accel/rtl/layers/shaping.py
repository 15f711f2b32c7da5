"""Layers that only move pixels: zeros around a frame, a part of one, pixels and rows several times."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from accel.ir.graph import Crop, Pad, Repeat
from accel.ir.graph.core import Node, Tensor
from accel.rtl.layers.base import Instance, Stream, buffer, instances, with_lanes
from accel.rtl.timing import Unit, sequencer, shaper


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
