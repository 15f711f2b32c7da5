"""A TFLite network as a Keras model: each operator read by its function."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from accel.errors import AccelError, in_line
from accel.intake.onnx.layout import Layers, Value, sizes, whole
from accel.intake.onnx.nodes import Given
from accel.intake.onnx.refusal import Unreadable
from accel.intake.tflite import operators, recurrent
from accel.intake.tflite.loading import Network, Operator
from accel.intake.tflite.operators import OPERATORS, Operation

if TYPE_CHECKING:
    import keras

INSTEAD = {
    "LOG_SOFTMAX": "SOFTMAX, or neither",
    "ARG_MAX": "the outputs that it chooses from",
    "WHILE": "a network without a GRU, LSTM or loop, or the Keras or ONNX file of it",
    "REVERSE_V2": "the Keras or ONNX file of it",
    "UNIDIRECTIONAL_SEQUENCE_RNN": "LSTM, or the Keras or ONNX file of a GRU",
    "BIDIRECTIONAL_SEQUENCE_LSTM": "the Keras or ONNX file of it",
    "RELU_N1_TO_1": "RELU or RELU6",
}
"""What would work in the place of a kind of operator."""

FAMILIES = (operators, recurrent)
"""The modules that enter their functions into `OPERATORS`."""

PARTS = ("BiasAdd", "ReadVariableOp", "batchnorm")
"""What stands behind the name of Keras' layer in a tensor's name, before the last part."""


@dataclass(frozen=True, eq=False)
class Built:
    """A Keras model of a network, and all tensors by their numbers."""

    model: keras.Model
    values: dict[int, Given]


def build(network: Network, name: str) -> Built:
    """The model, which takes its inputs' axes as the file does.

    Raises:
        AccelError: names all operators that cannot be read.
    """
    return _Walk(network, name).built()


@dataclass(eq=False)
class _Walk:
    """One way through the operators."""

    network: Network
    name: str
    layers: Layers = field(default_factory=Layers)
    known: dict[int, Given] = field(default_factory=dict)
    refused: dict[str, list[str]] = field(default_factory=dict)  # operators by why
    lost: set[int] = field(default_factory=set)  # tensors that come of those

    def built(self) -> Built:
        import keras

        tensors = self.network.tensors
        constants = {number: tensor.constant for number, tensor in enumerate(tensors) if tensor.constant is not None}
        sources = {number: self._source(number) for number in self.network.inputs}
        self.known = {**constants, -1: None, **sources}
        for operator in self.network.needed:
            self._read(operator)
        if self.refused:
            count = sum(map(len, self.refused.values()))
            some = "an operator" if count == 1 else f"{count} operators"
            listed = "; ".join(f"{', '.join(names)} {why}" for why, names in self.refused.items())
            raise AccelError(f"{self.name}: {some} of the TFLite network cannot be read: {listed}")
        results = [self._as_output(number) for number in self.network.outputs]
        self.known |= dict(zip(self.network.outputs, results, strict=True))
        tensors = ([one.make() for one in some] for some in (sources.values(), results))
        inputs, outputs = (some[0] if len(some) == 1 else some for some in tensors)
        return Built(keras.Model(inputs, outputs, name=self.name), self.known)

    def _source(self, number: int) -> Value:
        """An input, called by its own name where there are several."""
        import keras

        axes = whole(self.network.tensors[number].shape)
        own = self.network.tensors[number].name.removeprefix("serving_default_").partition(":")[0]
        wanted = "input" if len(self.network.inputs) == 1 else own or "input"
        tensor = keras.Input(sizes(axes[1:]), name=self.layers.name(wanted))
        return Value(axes, axes[1:], lambda: tensor)

    def _as_output(self, number: int) -> Value:
        result = self.known[number]
        if not isinstance(result, Value):
            name = self.network.tensors[number].name
            raise AccelError(f"{self.name}: output '{name}' is constant; expected it to be computed from the inputs")
        return self.layers.stored(result, tuple(axis for axis in result.axes if axis) or ((),))

    def _read(self, operator: Operator) -> None:
        """Enter what an operator puts out, or why it cannot be read."""
        made = None
        called = self._title(operator)
        try:
            made = self._made(operator, called)
        except (Unreadable, ValueError, TypeError, AttributeError) as error:  # the others of shapes and settings
            told = in_line(error)
            why = f"({operator.kind}){f': {told}' if told else ''}"
            self.refused.setdefault(why, []).append(f"'{called}'")
        if made is None:
            self.lost |= set(operator.outputs)
        else:
            parts = made if isinstance(made, tuple) else (made,)
            self.known |= dict(zip(operator.outputs, parts, strict=False))

    def _made(self, operator: Operator, called: str) -> Given | tuple[Given, ...]:
        """What an operator puts out; None where what it reads could not be read."""
        if operator.kind not in OPERATORS:
            raise Unreadable(f"expected {INSTEAD[operator.kind]}" if operator.kind in INSTEAD else "")
        if self.lost & set(operator.inputs):
            return None
        tensors = self.network.tensors
        integers = any(tensors[number].quantised for number in operator.inputs if number >= 0)
        operation = Operation(operator, called, tensors[operator.outputs[0]].shape, self.layers, integers)
        return OPERATORS[operator.kind](operation, *(self.known.get(number) for number in operator.inputs))

    def _title(self, operator: Operator) -> str:
        """A name for the layer: that of Keras' layer whose weights it has, or which it was, else its kind."""
        second = [self.network.tensors[number] for number in operator.inputs[1:2] if number >= 0]
        named = [tensor.name for tensor in second if tensor.constant is not None]
        named.append(self.network.tensors[operator.outputs[0]].name)
        parts = [[part for part in name.split(";")[-1].split("/")[:-1] if part not in PARTS] for name in named]
        return next((found[-1] for found in parts if len(found) > 1), operator.kind.lower())
