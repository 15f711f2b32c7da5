"""The exact integer model of GRU and LSTM: hls4ml's gru_static and lstm_static (``nnet_recurrent.h``), all frames at
once.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from accel import kernels
from accel.fixed import NARROW, Fixed, fits, requantise, rule
from accel.ir.arithmetic import accumulate, product, times
from accel.ir.graph import Gru, Lstm, Recurrent, Table
from accel.ir.tables import addressable, lookup, span

State = tuple[np.ndarray, np.ndarray]
"""h and the cell (a GRU has none): raw integers (frames, units) each."""


def gru(node: Gru, x: np.ndarray) -> np.ndarray:
    """GRU with reset_after=True, h starting at 0 in each frame.

    Args:
        x: (frames, steps, features), raw integers of the input type.

    Returns:
        int64 (frames, steps, units), or (frames, 1, units) without ``return_sequences``; raw integers of the output
        type.
    """
    return _run(node, x, _GruStep(node))


def lstm(node: Lstm, x: np.ndarray) -> np.ndarray:
    """LSTM, h and the cell starting at 0 in each frame; the cell has the output's type.

    Args:
        x: (frames, steps, features), raw integers of the input type.

    Returns:
        int64 (frames, steps, units), or (frames, 1, units) without ``return_sequences``; raw integers of the output
        type.
    """
    return _run(node, x, _LstmStep(node))


def gate_table(table: Table | None, accum: Fixed) -> Table:
    """``table`` with its entries as hls4ml uses them, cast to ``accum``, in the narrowest signed type that holds them
    all; a table without entries, of ``accum`` itself, for relu.
    """
    if table is None:
        return Table("relu", np.zeros(0, np.int64), accum, scale=1.0, offset=0)
    cast = requantise(table.entries, table.type.fraction, accum)
    fraction = min(accum.fraction, table.type.fraction)
    entries = cast >> (accum.fraction - fraction)  # drops zeros only
    width = 1 + int(max(entries.max(), ~entries.min())).bit_length()
    return replace(table, entries=entries, type=Fixed(width, width - fraction))


def bend(raw: np.ndarray, x_type: Fixed, table: Table) -> np.ndarray:
    """What a `gate_table` gives for raw values of ``x_type``."""
    if table.entries.size:
        return lookup(raw, x_type, table)
    return requantise(raw, x_type.fraction, table.type, least=0)


def _run(node: Recurrent, x: np.ndarray, step: _Step) -> np.ndarray:
    sums = accumulate(x, node.input.type, node.kernel)
    recurrent = product(node.output.type, node.recurrent, node.recurrent.accum)
    h = cell = np.zeros((len(x), node.units), np.int64)
    sequence = []
    for position in range(node.steps):
        h, cell = step(sums[:, position], recurrent(h), (h, cell))
        sequence.append(h)
    return np.stack(sequence if node.return_sequences else [h], axis=1)


class _Step:
    """What one time step makes of W·x + b and U·h + b (frames, gates * units) and the state before: the next state.

    Compiled, or with numpy on Python's integers where 64 bits are not enough.
    """

    def __init__(self, node: Recurrent) -> None:
        self.accum, self.state = node.recurrent.accum, node.output.type
        self.gate, self.activation = gate_table(node.gate, self.accum), gate_table(node.activation, self.accum)
        # Table and state side by side have so many fractional bits, to which the shifts bring them.
        self.fraction = max(self.activation.type.fraction, self.state.fraction)
        self.shifts = self.fraction - self.activation.type.fraction, self.fraction - self.state.fraction
        self.blended = rule(self.fraction + self.gate.type.fraction, self.state)
        self.tables = [(table.entries, span(self.accum, table)) for table in (self.gate, self.activation)]
        self.narrow = self._narrow()

    def _narrow(self) -> bool:
        accum, state, gate, activation = self.accum, self.state, self.gate.type, self.activation.type
        blend = max(activation.width + self.shifts[0], state.width + self.shifts[1]) + gate.width + 1
        products = (
            (accum.width + 1, accum.fraction, accum),
            (gate.width + accum.width, gate.fraction + accum.fraction, accum),
            (gate.width + activation.width, gate.fraction + activation.fraction, state),
            (blend, self.fraction + gate.fraction, state),
        )
        indices = ((accum, self.gate), (accum, self.activation), (state, self.activation))
        return all(bits <= NARROW and fits(bits, fraction, dst) for bits, fraction, dst in products) and all(
            addressable(type_, table) for type_, table in indices
        )

    def __call__(self, wx: np.ndarray, uh: np.ndarray, before: State) -> State:
        return self._compiled(wx, uh, before) if self.narrow else self._wide(wx, uh, before)

    def _add(self, a: np.ndarray, b: np.ndarray) -> np.ndarray:
        return requantise(a + b, self.accum.fraction, self.accum)

    def _blend(self, new: np.ndarray, new_gate: np.ndarray, old: np.ndarray, old_gate: np.ndarray) -> np.ndarray:
        """``new * new_gate + old * old_gate`` in full precision, cast once to the state's type."""
        total = times(new, new_gate, self.shifts[0]) + times(old, old_gate, self.shifts[1])
        return requantise(total, self.fraction + self.gate.type.fraction, self.state)


class _GruStep(_Step):
    def _compiled(self, wx: np.ndarray, uh: np.ndarray, before: State) -> State:
        (h, cell), accum, gate = before, self.accum, self.gate.type
        gated, one = rule(gate.fraction + accum.fraction, accum), 1 << gate.fraction
        made = np.empty_like(h)
        sums = rule(accum.fraction, accum)
        kernels.gru_step(wx, uh, h, sums, *self.tables, gated, (one, *self.shifts), self.blended, made)
        return made, cell

    def _wide(self, wx: np.ndarray, uh: np.ndarray, before: State) -> State:
        (h, cell), accum, gate = before, self.accum, self.gate.type
        (w_z, w_r, w_h), (u_z, u_r, u_h) = (np.split(sums, 3, axis=-1) for sums in (wx, uh))
        z = bend(self._add(w_z, u_z), accum, self.gate)
        r = bend(self._add(w_r, u_r), accum, self.gate)
        gated = requantise(times(r, u_h), gate.fraction + accum.fraction, accum)
        new = bend(self._add(w_h, gated), accum, self.activation)
        return self._blend(new, (1 << gate.fraction) - z, h, z), cell


class _LstmStep(_Step):
    def _compiled(self, wx: np.ndarray, uh: np.ndarray, before: State) -> State:
        accum, (h, cell) = self.accum, (np.empty_like(before[0]), before[1].copy())
        sums = rule(accum.fraction, accum)
        bent = span(self.state, self.activation), rule(self.state.fraction, accum)
        shown = rule(self.gate.type.fraction + self.activation.type.fraction, self.state)
        kernels.lstm_step(wx, uh, cell, sums, *self.tables, bent, self.shifts, self.blended, shown, h)
        return h, cell

    def _wide(self, wx: np.ndarray, uh: np.ndarray, before: State) -> State:
        tables = (self.gate, self.gate, self.activation, self.gate)
        gates = zip(*(np.split(sums, 4, axis=-1) for sums in (wx, uh)), tables, strict=True)
        i, f, c, o = (bend(self._add(w, u), self.accum, table) for w, u, table in gates)
        cell = self._blend(c, i, before[1], f)
        bent = bend(cell, self.state, self.activation)
        fraction = self.gate.type.fraction + self.activation.type.fraction
        return requantise(times(o, bent), fraction, self.state), cell
