"""Layers that work on each element alone, and softmax: pipelines that take a beat every clock."""

from __future__ import annotations

import math
from dataclasses import replace

from accel.errors import AccelError
from accel.ir.graph import Cast, Lookup, Reshape, Reverse, Scale, Softmax
from accel.ir.tables import scale_log2
from accel.rtl.layers.affine import tree_levels
from accel.rtl.layers.base import (
    Instance,
    Memory,
    Stream,
    buffer,
    instances,
    literal,
    type_parameters,
    with_lanes,
)
from accel.rtl.timing import reverser, sequencer

DEEP, ROWS = 4096, 2048
"""A softmax's table of more inverses than DEEP has ROWS words of several: each block RAM holds a part of all words, and
which inverse of a word it is is chosen behind a register.
"""


@instances.register
def _(node: Reshape, source: Stream) -> list[Instance]:
    return []


@instances.register
def _(node: Reverse, source: Stream) -> list[Instance]:
    steps, *_ = node.input.shape
    made = with_lanes(node, source, node.input.size // steps)
    source = made[-1].output if made else source
    parameters = {"Width": str(source.bits), "Beats": str(steps)}
    output = replace(source, burst=steps)
    shapes = ((steps, source.bits),)
    made.append(buffer(node.name, source))
    return [*made, Instance("acc_reverse", node.name, parameters, output, reverser(steps), memory_shapes=shapes)]


@instances.register
def _(node: Cast, source: Stream) -> list[Instance]:
    parameters = {
        "Lanes": str(source.lanes),
        "Relu": str(int(node.relu)),
        **type_parameters("In", source.type),
        **type_parameters("Out", node.output.type, modes=True),
    }
    output = replace(source, type=node.output.type)
    return [Instance("acc_cast", node.name, parameters, output, sequencer(1, 1, 1))]


@instances.register
def _(node: Lookup, source: Stream) -> list[Instance]:
    table, memory_file = node.table, f"{node.name}.mem"
    parameters = {
        "Lanes": str(source.lanes),
        **type_parameters("In", source.type),
        "TableSize": str(len(table.entries)),
        "ScaleLog2": str(scale_log2(table, source.type)),
        "Offset": str(table.offset),
        **type_parameters("Entry", table.type),
        **type_parameters("Out", node.output.type, modes=True),
        "MemFile": f'"{memory_file}"',
    }
    output = replace(source, type=node.output.type)
    memory = Memory(table.entries[:, None], table.type.width)
    memories, shapes = {memory_file: memory}, (memory.shape,) * source.lanes
    return [Instance("acc_lut", node.name, parameters, output, sequencer(1, 1, 4), memories, memory_shapes=shapes)]


@instances.register
def _(node: Scale, source: Stream) -> list[Instance]:
    made = with_lanes(node, source, node.input.channels)
    for what, type_ in (("scale", node.scale_type), ("bias", node.bias_type)):
        if not type_.signed:
            raise AccelError(f"layer '{node.name}': {what} type {type_}; expected a signed type")
    parameters = {
        "Lanes": str(node.input.channels),
        "InWidth": str(source.type.width),
        "InSigned": str(int(source.type.signed)),
        "ScaleWidth": str(node.scale_type.width),
        "ProductFraction": str(source.type.fraction + node.scale_type.fraction),
        "BiasWidth": str(node.bias_type.width),
        "BiasFraction": str(node.bias_type.fraction),
        **type_parameters("Out", node.output.type, modes=True),
        "Scale": literal(node.scale, node.scale_type.width),
        "Bias": literal(node.bias, node.bias_type.width),
    }
    output = Stream(node.output.channels, node.output.type, node.output.positions, source.burst)
    scale = Instance("acc_scale", node.name, parameters, output, sequencer(1, 1, 2), multipliers=output.lanes)
    return [*made, scale]


@instances.register
def _(node: Softmax, source: Stream) -> list[Instance]:
    classes = node.output.channels
    made = with_lanes(node, source, classes)
    source = made[-1].output if made else source
    _check_softmax(node, classes)
    words = len(node.inverse) // ROWS if len(node.inverse) > DEEP else 1
    parameters = {
        "Lanes": str(classes),
        "Stable": str(int(node.stable)),
        **type_parameters("In", source.type),
        **type_parameters("Diff", node.difference, modes=True),
        "ExpEntries": str(len(node.exp)),
        **type_parameters("Exp", node.exp_type),
        "AccWidth": str(node.accum.width + (not node.accum.signed)),  # exponentials are positive: signed costs nothing
        "AccFraction": str(node.accum.fraction),
        "AccRounding": type_parameters("", node.accum, modes=True)["Rounding"],
        **type_parameters("Sum", node.sum, modes=True),
        "InvEntries": str(len(node.inverse)),
        "InvWords": str(words),
        **type_parameters("Inv", node.inverse_type),
        **type_parameters("Out", node.output.type, modes=True),
        "ExpFile": f'"{node.name}_exp.mem"',
        "InvFile": f'"{node.name}_inv.mem"',
    }
    depth = ((classes - 1).bit_length() + 1 if node.stable else 0) + tree_levels(classes) + 6 + (words > 1)
    exp = Memory(node.exp[:, None], node.exp_type.width)
    inverse = Memory(node.inverse.reshape(-1, words), node.inverse_type.width)
    memories = {f"{node.name}_exp.mem": exp, f"{node.name}_inv.mem": inverse}
    shapes = (*(exp.shape,) * classes, inverse.shape)
    output = Stream(classes, node.output.type, node.output.positions)
    made.append(buffer(node.name, source))
    made.append(
        Instance("acc_softmax", node.name, parameters, output, sequencer(1, 1, depth), memories, classes, shapes)
    )
    return made


def _check_softmax(node: Softmax, classes: int) -> None:
    """The adder tree keeps no limit of its own: refuse an accumulator that the sum could leave, negative exponentials,
    and odd table sizes.
    """
    if node.exp.min() < 0:
        raise AccelError(
            f"layer '{node.name}': exp_table {node.exp_type} makes exponentials of up to 1 negative; expected a type "
            "that holds 1 or saturates, e.g. ufixed<17,1,RND,SAT>"
        )
    grow = node.accum.fraction - node.exp_type.fraction
    largest = math.ceil(int(node.exp.max()) * 2.0**grow) * classes
    if largest > node.accum.hi:
        raise AccelError(
            f"layer '{node.name}': accumulator {node.accum} cannot hold {classes} exponentials; expected "
            f"{largest.bit_length() + node.accum.signed - node.accum.fraction} integer bits or more"
        )
    for what, table in (("exp", node.exp), ("inverse", node.inverse)):
        if len(table) & (len(table) - 1):
            raise AccelError(f"layer '{node.name}': {what} table of {len(table)} entries; expected a power of two")
