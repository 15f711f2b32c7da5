"""GRU and LSTM as C++ functions; `accel.ir.golden_recurrent` has the same in numpy."""

from __future__ import annotations

from dataclasses import dataclass

from accel.bare.elementwise import clamped, table_index
from accel.bare.layer import Constant, Layer, layer, made, shaped
from accel.bare.sums import Sums, sums, weights_and_bias
from accel.bare.terms import Term, among, constant, typed
from accel.bare.text import words
from accel.errors import AccelError
from accel.fixed import Fixed
from accel.ir import graph as ir
from accel.ir.golden_recurrent import gate_table

GATES = {
    "sigmoid": "1 / (1 + exp(-x))",
    "hard_sigmoid": "x / 6 + 0.5, but at least 0 and at most 1",
    "keras2_hard_sigmoid": "x / 5 + 0.5, but at least 0 and at most 1",
}
"""Functions of gates, with their formulas."""


@dataclass(frozen=True, eq=False)
class Function:
    """A tabulated function of sums: its name, the table, and the index for a sum ``x``."""

    name: str
    table: ir.Table
    index: Term

    @property
    def entry(self) -> Term:
        """What it can give, as a variable."""
        return among(self.name, self.table.entries, self.table.type.fraction)


class Cell:
    """What GRU and LSTM have in common: products, tables, and the types of a step."""

    def __init__(self, node: ir.Recurrent) -> None:
        self.node, self.accum, self.state = node, node.recurrent.accum, node.output.type
        if node.kernel.accum != self.accum:
            raise AccelError(f"accumulators {node.kernel.accum} and {self.accum}; expected one type")
        gate, activation = (table.function if table else "relu" for table in (node.gate, node.activation))
        if gate not in GATES or activation != "tanh":
            raise AccelError(f"activations {gate} and {activation}; expected {' or '.join(GATES)}, and tanh")
        x, h = typed("x[k]", node.input.type), typed("h[k]", self.state)
        self.input = sums(x, node.kernel, "weights[o][k]", "bias[o]")
        self.recurrent = sums(h, node.recurrent, "state_weights[o][k]", "state_bias[o]")
        self.sigmoid = self._function(gate, node.gate, self.accum)
        self.tanh = self._function("tanh", node.activation, self.accum)
        self.terms = [self.input.product, self.recurrent.product, self.input.sum, self.recurrent.sum]
        self.terms += [self.input.bias, self.recurrent.bias, self.sigmoid.index, self.tanh.index]

    def _function(self, name: str, table: ir.Table, source: Fixed) -> Function:
        table = gate_table(table, self.accum)
        return Function(name, table, clamped(table_index(typed("x", source), table), len(table.entries)))

    def sum(self, gate: int, place: str = "") -> Term:
        """W x + U h of a gate, or W x and something else in ``place``."""
        start = f"{gate} * {self.node.units} + c" if gate > 1 else f"{self.node.units} + c" if gate else "c"
        other = typed(place or f"state_sums[{start}]", self.accum)
        return self._kept((typed(f"sums[{start}]", self.accum) + other).limited(self.accum))

    def state_sum(self, gate: int) -> Term:
        """U h of a gate."""
        return typed(f"state_sums[{gate} * {self.node.units} + c]", self.accum)

    def gate(self, name: str) -> Term:
        """A gate's variable."""
        return self.sigmoid.entry.called(name)

    def bent(self, name: str) -> Term:
        """A variable that tanh gave."""
        return self.tanh.entry.called(name)

    def blend(self, new: Term, new_gate: Term, old: Term, old_gate: Term) -> Term:
        """``new * new_gate + old * old_gate``, assigned once to the state's type."""
        fraction = max(new.fraction, old.fraction) + self.sigmoid.table.type.fraction
        parts = [a * b for a, b in ((new, new_gate), (old, old_gate))]
        first, second = (part.grown(fraction - part.fraction) for part in parts)
        return self._kept((first + second).assigned(self.state))

    def assigned(self, term: Term, type_: Fixed) -> Term:
        """The term in another type."""
        return self._kept(term.assigned(type_))

    def written(self, name: str, order: str, **steps: Term) -> Layer:
        """The layer; ``order`` names its gates."""
        node = self.node
        shaped(node, *((node.steps, node.units) if node.return_sequences else node.output.shape[-1:]))
        if len(node.input.shape) != 2:
            raise AccelError(f"inputs of {len(node.input.shape)} axes; expected steps x features")
        constants = weights_and_bias(node.kernel, (node.kernel.n_in,), "o")
        constants += weights_and_bias(node.recurrent, (node.units,), "o", "state_")
        constants += [Constant(f"{f.name}_entries", f.table.entries, words(f.table.type)) for f in self._functions]
        legend = [("sums", f"{self.input.legend}; {order}, {node.units} each")]
        legend += [("state_sums", f"{self.recurrent.legend}; as sums")]
        legend += [("h", words(self.state))]
        kind = type(node).__name__.lower()
        return made(kind, node, name, constants, legend, *self.terms, cell=self, functions=self._functions, **steps)

    @property
    def rule(self) -> str:
        """The formula of the gates' function."""
        return f"{self.sigmoid.name}(x) = {GATES[self.sigmoid.name]}"

    @property
    def _functions(self) -> tuple[Function, Function]:
        return self.sigmoid, self.tanh

    @property
    def products(self) -> tuple[tuple[str, str, int, Sums, str], ...]:
        """The two matrix products: name, variable, its size, the sums, and their formula."""
        node = self.node
        return (
            ("input_sums", "x", node.kernel.n_in, self.input, "bias + weights * x"),
            ("recurrent_sums", "h", node.units, self.recurrent, "state_bias + state_weights * h"),
        )

    def _kept(self, term: Term) -> Term:
        self.terms.append(term)
        return term


@layer.register
def _(node: ir.Gru, name: str) -> Layer:
    cell = Cell(node)
    z, h = cell.gate("z"), typed("h[c]", cell.state)
    one = constant(1 << z.fraction, z.fraction)
    return cell.written(
        name,
        "z, r and the candidate",
        z=cell.sum(0),
        r=cell.sum(1),
        inner=cell.assigned(cell.gate("r") * cell.state_sum(2), cell.accum),
        candidate=cell.sum(2, "inner"),
        h=cell.blend(cell.bent("candidate"), one - z, h, z),
    )


@layer.register
def _(node: ir.Lstm, name: str) -> Layer:
    cell = Cell(node)
    shown = cell._function("tanh", node.activation, cell.state)
    cell.terms.append(shown.index)
    o, memory = cell.gate("o"), typed("memory[c]", cell.state)
    return cell.written(
        name,
        "i, f, the candidate and o",
        i=cell.sum(0),
        f=cell.sum(1),
        candidate=cell.sum(2),
        o=cell.sum(3),
        memory=cell.blend(cell.bent("candidate"), cell.gate("i"), memory, cell.gate("f")),
        shown=shown.index,
        h=cell.assigned(o * cell.bent("shown"), cell.state),
    )
