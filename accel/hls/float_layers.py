"""What each layer of the float model puts out, by the names that hls4ml has for it.

A layer with an activation of its own is two for hls4ml: one under its name, before the activation, and one under
`<name>_<activation>`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from accel.intake import limits
from accel.intake.reading import given

if TYPE_CHECKING:
    import keras
    from hls4ml.model.graph import ModelGraph

T = TypeVar("T")

LARGEST = 1 << 26
"""Numbers that all layers together put out for a batch, unless one frame has more."""

WHOLE = ("Activation", "GRU", "LSTM", "Bidirectional")
"""Layers whose activation hls4ml does not take off."""


@dataclass(frozen=True, eq=False)
class Output:
    """One layer's ``values`` (frames, *shape) for a batch; ``given`` is what the Keras ``layer`` read.

    ``behind`` names the output towards the input; the input itself has no layer and nothing behind it.
    """

    name: str
    behind: str
    values: np.ndarray
    layer: keras.Layer | None = None
    given: np.ndarray | None = None


def outputs(model: keras.Model, x: np.ndarray, batch: int = 64) -> Iterator[Output]:
    """The inputs and every layer's output for each batch of ``x`` (frames, *shape), rows of several, in the order of
    the model; of large layers, a smaller batch.
    """
    import keras

    batch = max(1, min(batch, LARGEST // limits.numbers(model)))
    layers = [layer for layer in model.layers if not isinstance(layer, keras.layers.InputLayer)]
    whole = keras.Model(model.inputs, [layer.output for layer in layers])
    for start in range(0, len(x), batch):
        part = given(model, x[start : start + batch])
        made = whole.predict_on_batch(part)  # compiled once, where a call would run recurrent layers step by step
        parts = part if isinstance(part, list) else [part]
        yield from _named(model, layers, parts, [made] if len(layers) == 1 else made)


def _named(
    model: keras.Model, layers: list[keras.Layer], x: list[np.ndarray], made: list[np.ndarray]
) -> Iterator[Output]:
    import keras

    known = {t._keras_history.operation.name: values for t, values in zip(model.inputs, x, strict=True)}
    alias = {name: name for name in known}  # a layer's name to that of its last output
    yield from [Output(name, "", values) for name, values in known.items()]
    known |= {layer.name: np.asarray(out) for layer, out in zip(layers, made, strict=True)}
    for layer in layers:
        source = layer.input[0] if isinstance(layer.input, list) else layer.input
        feeding = source._keras_history.operation.name
        read, behind, name = known[feeding], alias[feeding], layer.name
        activation = getattr(layer, "activation", keras.activations.linear)
        if activation is not keras.activations.linear and type(layer).__name__ not in WHOLE:
            yield Output(name, behind, _linear(layer, read), layer, read)
            name, behind = f"{name}_{activation.__name__}", name
        alias[layer.name] = name
        yield Output(name, behind, known[layer.name], layer, read)


def by_graph(graph: ModelGraph, found: Mapping[str, T], behind: Mapping[str, str]) -> dict[str, T]:
    """What was ``found`` of each output, by the names of ``graph``: of a layer that hls4ml folded into the one
    ``behind`` it, that one has it.
    """
    made: dict[str, T] = {}
    stands_for: dict[str, str] = {}
    for name, entry in found.items():
        stands_for[name] = name if name in graph.graph else stands_for.get(behind[name], name)
        made[stands_for[name]] = entry
    return made


def _linear(layer: keras.Layer, x: np.ndarray) -> np.ndarray:
    """What `layer` puts out for `x` before its activation."""
    import keras

    activation = layer.activation
    layer.activation = keras.activations.linear
    try:
        return np.asarray(layer(x))
    finally:
        layer.activation = activation
