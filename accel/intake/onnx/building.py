"""An ONNX graph as a Keras model: each node read by its function, what is constant computed at once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import islice, product
from typing import TYPE_CHECKING

import numpy as np

from accel.errors import AccelError, in_line
from accel.intake.onnx import (
    constants,
    convolutions,
    domains,
    elementwise,
    pooling,
    products,
    quantisers,
    recurrent,
    shaping,
)
from accel.intake.onnx.layout import Layers, Value, flat, sizes, whole
from accel.intake.onnx.loading import STANDARD, Graph, Input
from accel.intake.onnx.nodes import OPERATORS, Given, Node
from accel.intake.onnx.refusal import Unreadable
from accel.intake.reading import Types

if TYPE_CHECKING:
    import keras
    import onnx

INSTEAD = {
    "LogSoftmax": "Softmax, or neither",
    "ArgMax": "the outputs that it chooses from",
    "RNN": "GRU or LSTM",
    "LayerNormalization": "BatchNormalization",
    "InstanceNormalization": "BatchNormalization",
    "QuantizeLinear": "the model in floating point",
    "DequantizeLinear": "the model in floating point",
    "MultiThreshold": "Quant, as Brevitas exports it, before FINN converts it",
}
"""What would work in the place of a kind of node."""


MOST_ORDERS = 81
"""How many orders of the axes of all inputs are tried: the three of each of four."""

Order = tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Built:
    """A Keras model of a graph: `orders` has of each ONNX input the axes, the batch's left out, in the order of the
    model's; `values` are all tensors by their ONNX names, `outputs` those that the model gives, as it does; `types`
    those of quantisers, by layer.
    """

    model: keras.Model
    orders: tuple[Order, ...]
    outputs: list[Value]
    values: dict[str, Given]
    types: Types

    @property
    def cost(self) -> tuple[int, int]:
        """Layers that move numbers, which the RTL does not have, then all layers."""
        kinds = [type(layer).__name__ for layer in self.model.layers]
        return kinds.count("Permute"), len(kinds)


def build(graph: Graph, name: str) -> Built:
    """The model with its inputs' axes in the orders that take fewest layers: each as they are, the channels last, or
    both of these backwards (time, where that is the last axis, first).

    Raises:
        AccelError: names all nodes that cannot be read.
    """
    made, refusals = [], []
    for orders in islice(product(*(_orders(len(given.frame)) for given in graph.inputs)), MOST_ORDERS):
        try:
            made.append(_Walk(graph, name, orders).built())
        except AccelError as error:  # in another order a constant may lie along the channels
            refusals.append(str(error))
    if not made:
        raise AccelError(min(refusals, key=len))
    return min(made, key=lambda built: built.cost)


def _orders(rank: int) -> list[Order]:
    """Those that are tried for an input."""
    forward = tuple(range(rank))
    return list(dict.fromkeys((forward, (*forward[1:], *forward[:1]), forward[::-1])))


FAMILIES = (convolutions, elementwise, pooling, products, quantisers, recurrent, shaping)
"""The modules that enter their functions into `OPERATORS`."""


@dataclass(eq=False)
class _Walk:
    """One way through the graph."""

    graph: Graph
    name: str
    orders: tuple[Order, ...]
    layers: Layers = field(default_factory=Layers)
    known: dict[str, Given] = field(default_factory=dict)
    refused: dict[str, list[str]] = field(default_factory=dict)  # nodes by why
    lost: set[str] = field(default_factory=set)  # tensors that come of those
    weights: dict[str, np.ndarray] = field(default_factory=dict)

    def built(self) -> Built:
        import keras
        from onnx import numpy_helper

        for weight in self.graph.proto.graph.initializer:
            try:
                self.weights[weight.name] = numpy_helper.to_array(weight)
            except (ValueError, TypeError) as error:  # sizes that are not those of what is stored
                raise AccelError(f"{self.name}: weight '{weight.name}' is damaged: {error}") from error
        sources = {given.name: self._source(given, order) for given, order in self._given()}
        self.known = {**self.weights, "": None, **sources}
        for proto in self.graph.nodes:
            if not any(name in self.known for name in proto.output if name):  # as another's bias
                self._read(proto)
        if self.refused:
            count = sum(map(len, self.refused.values()))
            some = "a node" if count == 1 else f"{count} nodes"
            listed = "; ".join(f"{', '.join(names)} {why}" for why, names in self.refused.items())
            raise AccelError(f"{self.name}: {some} of the ONNX graph cannot be read: {listed}")
        results = [self._as_output(name) for name in self.graph.outputs]
        tensors = ([one.make() for one in some] for some in (sources.values(), results))
        inputs, outputs = (some[0] if len(some) == 1 else some for some in tensors)
        model = keras.Model(inputs, outputs, name=self.name)
        return Built(model, self.orders, results, self.known, self.layers.types)

    def _given(self) -> Iterable[tuple[Input, Order]]:
        return zip(self.graph.inputs, self.orders, strict=True)

    def _source(self, given: Input, order: Order) -> Value:
        import keras

        axes = whole(given.shape)
        rest = [axis for place, axis in enumerate(axes) if place != given.batch]
        stored = tuple(rest[place] for place in order)
        tensor = keras.Input(sizes(stored), name=self.layers.name(given.name))
        return Value(axes, stored, lambda: tensor)

    def _as_output(self, name: str) -> Value:
        """Each axis of ONNX that is not 1 an axis of its own, in the order in which they are stored."""
        value = self.known[name]
        if not isinstance(value, Value):
            raise AccelError(f"{self.name}: output '{name}' is constant; expected it to be computed from the inputs")
        atoms = flat(value.stored)
        axes = sorted((axis for axis in value.axes if axis), key=lambda axis: atoms.index(axis[0]))
        return self.layers.stored(value, tuple(axes) or ((),))

    def _read(self, proto: onnx.NodeProto) -> None:
        """Enter what a node puts out, or why it cannot be read."""
        try:
            made = self._made(proto)
        except (Unreadable, ValueError) as error:  # the latter numpy's, of shapes
            told = in_line(error)
            why = f"({proto.op_type}){f': {told}' if told else ''}"
            self.refused.setdefault(why, []).append(f"'{proto.name or proto.output[0]}'")
            made = None
        if made is None:
            self.lost |= set(proto.output)
        else:
            self.known |= dict(zip(proto.output, made, strict=False))

    def _made(self, proto: onnx.NodeProto) -> tuple[Given, ...] | None:
        """What a node puts out; None where what it reads could not be read."""
        missing = bool(self.lost & set(proto.input))
        if proto.domain not in (*STANDARD, *domains.QUANTISERS, domains.CHANNELS_LAST):
            raise Unreadable(f"of the domain {proto.domain}; expected operators of the ONNX standard, or QONNX's")
        if early := [name for name in proto.input if name not in self.known and name not in self.lost]:
            raise Unreadable(f"reads '{early[0]}', which nothing before it puts out")
        given = [] if missing else [self.known[name] for name in proto.input]
        if not missing and not any(isinstance(value, Value) for value in given):
            if proto.domain in domains.QUANTISERS:
                return (quantisers.of_constant(self._node(proto, None), given),)
            return constants.folded(proto, given, self.graph.proto)
        if proto.op_type not in OPERATORS:
            raise Unreadable(f"expected {INSTEAD[proto.op_type]}" if proto.op_type in INSTEAD else "")
        if missing:
            return None
        bias, behind = self._bias(proto)
        turned = proto.domain == domains.CHANNELS_LAST
        given = domains.turned(proto.op_type, given) if turned else given
        made = OPERATORS[proto.op_type](self._node(proto, bias), *given)
        made = made if isinstance(made, tuple) else (made,)
        made = tuple(map(domains.turned_back, made)) if turned else made
        if behind is not None:
            self.known[behind.output[0]] = made[0]
        return made

    def _node(self, proto: onnx.NodeProto, bias: np.ndarray | None) -> Node:
        attributes = {one.name: constants.attribute(one) for one in proto.attribute}
        used = [self.graph.readers[name] > 0 for name in proto.output]
        called = constants.title(proto, self.weights)
        return Node(proto.op_type, called, self.graph.opset, attributes, used, self.layers, bias)

    def _bias(self, proto: onnx.NodeProto) -> tuple[np.ndarray | None, onnx.NodeProto | None]:
        """What the Add that alone reads a MatMul adds for each unit, and that Add; None where there is none."""
        if proto.op_type != "MatMul" or self.graph.readers[proto.output[0]] != 1:
            return None, None
        behind = next((node for node in self.graph.nodes if proto.output[0] in node.input), None)
        if behind is None or behind.op_type != "Add":
            return None, None
        bias = self.known.get(next((name for name in behind.input if name != proto.output[0]), ""))
        units = np.shape(self.known[proto.input[1]])[-1:]
        fits = isinstance(bias, np.ndarray) and bias.shape[-1:] == units == (bias.size,)
        return (bias, behind) if fits else (None, None)
