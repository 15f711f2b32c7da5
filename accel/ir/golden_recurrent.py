"""The exact integer model of GRU and LSTM: hls4ml's gru_static and lstm_static (``nnet_recurrent.h``), all frames at
once.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from accel.fixed import Fixed, requantise
from accel.ir.arithmetic import accumulate, times
from accel.ir.graph import Gru, Lstm, Recurrent, Table
from accel.ir.tables import lookup


def gru(node: Gru, x: np.ndarray) -> np.ndarray:
    """GRU with reset_after=True, h starting at 0 in each frame.

    Args:
        x: int64 (frames, steps, features), raw integers of the input type.

    Returns:
        int64 (frames, steps, units), or (frames, 1, units) without ``return_sequences``; raw integers of the output
        type.
    """
    accum, state = node.recurrent.accum, node.output.type
    gate, activation = gate_table(node.gate, accum), gate_table(node.activation, accum)
    one = 1 << gate.type.fraction

    def step(h: np.ndarray, wx: list[np.ndarray]) -> np.ndarray:
        u_h = np.split(accumulate(h, state, node.recurrent), 3, axis=-1)
        z = lookup(_add(wx[0], u_h[0], accum), accum, gate)
        r = lookup(_add(wx[1], u_h[1], accum), accum, gate)
        gated = requantise(times(r, u_h[2]), gate.type.fraction + accum.fraction, accum)
        new = lookup(_add(wx[2], gated, accum), accum, activation)
        return _blend((new, activation.type), one - z, (h, state), z, gate.type, state)

    h = np.zeros((len(x), node.units), dtype=np.int64)
    sequence = []
    for wx in _kernel_sums(node, x, 3):
        h = step(h, wx)
        sequence.append(h)
    return np.stack(sequence if node.return_sequences else [h], axis=1)


def lstm(node: Lstm, x: np.ndarray) -> np.ndarray:
    """LSTM, h and the cell starting at 0 in each frame; the cell has the output's type.

    Args:
        x: int64 (frames, steps, features), raw integers of the input type.

    Returns:
        int64 (frames, steps, units), or (frames, 1, units) without ``return_sequences``; raw integers of the output
        type.
    """
    accum, state = node.recurrent.accum, node.output.type
    gate, activation = gate_table(node.gate, accum), gate_table(node.activation, accum)

    def step(h: np.ndarray, cell: np.ndarray, wx: list[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
        u_h = np.split(accumulate(h, state, node.recurrent), 4, axis=-1)
        tables = (gate, gate, activation, gate)
        i, f, c, o = (lookup(_add(w, u, accum), accum, table) for w, u, table in zip(wx, u_h, tables, strict=True))
        cell = _blend((c, activation.type), i, (cell, state), f, gate.type, state)
        bent = lookup(cell, state, activation)
        return requantise(times(o, bent), gate.type.fraction + activation.type.fraction, state), cell

    h = cell = np.zeros((len(x), node.units), dtype=np.int64)
    sequence = []
    for wx in _kernel_sums(node, x, 4):
        h, cell = step(h, cell, wx)
        sequence.append(h)
    return np.stack(sequence if node.return_sequences else [h], axis=1)


def gate_table(table: Table, accum: Fixed) -> Table:
    """``table`` with its entries as hls4ml uses them, cast to ``accum``, in the narrowest signed type that holds them
    all.
    """
    cast = requantise(table.entries, table.type.fraction, accum)
    fraction = min(accum.fraction, table.type.fraction)
    entries = cast >> (accum.fraction - fraction)  # drops zeros only
    width = 1 + int(max(entries.max(), ~entries.min())).bit_length()
    return replace(table, entries=entries, type=Fixed(width, width - fraction))


def _kernel_sums(node: Recurrent, x: np.ndarray, gates: int) -> Iterator[list[np.ndarray]]:
    """Step after step, ``gates`` arrays (frames, units): W·x + b in the accumulator's type."""
    sums = accumulate(x, node.input.type, node.kernel)
    return (np.split(sums[:, step], gates, axis=-1) for step in range(node.steps))


def _add(a: np.ndarray, b: np.ndarray, accum: Fixed) -> np.ndarray:
    return requantise(a + b, accum.fraction, accum)


def _blend(
    a: tuple[np.ndarray, Fixed],
    a_gate: np.ndarray,
    b: tuple[np.ndarray, Fixed],
    b_gate: np.ndarray,
    gate: Fixed,
    dst: Fixed,
) -> np.ndarray:
    """``a * a_gate + b * b_gate`` in full precision, cast once to ``dst``."""
    fraction = max(a[1].fraction, b[1].fraction)
    total = times(a[0], a_gate, fraction - a[1].fraction) + times(b[0], b_gate, fraction - b[1].fraction)
    return requantise(total, fraction + gate.fraction, dst)
