"""Activations, as layers and inside others."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from accel.errors import Refusal
from accel.hls.faults.layers.base import KERAS2, unfaithful

if TYPE_CHECKING:
    import keras

FUNCTIONS = (
    *(
        "linear",
        "relu",
        "relu1",
        "relu6",
        "leaky_relu",
        "elu",
        "selu",
        "silu",
        "sigmoid",
        "tanh",
        "softplus",
        "softsign",
    ),
    *("hard_sigmoid", "hard_tanh", "softmax"),
)
"""What hls4ml has as C++ functions that equal Keras' own."""


def activation(layer: keras.Layer) -> Iterator[Refusal]:
    """Functions that hls4ml has not as Keras has them."""
    given = getattr(layer, "activation", None)
    function = "linear" if given is None else getattr(given, "__name__", type(given).__name__)
    if function not in (*FUNCTIONS, KERAS2) and type(layer).__name__ not in ("GRU", "LSTM"):
        yield unfaithful(layer, "activation", function, f"one of {', '.join(FUNCTIONS)}")


def relu(layer: keras.Layer, io: str) -> Iterator[Refusal]:
    """Parameters of a ReLU."""
    if layer.max_value not in (None, float("inf")):
        yield unfaithful(
            layer,
            "max_value",
            layer.max_value,
            "max_value=None, or Activation('relu6') for 6 (a type can limit the values, too: fixed<W,I,RND,SAT>)",
        )
    if layer.negative_slope and layer.threshold:
        yield unfaithful(layer, "threshold", layer.threshold, "threshold=0 beside a negative_slope")


def prelu(layer: keras.Layer, io: str) -> Iterator[Refusal]:
    """Slopes that several elements share."""
    if layer.shared_axes:
        yield unfaithful(layer, "shared_axes", layer.shared_axes, "shared_axes=None")
