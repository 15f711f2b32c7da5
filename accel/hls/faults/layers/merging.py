"""Layers of several inputs."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import dropwhile
from typing import TYPE_CHECKING

from accel.errors import Refusal
from accel.hls.faults.layers.base import unfaithful

if TYPE_CHECKING:
    import keras


def merge(layer: keras.Layer, io: str) -> Iterator[Refusal]:
    """Elementwise layers of several inputs."""
    shapes = _shapes(layer)
    if len(shapes) != 2:
        yield from two(layer, io)
        return
    if shapes[0] == shapes[1]:
        return
    if io == "io_stream":
        yield unfaithful(layer, "shapes", " and ".join(map(str, shapes)), "equal shapes, or io=io_parallel")
    whole = layer.output.shape[1:]
    for shape in shapes:
        inner = tuple(dropwhile(lambda size: size == 1, shape))
        if inner != whole[len(whole) - len(inner) :] or whole not in shapes:  # it takes index modulo size
            accepted = (
                f"a smaller input that is 1 in all but its last sizes, e.g. {(1,) * (len(whole) - 1) + whole[-1:]}"
            )
            yield unfaithful(layer, "shapes", " and ".join(map(str, shapes)), accepted)


def two(layer: keras.Layer, io: str) -> Iterator[Refusal]:
    """More inputs than two."""
    if len(shapes := _shapes(layer)) != 2:
        yield unfaithful(layer, "inputs", len(shapes), f"two at a time: a chain of {type(layer).__name__} layers")


def dot(layer: keras.Layer, io: str) -> Iterator[Refusal]:
    """Products of two tensors."""
    yield from two(layer, io)
    shapes = _shapes(layer)
    if any(len(shape) != 1 for shape in shapes):
        yield unfaithful(layer, "shapes", " and ".join(map(str, shapes)), "two vectors (Flatten before)")
    if layer.normalize:
        yield unfaithful(layer, "normalize", True, "normalize=False")


def _shapes(layer: keras.Layer) -> list[tuple[int, ...]]:
    return [tensor.shape[1:] for tensor in layer.input]
