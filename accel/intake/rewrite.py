"""The same network as one flat graph of layers that hls4ml converts to the same function.

Models inside the model are flattened, operations become layers, numbers that are multiplied and added become one
BatchNormalization, layers that do nothing at inference vanish, layers used twice become two, a separable convolution
becomes its two halves, a dilated or grouped one a plain one with zeros, a merge of several inputs, or of several
shapes, merges of two of one shape, slopes that elements share are given to each, a ReLU with an end is one up to 1, a
hard swish is a product, steps in reverse order come of a layer, activations stand before what flattens, and a
normalisation that hls4ml would fold wrongly is folded here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from accel.errors import AccelError
from accel.intake import convolutions, joins, naming, operations, positions, reading
from accel.intake.values import Value

if TYPE_CHECKING:
    import keras

FOLDABLE = ("DepthwiseConv1D", "DepthwiseConv2D", "Dense")
"""Layers into which hls4ml 1.3.0 folds a normalisation wrongly: bn_fuse.py scales the last axis of a depthwise kernel
(height, width, channels, 1); multi_dense.py makes a convolution of a Dense layer over positions with the old weights.
"""

RECURRENT = ("GRU", "LSTM")


def rewrite(model: keras.Model, shape: tuple[int | None, ...] | None = None, *, folding: bool = True) -> keras.Model:
    """`model` as such a network with an input of `shape` (without the batch axis; by default its own; several keep
    theirs). Without `folding` every layer keeps the weights that it has.

    The model itself is not changed; it comes back as it is where there is nothing to do, and where it is no graph of
    layers, which the conversion refuses in words.

    Raises:
        AccelError: an operation's numbers fit no channel, or the model cannot take inputs of `shape`.
    """
    import keras

    graph = getattr(model, "_functional", None) or model
    if not isinstance(graph, keras.Model) or not hasattr(graph, "_nodes_by_depth"):
        return model
    own = reading.inputs_of(model)
    shapes = own if shape is None or len(own) > 1 else [shape]
    if shapes == own and _plain(model, folding):
        return model
    names = [given._keras_history.operation.name for given in model.inputs]
    inputs = [keras.Input(shape, name=name) for shape, name in zip(shapes, names, strict=True)]
    builder = _Builder(names, folding)
    try:
        outputs = builder.graph(graph, [Value(given) for given in inputs])
    except ValueError as error:  # keras' own layers, of a shape
        reason = " ".join(str(error).split())
        raise AccelError(f"model '{model.name}' does not take inputs of shape {shape}: {reason}") from error
    made = [builder.tensor(output) for output in outputs]
    single = len(inputs) == 1, len(made) == 1
    return keras.Model(inputs[0] if single[0] else inputs, made[0] if single[1] else made, name=model.name)


def nodes(model: keras.Model) -> list:
    """Keras' nodes of the functional graph, one for each call, inputs' among them, from the input on."""
    by_depth = (getattr(model, "_functional", None) or model)._nodes_by_depth
    return [node for depth in sorted(by_depth, reverse=True) for node in by_depth[depth]]


def shown(model: keras.Model) -> set[str]:
    """The layers whose output is one of the model's, and read inside, too."""
    read = {id(tensor) for node in nodes(model) for tensor in node.input_tensors}
    return {tensor._keras_history.operation.name for tensor in model.outputs if id(tensor) in read}


def _plain(model: keras.Model, folding: bool) -> bool:
    """Whether hls4ml takes every node as it is."""
    import keras

    used = Counter(id(node.operation) for node in nodes(model))
    for node in nodes(model):
        kind = type(node.operation).__name__
        odd = isinstance(node.operation, keras.Model) or not isinstance(node.operation, keras.Layer)
        odd = odd or _backwards(node.operation) or operations.shared_or_limited(node.operation)
        odd = odd or operations.hard_swish(node.operation)
        odd = odd or kind in (*operations.NOTHING, "Rescaling", "Normalization", "TimeDistributed", "RepeatVector")
        odd = odd or convolutions.odd(node.operation) or kind in convolutions.SEPARABLE
        odd = odd or operations.keeps_axes(node.operation)
        odd = odd or any(operations.keeps_order(node.operation, given.shape) for given in node.input_tensors[:1])
        odd = odd or joins.odd(node.operation, node.input_tensors) or operations.limit(node.operation) is not None
        flat = bool(node.input_tensors) and operations.flattens(node.operation, node.input_tensors[0].shape)
        odd = odd or (flat and _followed(model, node, operations.elementwise))
        odd = odd or (folding and kind in FOLDABLE and _followed(model, node, _normalises))
        if odd or used[id(node.operation)] > 1:
            return False
    return True


def _backwards(operation: Any) -> bool:
    """Whether it is a GRU or LSTM that reads a sequence from its end, or a Bidirectional of them, with no state given
    or taken.
    """
    layers = [operation]
    if type(operation).__name__ == "Bidirectional":
        layers = [operation.forward_layer, operation.backward_layer]
    plain = all(type(layer).__name__ in RECURRENT and not layer.return_state and not layer.stateful for layer in layers)
    return plain and any(layer.go_backwards for layer in layers)


