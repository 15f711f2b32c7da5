"""A frame of several tensors as one row: their elements side by side, in the order of the tensors.

So a network's inputs, and its outputs, are one array each, however many there are; that of a single tensor keeps its
shape.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from accel import fixed
from accel.ir.graph import Tensor


def shape(tensors: Sequence[Tensor]) -> tuple[int, ...]:
    """The shape of a frame: that of a single tensor, else (elements of all,)."""
    return tensors[0].shape if len(tensors) == 1 else (sum(tensor.size for tensor in tensors),)


def split(x: np.ndarray, shapes: Sequence[tuple[int, ...]]) -> list[np.ndarray]:
    """Each tensor's part of ``x`` (frames, ...), as (frames, *shape)."""
    ends = np.cumsum([math.prod(shape) for shape in shapes])
    parts = np.split(x.reshape(len(x), ends[-1]), ends[:-1], axis=1)
    return [part.reshape(len(x), *shape) for part, shape in zip(parts, shapes, strict=True)]


def joined(parts: Sequence[np.ndarray]) -> np.ndarray:
    """The inverse of ``split``: (frames, elements); a single tensor stays as it is."""
    return parts[0] if len(parts) == 1 else np.concatenate([part.reshape(len(part), -1) for part in parts], axis=1)


def of(x: np.ndarray, tensors: Sequence[Tensor]) -> list[np.ndarray]:
    """``split`` for ``tensors``."""
    return split(x, [tensor.shape for tensor in tensors])


def from_float(x: np.ndarray, tensors: Sequence[Tensor]) -> np.ndarray:
    """Doubles (frames, ...) as raw integers (frames, *shape(tensors)), each tensor's of its type."""
    parts = zip(of(np.asarray(x), tensors), tensors, strict=True)
    return joined([fixed.from_float(part, tensor.type) for part, tensor in parts])


def to_float(raw: np.ndarray, tensors: Sequence[Tensor]) -> np.ndarray:
    """The inverse of ``from_float``: float64 (frames, *shape(tensors))."""
    parts = zip(of(raw, tensors), tensors, strict=True)
    return joined([fixed.to_float(part, tensor.type) for part, tensor in parts])
