"""GRU and LSTM: the input product runs ahead in a matrix-vector unit, the loop through h in a module of its own.

Between them and on the loop the gates of a unit are side by side: its sums are complete, and pass the gates, while
those of the next units are computed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from accel.errors import AccelError
from accel.fixed import Overflow, Rounding, requantise
from accel.ir.golden_recurrent import gate_table
from accel.ir.graph import Affine, Gru, Lstm, Recurrent
from accel.ir.tables import scale_log2
from accel.reuse import check_factor
from accel.rtl.layers.affine import mvau, output_groups
from accel.rtl.layers.base import (
    Instance,
    Memory,
    Stream,
    buffer,
    instances,
    literal,
    require_wrapping,
    type_parameters,
    with_lanes,
)
from accel.rtl.layers.rounds import Rounds, choose
from accel.rtl.layers.weights import pair_of, stored, weighting
from accel.rtl.timing import recurrence

BEHIND = 12
"""Cycles of a step behind those of U·h, at most, where its shape allows it."""

AT_ONCE = 8
"""Cycles of U·h below which a step is little more than latency: its tables have no register behind them, and what is
added before one has none, either.
"""

Part = tuple[dict[str, str], dict[str, str], tuple[tuple[int, int], ...]]  # parameters, memory files, their shapes


def gates(node: Recurrent) -> int:
    """Gates side by side in the node's matrices."""
    return 3 if isinstance(node, Gru) else 4


def rounds(node: Recurrent) -> Rounds:
    """How U·h is computed."""
    return choose(gates(node), node.units, node.recurrent_reuse, BEHIND - _stages(node))


def step_cycles(node: Recurrent) -> int:
    """Clock cycles of one time step, from one h to the next (``acc_recurrent_control``)."""
    return rounds(node).done + _stages(node)


def table_cycles(node: Recurrent) -> int:
    """Clock cycles of a read of a table (``acc_table``)."""
    return 1 if node.recurrent_reuse < AT_ONCE else 2


def _stages(node: Recurrent) -> int:
    """Of the gates and the update."""
    state, cycles = node.output.type, table_cycles(node)
    if isinstance(node, Gru):
        return 3 * cycles + 2
    return 3 * cycles + 1 + (state.rounding is not Rounding.TRN or state.overflow is not Overflow.WRAP)


@instances.register(Gru)
@instances.register(Lstm)
def _(node: Recurrent, source: Stream) -> list[Instance]:
    _check(node)
    made: list[Instance] = []
    if node.input.channels % source.lanes:
        made = with_lanes(node, source, node.input.channels)
        source = made[-1].output
    made.append(buffer(node.name, source, step_cycles(node)))
    made += _input_product(node, source)
    made.append(_loop(node))
    return made


