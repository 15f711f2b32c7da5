"""The exact integer model of layers that read two tensors (``nnet_merge_stream.h`` of hls4ml 1.3.0)."""

from __future__ import annotations

import numpy as np

from accel.fixed import NARROW, requantise
from accel.ir.arithmetic import times
from accel.ir.graph import Concatenate, Merge, Operation


def merge(node: Merge, a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Computed exactly, then cast once: raw integers (frames, *node.output.shape)."""
    a, b = _aligned(a, b)
    fractions = [tensor.type.fraction for tensor in node.inputs]
    if node.operation is Operation.MULTIPLY:
        return requantise(times(a, b), sum(fractions), node.output.type)
    fraction = max(fractions)
    a, b = (_scaled(x, fraction - own) for x, own in zip((a, b), fractions, strict=True))
    if node.operation is Operation.AVERAGE:
        return requantise(a + b, fraction + 1, node.output.type)
    exact = {
        Operation.ADD: np.add,
        Operation.SUBTRACT: np.subtract,
        Operation.MAXIMUM: np.maximum,
        Operation.MINIMUM: np.minimum,
    }[node.operation]
    return requantise(exact(a, b), fraction, node.output.type)


def concatenate(node: Concatenate, a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Each input cast to the output's type."""
    parts = zip((a, b), node.inputs, strict=True)
    cast = [requantise(x, tensor.type.fraction, node.output.type) for x, tensor in parts]
    return np.concatenate(cast, axis=node.axis + 1)


def _aligned(*x: np.ndarray) -> tuple[np.ndarray, ...]:
    """Frame by frame of one shape: axes that one lacks stand before those that it has."""
    rank = max(part.ndim for part in x)
    whole = (part.reshape(len(part), *(1,) * (rank - part.ndim), *part.shape[1:]) for part in x)
    return tuple(np.broadcast_arrays(*whole))


def _scaled(x: np.ndarray, shift: int) -> np.ndarray:
    """``x << shift``, with a bit to spare for a sum; on Python's integers where 64 bits are not enough."""
    bits = int(np.abs(x).max(initial=0)).bit_length() + shift
    return (x if bits < NARROW else x.astype(object)) << shift
