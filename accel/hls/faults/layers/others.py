"""Layers of no family."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from accel.errors import Refusal
from accel.hls.faults.layers.base import refused, unfaithful

if TYPE_CHECKING:
    import keras


def reshape(layer: keras.Layer, io: str) -> Iterator[Refusal]:
    """Repack regroups beats where one channel count divides the other."""
    old, new = layer.input.shape[1:], layer.output.shape[1:]
    if io == "io_stream" and len(new) > 1 and old[-1] % new[-1] and new[-1] % old[-1]:
        accepted = f"a last size that divides {old[-1]} or is a multiple of it, as {old} arrives, or io=io_parallel"
        yield unfaithful(layer, "target_shape", new, accepted)


def layer_normalization(layer: keras.Layer, io: str) -> Iterator[Refusal]:
    """Normalisation over each position."""
    yield refused(layer, "hls4ml has it for variances below 1 and 8 bits only; expected BatchNormalization")


def indexed(layer: keras.Layer, io: str) -> Iterator[Refusal]:
    """Look-ups by an index."""
    yield refused(
        layer, "reads indices, which a frame of fixed-point numbers has not; expected a model that starts behind it"
    )


def masking(layer: keras.Layer, io: str) -> Iterator[Refusal]:
    """Steps that are left out."""
    yield refused(layer, "leaves out steps of some frames; expected a model without it, of frames that have all steps")
