"""Pooling: windows side by side in an accumulator each, others tap by tap; means over any count, or over those elements
of each window that are inside the frame, by a divider.
"""

from __future__ import annotations

from dataclasses import replace

from accel.errors import AccelError
from accel.fixed import Fixed
from accel.ir.graph import Pool, PoolKind
from accel.rtl.layers.affine import tree_levels
from accel.rtl.layers.base import (
    Instance,
    Memory,
    Stream,
    buffer,
    burst,
    instances,
    require_wrapping,
    type_parameters,
    with_lanes,
)
from accel.rtl.layers.windows import window_instance, within_frame
from accel.rtl.timing import pooler, sequencer

AT_ONCE = 4
"""Bits of a quotient that are found in a cycle, at most: the steps follow one another without a register."""


@instances.register
def _(node: Pool, source: Stream) -> list[Instance]:
    made = with_lanes(node, source, node.input.channels)
    source = made[-1].output if made else source
    mean, taps = node.kind is PoolKind.AVERAGE, node.window.taps
    _check(node)
    beside = node.window.stride == node.window.kernel and not any(node.window.pad)
    divided = mean and node.window.inside.max() > 1 and bool(not beside or taps & (taps - 1))
    type_, name = (node.accum, f"{node.name}_sum") if divided else (node.output.type, node.name)
    made += (_beside if beside else _apart)(node, source, type_, name)
    if divided:
        made += _divided(node, made[-1].output)
    return made


def _check(node: Pool) -> None:
    """Refuse what the modules cannot do exactly."""
    if node.kind is PoolKind.AVERAGE:
        require_wrapping(node, "accumulator", node.accum)
    elif any(node.window.pad) and not node.accum.holds(node.input.type):
        raise AccelError(
            f"layer '{node.name}': padded, and its accumulator {node.accum} does not hold the input's "
            f"{node.input.type}; expected that type"
        )


def _types(source: Fixed, accum: Fixed, result: Fixed) -> dict[str, str]:
    return {
        **type_parameters("In", source),
        **type_parameters("Acc", accum, modes=True),
        **type_parameters("Out", result, modes=True),
    }


def _beside(node: Pool, source: Stream, type_: Fixed, name: str) -> list[Instance]:
    """``acc_pool``, which puts out numbers of ``type_``."""
    mean, window = node.kind is PoolKind.AVERAGE, node.window
    (height, width), across = window.kernel, window.out_shape[1]
    parameters = {
        "Height": str(window.height),
        "Width": str(window.width),
        "PoolHeight": str(height),
        "PoolWidth": str(width),
        "Channels": str(source.lanes),
        "Mean": str(int(mean)),
        "Divide": str(int(name == node.name)),
        **_types(source.type, node.accum, type_),
    }
    output = Stream(source.lanes, type_, node.output.size // source.lanes, burst(window, source.burst))
    line = ((across, source.lanes * node.accum.width),) if height > 1 and across > 1 else ()
    return [Instance("acc_pool", name, parameters, output, pooler(window), memory_shapes=line)]


def _apart(node: Pool, source: Stream, type_: Fixed, name: str) -> list[Instance]:
    """``acc_window`` and ``acc_reduce``, which puts out numbers of ``type_``."""
    total, window = node.kind is PoolKind.AVERAGE, within_frame(node.window)
    made = [buffer(node.name, source)]
    made.append(window_instance(node, window, made[-1].output, 0 if total else source.type.lo))
    parameters = {
        "Taps": str(window.taps),
        "Channels": str(source.lanes),
        "Sum": str(int(total)),
        **_types(source.type, node.accum, type_),
    }
    output = replace(made[-1].output, lanes=source.lanes, type=type_)
    levels = tree_levels(window.taps) if total else (window.taps - 1).bit_length()
    made.append(Instance("acc_reduce", name, parameters, output, sequencer(1, 1, 2 + levels)))
    return made


def _divided(node: Pool, source: Stream) -> list[Instance]:
    """``acc_divide``, so slow that it just keeps up with the pixels, where that is no more than `AT_ONCE` bits a
    cycle.
    """
    counts = node.window.inside
    most, least = int(counts.max()), int(counts.min())
    bits = max(1, source.type.width - (least.bit_length() - 1))
    cycles = max(min(node.input.positions // source.beats, bits), -(-bits // AT_ONCE))
    table = Memory(counts.reshape(-1, 1), most.bit_length()) if least < most else None
    file = f"{node.name}.mem"
    parameters = {
        "Lanes": str(source.lanes),
        "Divisor": str(most),
        "Smallest": str(least),
        "Frame": str(counts.size if table else 1),
        **({"First": str(counts[0, 0]), "DivisorFile": f'"{file}"'} if table else {}),
        "Cycles": str(cycles),
        **type_parameters("In", source.type),
        **type_parameters("Out", node.output.type, modes=True),
    }
    made = [buffer(f"{node.name}_sum", source, cycles)]
    output = replace(made[-1].output, type=node.output.type)
    memories, shapes = ({file: table}, ((counts.size, table.width),)) if table else ({}, ())
    timing = sequencer(cycles, 1, 3)
    return [*made, Instance("acc_divide", node.name, parameters, output, timing, memories, memory_shapes=shapes)]
