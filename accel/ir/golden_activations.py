"""The exact integer model of the activations in ``accel.ir.graph.activations``: hls4ml's ``nnet_activation.h`` and
``nnet_activation_stream.h``, all frames at once, on raw integers.
"""

from __future__ import annotations

import numpy as np

from accel.fixed import Fixed, requantise
from accel.ir.arithmetic import times
from accel.ir.graph import Argmax, Curve, Factor, LegacySoftmax, Piece, Piecewise, Tensor
from accel.ir.tables import lookup


def piecewise(node: Piecewise, x: np.ndarray) -> np.ndarray:
    """The piece that each element of x (frames, *shape) lies in; same shape, raw integers of the output's type."""
    made = _piece(node, node.pieces[0], x)
    for bound, piece in zip(node.bounds, node.pieces[1:], strict=True):
        made = np.where(x >= bound, _piece(node, piece, x), made)
    return made


def _piece(node: Piecewise, piece: int | Piece, x: np.ndarray) -> np.ndarray:
    if piece is Piece.SAME:
        return requantise(x, node.input.type.fraction, node.output.type)
    if piece is Piece.SCALED:
        return _scaled(x, node.input, node.factor, node.output.type)
    return np.full_like(x, piece)


def _scaled(x: np.ndarray, source: Tensor, factor: Factor, result: Fixed) -> np.ndarray:
    product = times(x, factor.over(source)) + factor.offset
    return requantise(product, source.type.fraction + factor.type.fraction, result)


def curve(node: Curve, x: np.ndarray) -> np.ndarray:
    """ELU, SELU or SiLU of each element; same shape, raw integers of the output's type."""
    entries, entry = lookup(x, node.input.type, node.table), node.table.type
    if node.factor is None:
        return requantise(times(x, entries), node.input.type.fraction + entry.fraction, node.output.type)
    bent = requantise(entries, entry.fraction, node.output.type)
    return np.where(x >= 0, _scaled(x, node.input, node.factor, node.output.type), bent)


def legacy_softmax(node: LegacySoftmax, x: np.ndarray) -> np.ndarray:
    """Same shape; raw integers of the output's type."""
    source, sums = node.input.type, node.exp.type
    apart = Fixed(source.width + 1, source.integer + 1)  # holds every difference
    one = int(requantise(np.ones(1, np.int64), 0, sums)[0])
    total = np.zeros_like(x)
    for j in range(x.shape[-1]):
        powers = lookup(x[..., j : j + 1] - x, apart, node.exp)
        powers[..., j] = one
        total = requantise(total + powers, sums.fraction, sums)
    inverse = node.inverse
    return requantise(lookup(total, sums, inverse), inverse.type.fraction, node.output.type)


def argmax(node: Argmax, x: np.ndarray) -> np.ndarray:
    """Same shape; raw integers of the output's type."""
    first = np.argmax(x, axis=-1)[..., None]
    return np.where(np.arange(x.shape[-1]) == first, node.hot, node.cold)
