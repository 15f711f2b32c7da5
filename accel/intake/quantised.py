"""A network that came quantised: what it computes, exactly, and the fewest layers that do so."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from accel import rows
from accel.fixed import Fixed, from_float, to_float
from accel.intake.reading import Types, inputs_of
from accel.intake.rewrite import nodes

if TYPE_CHECKING:
    import keras

BATCH = 256

TAKING = (
    *("InputLayer", "Dense", "Conv1D", "Conv2D", "DepthwiseConv1D", "DepthwiseConv2D", "BatchNormalization"),
    *("Activation", "ReLU", "LeakyReLU", "Add", "Subtract", "Multiply", "Maximum", "Minimum", "Average"),
)
"""Layers that can bring what they make into a type by themselves."""

SHAPING = ("Flatten", "Reshape", "Permute", "Identity", "Dropout")
"""Layers that change no number."""


@dataclass(frozen=True, eq=False)
class Quantised:
    """The ``model`` with each layer's output brought into its type of ``types``; all numbers are float64, which holds
    every sum of a network whose quantisers are fixed point.
    """

    model: keras.Model
    types: Types

    def __call__(self, x: np.ndarray) -> np.ndarray:
        """Its outputs (frames, *shape) for ``x`` (frames, *shape)."""
        return np.concatenate([self._outputs(x[start : start + BATCH]) for start in range(0, len(x), BATCH)])

    def _outputs(self, x: np.ndarray) -> np.ndarray:
        made = self._run(x)
        return rows.joined([made[tensor._keras_history.operation.name] for tensor in self._wide.outputs])

    def tensors(self, x: np.ndarray) -> dict[str, np.ndarray]:
        """What each layer, and the input, makes of ``x``, by name."""
        return self._run(x)

    @cached_property
    def _wide(self) -> keras.Model:
        import keras

        def widened(layer: keras.Layer) -> keras.Layer:
            return type(layer).from_config({**layer.get_config(), "dtype": "float64"})

        model = keras.models.clone_model(self.model, clone_function=widened)
        model.set_weights(self.model.get_weights())
        return model

    def _run(self, x: np.ndarray) -> dict[str, np.ndarray]:
        made, known = {}, dict[int, Any]()
        parts = rows.split(np.asarray(x, np.float64), inputs_of(self._wide))
        for tensor, part in zip(self._wide.inputs, parts, strict=True):
            name = tensor._keras_history.operation.name
            made[name] = known[id(tensor)] = self._assigned(name, part)
        for node in nodes(self._wide):
            if node.input_tensors:
                arguments, options = node.arguments.fill_in(known)
                values = np.asarray(node.operation(*arguments, **options))
                made[node.operation.name] = known[id(node.outputs[0])] = self._assigned(node.operation.name, values)
        return made

    def _assigned(self, name: str, values: np.ndarray) -> np.ndarray:
        type_ = self.types.get(name, {}).get("result")
        return values if type_ is None else assigned(values, type_)


def assigned(values: np.ndarray, type_: Fixed) -> np.ndarray:
    """Numbers as the nearest ones, by the type's modes, that it holds."""
    return to_float(from_float(values, type_), type_)


def settled(model: keras.Model, types: Types) -> tuple[keras.Model, Types]:
    """The same network with its quantisers, which are linear activations, where they cost least: done by the layer
    before them, or by the input, where that has no type yet and nothing else reads it; else in front of layers that
    only give it another shape, behind which hls4ml cannot have them.
    """
    import keras

    readers = Counter(id(tensor) for node in nodes(model) for tensor in node.input_tensors)
    types, moved, behind = {name: dict(own) for name, own in types.items()}, set(), {}
    for node in nodes(model):
        layer = node.operation
        if layer.name not in types or type(layer).__name__ != "Activation":
            continue
        if layer.activation is not keras.activations.linear:
            continue
        before, alone = _source(node, readers)
        free = type(before).__name__ in TAKING and "result" not in types.get(before.name, {})
        if not alone or before.name in moved:
            continue
        if free:
            types.setdefault(before.name, {}).update(types.pop(layer.name))
            moved.add(layer.name)
        elif before is not node.input_tensors[0]._keras_history.operation and before.name not in behind:
            behind[before.name] = layer.name
            moved.add(layer.name)
    return (_rebuilt(model, moved, behind) if moved else model), types


def _rebuilt(model: keras.Model, left: set[str], behind: Mapping[str, str]) -> keras.Model:
    """The model without the linear activations that are `left` out, and others `behind` the layers of these names."""
    import keras

    def cloned(layer: keras.Layer) -> keras.Layer:
        if layer.name in left:
            return keras.layers.Identity(name=f"{layer.name}_elsewhere")
        return type(layer).from_config(layer.get_config())

    def called(layer: keras.Layer, *arguments: Any, **options: Any) -> Any:
        made = layer(*arguments, **options)
        name = behind.get(layer.name)
        return made if name is None else keras.layers.Activation("linear", name=name)(made)

    fresh = keras.models.clone_model(model, clone_function=cloned, call_function=called)
    fresh.set_weights(model.get_weights())
    return fresh


def _source(node: Any, readers: Counter[int]) -> tuple[Any, bool]:
    """The layer that makes what a node reads, before those that only give it another shape, and whether all of these
    have a single reader.
    """
    alone = True
    while True:
        tensor = node.input_tensors[0]
        history, alone = tensor._keras_history, alone and readers[id(tensor)] == 1
        if type(history.operation).__name__ not in SHAPING:
            return history.operation, alone
        node = history.operation._inbound_nodes[history.node_index]