def _followed(model: keras.Model, node: Any, kind: Callable[[Any], bool]) -> bool:
    """Whether a layer of that kind reads what the node makes."""
    made = {id(tensor) for tensor in node.outputs}
    readers = (after for after in nodes(model) if after.input_tensors and id(after.input_tensors[0]) in made)
    return any(kind(after.operation) for after in readers)


def _normalises(operation: Any) -> bool:
    return type(operation).__name__ == "BatchNormalization"


class _Builder:
    """The new graph as far as it is built."""

    def __init__(self, input_names: list[str], folding: bool) -> None:
        self._folding = folding
        self._taken = set(input_names)
        self._made: dict[int, tuple[keras.Layer, keras.KerasTensor]] = {}  # by tensor: the layer that can be refilled
        self._scaled: dict[tuple, keras.KerasTensor] = {}  # by value: where it was computed

    def graph(self, model: keras.Model, given: list[Value]) -> list[Value]:
        """Build all of `model` on what its inputs are in the new graph; returns its outputs there."""
        known = dict(zip((id(tensor) for tensor in model.inputs), given, strict=True))
        readers = Counter(id(tensor) for node in nodes(model) for tensor in node.input_tensors)
        readers.update(map(id, model.outputs))
        for node in nodes(model):
            if not node.input_tensors:
                continue
            values = self._node(node, [known[id(tensor)] for tensor in node.input_tensors])
            for output, value in zip((id(tensor) for tensor in node.outputs), values, strict=True):
                known[output] = replace(value, shared=value.shared or readers[output] > 1)
        return [known[id(tensor)] for tensor in model.outputs]

    def _node(self, node: Any, given: list[Value]) -> list[Value]:
        import keras

        operation = operations.of_steps(node.operation)
        if isinstance(operation, keras.Model):
            return self.graph(getattr(operation, "_functional", None) or operation, given)
        if type(operation).__name__ in operations.NOTHING:
            return given
        if len(given) == 1 and (done := self._of_one(operation, node, given[0])):
            return [done]
        made = self._called(operation, node, [self.tensor(value) for value in given])
        return [Value(tensor) for tensor in (made if isinstance(made, list | tuple) else [made])]

    def _of_one(self, operation: Any, node: Any, value: Value) -> Value | None:
        """What it makes of a value without a layer of its own, or by one that stands elsewhere; None for any other."""
        shape = node.input_tensors[0].shape
        if operations.flattens(operation, shape):
            return replace(self._computed(value), flat=operation)
        if value.flat and operations.elementwise(operation):
            (made,) = self._node(node, [replace(value, flat=None)])
            return replace(made, flat=value.flat)
        if affine := operations.scale(operation, node.arguments.args, shape[-1]):
            return (self._computed(value) if value.flat else value).scaled(*affine, operation.name)
        if (largest := operations.limit(operation)) is not None:
            return self._limited(operation, largest, value)
        return self._folded(operation, value) if _normalises(operation) else None

    def _computed(self, value: Value) -> Value:
        return replace(value, tensor=self.tensor(value), factor=None, offset=None, flat=None)

    def tensor(self, value: Value) -> keras.KerasTensor:
        """The value in the new graph, its factor and offset computed by a normalisation of their own."""
        import keras

        if value.flat is not None:
            whole = self.tensor(replace(value, flat=None))
            key = id(whole), id(value.flat)
            if key not in self._scaled:
                self._scaled[key] = self._clone(value.flat, (whole,), {})[1]
            return self._scaled[key]
        if value.factor is None:
            return value.tensor
        key = id(value.tensor), value.factor.tobytes(), value.offset.tobytes()
        if key not in self._scaled:
            layer = keras.layers.BatchNormalization(epsilon=0.0, name=self._free(value.name))
            self._scaled[key] = layer(value.tensor)
            channels = np.ones(value.tensor.shape[-1])
            layer.set_weights([channels * value.factor, channels * value.offset, 0 * channels, channels])
        return self._scaled[key]

    def _called(self, operation: Any, node: Any, tensors: list[keras.KerasTensor]) -> Any:
        """What `operation`, or the layer that stands for it, makes of `tensors`."""
        import keras

        arguments, options = self._arguments(node, tensors)
        options = options if operation is node.operation else {}
        if type(operation).__name__ == "RepeatVector":
            row = keras.layers.Reshape((1, tensors[0].shape[-1]), name=self._free(f"{operation.name}_row"))
            return keras.layers.UpSampling1D(operation.n, name=self._free(operation.name))(row(tensors[0]))
        if operations.moved_axes(operation, len(tensors[0].shape)):
            return operations.reordered(operation, tensors[0].shape, self._free(operation.name))(tensors[0])
        if operations.keeps_axes(operation):
            shape = operation.compute_output_shape(tensors[0].shape)[1:]
            row = self._clone(operation, arguments, options, keepdims=False)[1]
            return keras.layers.Reshape(shape, name=self._free(f"{operation.name}_axes"))(row)
        if type(operation).__name__ in convolutions.SEPARABLE:
            first, second = convolutions.halves(operation, tensors[0].shape, self._free(operation.name))
            made = second(self._placed(first, tensors, {})[1])
            second.set_weights(operation.get_weights()[1:])
            return made
        if isinstance(operation, keras.Layer) and joins.odd(operation, tensors):
            return joins.of_two(operation, tensors, self._free)
        if _backwards(operation):
            from accel.intake import directions

            made = directions.bidirectional if type(operation).__name__ == "Bidirectional" else directions.backwards
            return made(operation, tensors[0], self._free(operation.name), self._free)
        if operations.shared_or_limited(operation):
            return operations.spelt_out(operation, tensors[0], self._free(operation.name))
        if operations.hard_swish(operation):
            return self._gated(operation, node, tensors)
        if not isinstance(operation, keras.Layer):
            if (made := positions.made(operation, arguments, self._free)) is not None:
                return made
            layer = operations.layer(operation, arguments, self._free(operation.name))
            if layer is not None and joins.odd(layer, tensors):
                return joins.of_two(layer, tensors, self._free)
            if layer is not None:
                return layer(tensors if len(tensors) > 1 else tensors[0])
            return operation(*arguments, **options)  # refused by name later
        layer, made = self._placed(operation, arguments, options)
        if self._folding and type(layer).__name__ in FOLDABLE and layer.activation.__name__ == "linear":
            self._made[id(made)] = layer, tensors[0]
        return made

    def _limited(self, layer: keras.Layer, largest: float, value: Value) -> Value:
        """A ReLU up to `largest`: one up to 1 of a part of it, and that times as much."""
        import keras

        zero, part = np.zeros(1), np.array([1 / largest])
        x = self.tensor(value.scaled(part, zero, f"{layer.name}_part"))
        made = keras.layers.Activation(operations.relu1, name=self._free(layer.name))(x)
        return Value(made, 1 / part, zero, f"{layer.name}_whole")

    def _arguments(self, node: Any, tensors: list[keras.KerasTensor]) -> tuple[tuple, dict]:
        return node.arguments.fill_in(dict(zip((id(old) for old in node.input_tensors), tensors, strict=True)))

    def _placed(self, layer: keras.Layer, arguments: tuple, options: dict) -> tuple[keras.Layer, Any]:
        """A new layer that does what `layer` does, called on the tensors `arguments`, and what it makes."""
        import keras

        if (plain := convolutions.plain(layer)) is None:
            fresh, made = self._clone(layer, arguments, options)
            fresh.set_weights(layer.get_weights())
            return fresh, made
        fresh = getattr(keras.layers, plain.kind)(**plain.settings, name=self._free(layer.name))
        made = fresh(*arguments)
        fresh.set_weights(plain.weights)
        return fresh, made

    def _clone(self, layer: keras.Layer, arguments: tuple, options: dict, **changes) -> tuple[keras.Layer, Any]:
        """A new layer of the same settings but `changes`, called on the tensors `arguments`, and what it makes."""
        settings = {**layer.get_config(), "name": self._free(layer.name), **changes}
        fresh = type(layer).from_config(settings)
        return fresh, fresh(*arguments, **options)

    def _folded(self, normalisation: keras.Layer, value: Value) -> Value | None:
        """What a layer makes with the normalisation behind it in its weights; None where it has none of FOLDABLE before
        it for itself.
        """
        layer, source = self._made.get(id(value.tensor), (None, None))
        positions = len(value.tensor.shape) > 2
        if layer is None or value.shared or value.factor is not None or value.flat or not positions:
            return None
        variance = np.asarray(normalisation.moving_variance, np.float64) + normalisation.epsilon
        factor = (np.asarray(normalisation.gamma) if normalisation.scale else 1.0) / np.sqrt(variance)
        beta = np.asarray(normalisation.beta) if normalisation.center else 0.0
        kernel, bias, *_ = (*layer.get_weights(), 0.0)
        self._taken.discard(layer.name)
        fresh, made = self._clone(layer, (source,), {}, use_bias=True)
        offset = (bias - np.asarray(normalisation.moving_mean)) * factor + beta
        fresh.set_weights([kernel * factor.reshape(kernel.shape[-2:] if kernel.ndim > 2 else -1), offset])
        return Value(made)

    def _gated(self, layer: keras.Layer, node: Any, tensors: list[keras.KerasTensor]) -> keras.KerasTensor:
        if type(layer).__name__ == "Activation":
            return operations.gated(tensors[0], layer.name, self._free)
        linear = operations.without_activation(layer)
        return operations.gated(self._called(linear, node, tensors), f"{layer.name}_hard_silu", self._free)

    def _free(self, name: str) -> str:
        """`name` or, where it is another layer's, that with a number behind it."""
        return naming.free(name, self._taken)
