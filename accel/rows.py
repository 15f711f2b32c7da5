"""A frame of several tensors as one row: their elements side by side, in the order of the tensors.

So a network's inputs, and its outputs, are one array each, however many there are; that of a single tensor keeps its
shape.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Protocol

import numpy as np

from accel import fixed
from accel.fixed import Fixed

Shape = tuple[int, ...]


class Tensor(Protocol):
    """What has a shape, without the axis of frames, and a type."""

    @property
    def shape(self) -> Shape: ...

    @property
    def type(self) -> Fixed: ...


def shape(shapes: Sequence[Shape]) -> Shape:
    """The shape of a frame: that of a single tensor, else (elements of all,); None in it where a size is open."""
    if len(shapes) == 1:
        return tuple(shapes[0])
    return (None if any(None in own for own in shapes) else sum(map(math.prod, shapes)),)


def split(x: np.ndarray, shapes: Sequence[Shape]) -> list[np.ndarray]:
    """Each tensor's part of ``x`` (frames, ...), as (frames, *shape); a single one stays as it is."""
    if len(shapes) == 1:
        return [x]
    ends = np.cumsum([math.prod(shape) for shape in shapes])
    parts = np.split(x.reshape(len(x), ends[-1]), ends[:-1], axis=1)
    return [part.reshape(len(x), *shape) for part, shape in zip(parts, shapes, strict=True)]


def joined(parts: Sequence[np.ndarray]) -> np.ndarray:
    """The inverse of ``split``: (frames, elements); a single tensor stays as it is."""
    return parts[0] if len(parts) == 1 else np.concatenate([part.reshape(len(part), -1) for part in parts], axis=1)


def of(x: np.ndarray, tensors: Sequence[Tensor]) -> list[np.ndarray]:
    """``split`` for ``tensors``, each with its shape."""
    parts = split(x, [tensor.shape for tensor in tensors])
    return [part.reshape(len(part), *tensor.shape) for part, tensor in zip(parts, tensors, strict=True)]


def from_float(x: np.ndarray, tensors: Sequence[Tensor]) -> np.ndarray:
    """Doubles (frames, ...) as raw integers (frames, ...), each tensor's of its type."""
    parts = zip(split(np.asarray(x), [tensor.shape for tensor in tensors]), tensors, strict=True)
    return joined([fixed.from_float(part, tensor.type) for part, tensor in parts])


def to_float(raw: np.ndarray, tensors: Sequence[Tensor]) -> np.ndarray:
    """The inverse of ``from_float``: float64 (frames, ...)."""
    parts = zip(split(raw, [tensor.shape for tensor in tensors]), tensors, strict=True)
    return joined([fixed.to_float(part, tensor.type) for part, tensor in parts])
