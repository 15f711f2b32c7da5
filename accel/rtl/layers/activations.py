"""Activations of straight pieces, of a table and a product, and the softmax forms without a multiplier."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from accel.errors import AccelError
from accel.fixed import Fixed, Overflow, requantise
from accel.ir.graph import Argmax, Curve, LegacySoftmax, Node, Piece, Piecewise, Tensor
from accel.ir.tables import scale_log2
from accel.rtl.layers.affine import tree_levels
from accel.rtl.layers.base import (
    Instance,
    Memory,
    Stream,
    buffer,
    instances,
    literal,
    pack,
    type_parameters,
    with_lanes,
)
from accel.rtl.timing import sequencer

KINDS = {Piece.SAME: 1, Piece.SCALED: 2}
"""The codes of ``acc_piecewise``; a flat piece has 0."""


@instances.register
def _(node: Piecewise, source: Stream) -> list[Instance]:
    factor = node.factor
    scales = np.zeros(1, np.int64) if factor is None else factor.scale
    made = with_lanes(node, source, node.input.channels) if scales.size > 1 else []
    source = made[-1].output if made else source
    words = scales.reshape(-1, source.lanes) if scales.size > 1 else np.repeat(scales, source.lanes)[None]
    shape, memory_file = {}, f"{node.name}.mem"
    if factor is not None:
        shape = {
            **type_parameters("Scale", factor.type),
            "OffsetWidth": str(1 + abs(factor.offset).bit_length()),
            "Offset": literal(np.array([factor.offset], object), 1 + abs(factor.offset).bit_length()),
            **(
                {"Scale": literal(words[0], factor.type.width)}
                if len(words) == 1
                else {"Beats": str(len(words)), "ScaleFile": f'"{memory_file}"'}
            ),
        }
    bound, to = source.type.width + 2, node.output.type
    values = [0 if isinstance(piece, Piece) else piece for piece in node.pieces]
    parameters = {
        "Lanes": str(source.lanes),
        **type_parameters("In", source.type),
        "Pieces": str(len(node.pieces)),
        "Bounds": f"{bound * len(node.pieces)}'h{pack([*node.bounds, 0], bound):x}",
        "Kinds": f"{2 * len(node.pieces)}'h{pack((KINDS.get(piece, 0) for piece in node.pieces), 2):x}",
        **type_parameters("Out", to, modes=True),
        "Values": f"{to.width * len(values)}'h{pack(values, to.width):x}",
        **shape,
    }
    memories = {memory_file: Memory(words, factor.type.width)} if len(words) > 1 else {}
    scaled = Piece.SCALED in node.pieces
    piecewise = Instance(
        "acc_piecewise",
        node.name,
        parameters,
        replace(source, type=to),
        sequencer(1, 1, 3 if memories else 2),
        memories,
        multipliers=source.lanes * scaled,
        memory_shapes=tuple(memory.shape for memory in memories.values()),
    )
    return [*made, piecewise]


@instances.register
def _(node: Curve, source: Stream) -> list[Instance]:
    table, memory_file = node.table, f"{node.name}.mem"
    entry = _signed(table.type)
    parameters = {
        "Lanes": str(source.lanes),
        **type_parameters("In", source.type),
        "Times": str(int(node.factor is None)),
        "TableSize": str(len(table.entries)),
        "ScaleLog2": str(scale_log2(table, source.type)),
        "Offset": str(table.offset),
        "EntryWidth": str(entry.width),
        "EntryFraction": str(entry.fraction),
        **type_parameters("Out", node.output.type, modes=True),
        "MemFile": f'"{memory_file}"',
    }
    if node.factor is not None:
        factor = _signed(node.factor.type)
        parameters["FactorWidth"] = str(factor.width)
        parameters["FactorFraction"] = str(factor.fraction)
        parameters["Factor"] = literal(node.factor.scale, factor.width)
    memory = Memory(table.entries[:, None], entry.width)
    curve = Instance(
        "acc_curve",
        node.name,
        parameters,
        replace(source, type=node.output.type),
        sequencer(1, 1, 5),
        {memory_file: memory},
        multipliers=source.lanes,
        memory_shapes=(memory.shape,) * source.lanes,
    )
    return [curve]


def _signed(type_: Fixed) -> Fixed:
    """The signed type that holds the same numbers."""
    return Fixed(type_.width + (not type_.signed), type_.integer + (not type_.signed))


@instances.register
def _(node: LegacySoftmax, source: Stream) -> list[Instance]:
    classes, sums = node.output.channels, node.exp.type
    if sums.overflow is not Overflow.WRAP:
        raise AccelError(f"layer '{node.name}': table type {sums}; expected one that wraps, e.g. fixed<18,8>")
    apart = Fixed(source.type.width + 1, source.type.integer + 1)
    for table, type_ in ((node.exp, apart), (node.inverse, sums)):
        scale_log2(table, type_)
    one = requantise(np.ones(1, np.int64), 0, sums)
    made = with_lanes(node, source, classes)
    source = made[-1].output if made else source
    parameters = {
        "Lanes": str(classes),
        **type_parameters("In", source.type),
        "ExpEntries": str(len(node.exp.entries)),
        "InvEntries": str(len(node.inverse.entries)),
        **type_parameters("Sum", sums),
        "One": literal(one, sums.width),
        **type_parameters("Out", node.output.type, modes=True),
        "ExpFile": f'"{node.name}_exp.mem"',
        "InvFile": f'"{node.name}_inv.mem"',
    }
    exp, inverse = (Memory(table.entries[:, None], sums.width) for table in (node.exp, node.inverse))
    memories = {f"{node.name}_exp.mem": exp, f"{node.name}_inv.mem": inverse}
    shapes = (*(exp.shape,) * classes, inverse.shape)
    timing = sequencer(classes, 1, tree_levels(classes) + 8)
    made.append(buffer(node.name, source, classes))
    made.append(
        Instance("acc_softmax_legacy", node.name, parameters, _beats(node), timing, memories, memory_shapes=shapes)
    )
    return made


@instances.register
def _(node: Argmax, source: Stream) -> list[Instance]:
    classes, to = node.output.channels, node.output.type
    made = with_lanes(node, source, classes)
    source = made[-1].output if made else source
    parameters = {
        "Lanes": str(classes),
        "InWidth": str(source.type.width),
        "InSigned": str(int(source.type.signed)),
        "OutWidth": str(to.width),
        "Hot": literal(np.array([node.hot]), to.width),
        "Cold": literal(np.array([node.cold]), to.width),
    }
    timing = sequencer(1, 1, (classes - 1).bit_length() + 1)
    made.append(buffer(node.name, source))
    made.append(Instance("acc_argmax", node.name, parameters, _beats(node), timing))
    return made


def _beats(node: Node) -> Stream:
    """A beat for each position of what the node makes."""
    output: Tensor = node.output
    return Stream(output.channels, output.type, output.positions)
