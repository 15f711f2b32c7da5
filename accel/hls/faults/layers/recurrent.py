"""Recurrent layers: wrong outputs of reset_after, go_backwards, stateful; activations whose C++ does not compile."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from accel.errors import Refusal
from accel.hls.faults.layers.base import KERAS2, unfaithful

if TYPE_CHECKING:
    import keras

RECURRENT_FUNCTIONS = ("sigmoid", "hard_sigmoid", "tanh", "relu")
"""What recurrent layers have as C++ classes, and so they have Keras 2's hard sigmoid."""


def recurrent(layer: keras.Layer, io: str) -> Iterator[Refusal]:
    """GRU and LSTM."""
    for attribute in ("go_backwards", "stateful", "return_state"):
        if getattr(layer, attribute):
            yield unfaithful(layer, attribute, True, f"{attribute}=False")
    for attribute in ("activation", "recurrent_activation"):
        function = getattr(layer, attribute).__name__
        if function not in (*RECURRENT_FUNCTIONS, KERAS2):
            yield unfaithful(layer, attribute, function, " or ".join(RECURRENT_FUNCTIONS))
    if not getattr(layer, "reset_after", True):
        yield unfaithful(layer, "reset_after", False, "reset_after=True (train with it; it is Keras' default)")


def bidirectional(layer: keras.Layer, io: str) -> Iterator[Refusal]:
    """A layer run in both directions."""
    if io == "io_stream":
        yield unfaithful(layer, "io", io, "io=io_parallel, or one direction only")
    if layer.merge_mode != "concat":
        yield unfaithful(layer, "merge_mode", layer.merge_mode, "merge_mode=concat")
    inner = type(layer.forward_layer).__name__
    if inner != "LSTM":
        yield unfaithful(layer, "layer", inner, "an LSTM inside")
    if layer.forward_layer.go_backwards:
        yield unfaithful(layer, "go_backwards", True, "a forward layer with go_backwards=False")
    for attribute in ("activation", "recurrent_activation"):
        function = getattr(layer.forward_layer, attribute).__name__
        if function not in (*RECURRENT_FUNCTIONS, KERAS2):
            yield unfaithful(layer, attribute, function, " or ".join(RECURRENT_FUNCTIONS))