def _input_product(node: Recurrent, source: Stream) -> Iterator[Instance]:
    """W·x in the beats that the rounds take, a step ahead of them."""
    shape, outputs = rounds(node), gates(node) * node.units
    check_factor(f"layer '{node.name}': reuse factor", node.reuse, source.lanes, outputs)
    part = outputs // output_groups(node.reuse, source.lanes)
    if part % shape.parallel and shape.parallel % part:
        part = outputs
    sums = Stream(part, node.kernel.accum, node.steps * (outputs // part))
    yield mvau(node, input_affine(node), source, node.reuse, sums, f"{node.name}_input")
    apart = replace(node, name=f"{node.name}_sums")
    for instance in with_lanes(apart, sums, shape.parallel):
        yield instance
        sums = instance.output
    if part < outputs and shape.rounds > 1:
        yield buffer(apart.name, replace(sums, burst=shape.rounds), step_cycles(node))


def _check(node: Recurrent) -> None:
    """Refuse what the modules cannot do exactly."""
    accum, state = node.recurrent.accum, node.output.type
    require_wrapping(node, "accumulator", accum)
    if node.kernel.accum != accum:
        raise AccelError(f"layer '{node.name}': accumulators {node.kernel.accum} and {accum}; expected one for W and U")
    if not state.signed:
        raise AccelError(f"layer '{node.name}': result {state}; expected a signed type, h may be negative")
    tables = [table for table in (node.gate, node.activation) if table is not None]
    for what, type_ in (("accumulator", accum), *(("table", table.type) for table in tables)):
        if type_.fraction < 0:
            raise AccelError(f"layer '{node.name}': {what} {type_}; expected no more integer bits than bits")
    for table in tables:
        if len(table.entries) < 4:
            raise AccelError(f"layer '{node.name}': tables of {len(table.entries)} entries; expected at least 4")
    check_factor(
        f"layer '{node.name}': recurrent reuse factor", node.recurrent_reuse, node.units, gates(node) * node.units
    )


def _bias(affine: Affine) -> np.ndarray:
    """The bias as the accumulator has it: raw integers (n_out,)."""
    return requantise(affine.bias, affine.bias_type.fraction, affine.accum)


def input_affine(node: Recurrent) -> Affine:
    """W with both biases, where they only add up, the gates of a unit side by side; the GRU's h gate keeps its
    recurrent bias inside the product with r.
    """
    added = _bias(node.recurrent)
    if isinstance(node, Gru):
        added = np.where(np.arange(len(added)) < 2 * node.units, added, 0)
    accum = node.kernel.accum
    bias = requantise(_bias(node.kernel) + added, accum.fraction, accum)
    return replace(node.kernel, weights=_by_unit(node, node.kernel.weights), bias=_by_unit(node, bias), bias_type=accum)


def _by_unit(node: Recurrent, values: np.ndarray) -> np.ndarray:
    """Values (..., gates * units) with the gates of a unit side by side."""
    return values.reshape(*values.shape[:-1], gates(node), node.units).swapaxes(-1, -2).reshape(values.shape)


def _loop(node: Recurrent) -> Instance:
    weight_parameters, weight_memory, weight_shapes = _weights(node)
    table_parameters, table_memories, table_shapes = _tables(node)
    accum, state, shape = node.recurrent.accum, node.output.type, rounds(node)
    modes = type_parameters("", state, modes=True)
    parameters = {
        "Steps": str(node.steps),
        "ReturnSequences": str(int(node.return_sequences)),
        "Units": str(node.units),
        "Fold": str(shape.fold),
        "Rounds": str(shape.rounds),
        "AccWidth": str(accum.width),
        "AccFraction": str(accum.fraction),
        "AccRounding": type_parameters("", accum, modes=True)["Rounding"],
        "HWidth": str(state.width),
        "HFraction": str(state.fraction),
        "HRounding": modes["Rounding"],
        "HOverflow": modes["Overflow"],
        "TableCycles": str(table_cycles(node)),
        **table_parameters,
        **weight_parameters,
    }
    return Instance(
        f"acc_{type(node).__name__.lower()}",
        node.name,
        parameters,
        Stream(node.units, state, node.steps if node.return_sequences else 1),
        recurrence(step_cycles(node), node.steps, node.return_sequences, shape.taken, shape.fold, shape.rounds),
        {**table_memories, **weight_memory},
        shape.multipliers,
        weight_shapes + table_shapes,
    )


def _tables(node: Recurrent) -> Part:
    """The gate and activation tables with their entries as the accumulator has them."""
    accum = node.recurrent.accum
    if isinstance(node, Lstm) and node.activation is not None:
        scale_log2(node.activation, node.output.type)  # refuses a cell that leaves the index's range
    reads = (2, 1) if isinstance(node, Gru) else (3, 2)
    parameters, memories, shapes = {}, {}, ()
    for prefix, wide, count in (("Gate", node.gate, reads[0]), ("Act", node.activation, reads[1])):
        table = gate_table(wide, accum)
        parameters[f"{prefix}Relu"] = str(int(wide is None))
        parameters[f"{prefix}Width"] = str(table.type.width)
        parameters[f"{prefix}Fraction"] = str(table.type.fraction)
        if wide is None:
            continue
        file = f"{node.name}_{wide.function}.mem"
        parameters["TableSize"] = str(len(table.entries))
        parameters[f"{prefix}ScaleLog2"] = str(scale_log2(table, accum))
        parameters[f"{prefix}File"] = f'"{file}"'
        memories[file] = Memory(table.entries[:, None], table.type.width)
        shapes += (memories[file].shape,) * (count * rounds(node).lanes)
    return parameters, memories, shapes


def _weights(node: Recurrent) -> Part:
    """U as ``acc_recurrent_sums`` reads it."""
    affine, reuse, shape = node.recurrent, node.recurrent_reuse, rounds(node)
    blocks = _by_unit(node, affine.weights).reshape(shape.fold, shape.simd, shape.rounds, shape.parallel)
    words = blocks.transpose(2, 0, 1, 3).reshape(reuse, shape.simd, shape.parallel)
    pair = pair_of(affine, shape.parallel, reuse)
    memory = stored(affine, pair, words)
    parameters = {**weighting(affine, pair), "WeightFraction": str(affine.weight_type.fraction)}
    if isinstance(node, Gru):
        parameters["Cut"] = str(int(node.cut and table_cycles(node) > 1))
        parameters["GateNegative"] = str(int(node.gate is None or node.gate.entries.min() < 0))
        parameters["Bias"] = literal(_bias(affine)[2 * node.units :], affine.accum.width)
    parameters["FirstWord"] = literal(memory.words[0], memory.width)
    if reuse == 1:
        return parameters, {}, ()
    file = f"{node.name}_recurrent.mem"
    return {**parameters, "WeightFile": f'"{file}"'}, {file: memory}, (memory.shape,)
