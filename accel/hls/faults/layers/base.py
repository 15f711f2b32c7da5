"""How a refusal of a layer is said, and rules that many kinds of layer have."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from accel.errors import Refusal

if TYPE_CHECKING:
    import keras

KERAS2 = "keras2_hard_sigmoid"
"""The hard sigmoid of files of Keras 1 and 2, which is converted and which nobody can write in Keras 3."""


def named(layer: keras.Layer) -> str:
    """The layer as a refusal calls it: `layer 'conv1' (Conv2D)`."""
    return f"layer '{layer.name}' ({type(layer).__name__})"


def refused(layer: keras.Layer, why: str) -> Refusal:
    """The refusal of a layer."""
    return Refusal(f"{named(layer)}: {why}", layer.name)


def unfaithful(layer: keras.Layer, attribute: str, value: Any, accepted: str) -> Refusal:
    """The refusal of an attribute's value."""
    return refused(layer, f"{attribute}={value} is not converted faithfully by hls4ml; expected {accepted}")


def channels_last(layer: keras.Layer, io: str) -> Iterator[Refusal]:
    """Another order of axes."""
    if layer.data_format != "channels_last":
        yield unfaithful(layer, "data_format", layer.data_format, "data_format=channels_last")


def last_axis(layer: keras.Layer, io: str) -> Iterator[Refusal]:
    """Another axis than the last."""
    if layer.axis not in (-1, len(layer.input.shape) - 1):
        yield unfaithful(layer, "axis", layer.axis, "axis=-1")


def parallel_only(layer: keras.Layer, io: str) -> Iterator[Refusal]:
    """What has no routine for streams."""
    if io == "io_stream":
        yield unfaithful(layer, "io", io, "io=io_parallel")


def unsupported(layer: keras.Layer, io: str) -> Iterator[Refusal]:
    """Layers that are not converted."""
    yield refused(layer, "hls4ml does not convert this kind of layer under Keras 3")


def taken(layer: keras.Layer, io: str) -> Iterator[Refusal]:
    """What this project's own hls4ml layers convert."""
    return iter(())
