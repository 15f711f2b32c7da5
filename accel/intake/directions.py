"""Recurrent layers that read a sequence from its end, as layers that read it from its start and reversals of steps.

Imported only where there is such a layer, as it needs Keras.
"""

from __future__ import annotations

from collections.abc import Callable

import keras

MERGES = {"concat": "Concatenate", "sum": "Add", "mul": "Multiply", "ave": "Average"}
"""Bidirectional's merge modes as layers; with None it gives both directions."""


class ReverseSteps(keras.layers.Layer):
    """The steps (the axis behind the batch) in reverse order."""

    def call(self, x: keras.KerasTensor) -> keras.KerasTensor:
        return keras.ops.flip(x, axis=1)

    def compute_output_shape(self, shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        return shape


def backwards(layer: keras.layers.RNN, x: keras.KerasTensor, name: str, free: Callable[[str], str]):
    """What a GRU or LSTM makes of `x` (batch, steps, features), by one called `name` that does not go backwards.

    `free` gives a name that no layer has.
    """
    if layer.go_backwards:
        x = ReverseSteps(name=free(f"{name}_reversed"))(x)
    made = type(layer).from_config({**layer.get_config(), "name": name, "go_backwards": False})
    y = made(x)
    made.set_weights(layer.get_weights())
    return y


def bidirectional(layer: keras.layers.Bidirectional, x: keras.KerasTensor, name: str, free: Callable[[str], str]):
    """What a Bidirectional of GRU or LSTM makes of `x`: both directions, the second one's sequence in the order of the
    first, merged by a layer called `name`; a list of both where nothing merges them.
    """
    forward, backward = (
        backwards(inner, x, free(f"{name}_{direction}"), free)
        for direction, inner in (("forward", layer.forward_layer), ("backward", layer.backward_layer))
    )
    if layer.return_sequences:
        backward = ReverseSteps(name=free(f"{name}_ordered"))(backward)
    if layer.merge_mode is None:
        return [forward, backward]
    return getattr(keras.layers, MERGES[layer.merge_mode])(name=name)([forward, backward])
