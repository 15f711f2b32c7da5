"""The matrix-vector product that convolutions, dense and recurrent layers share, exact on raw integers."""

from __future__ import annotations

import numpy as np

from accel.fixed import Fixed, Overflow, Rounding, requantise
from accel.ir.graph import Affine

EXACT_IN_DOUBLE = 1 << 53  # integers below it add and multiply without rounding in float64
PRODUCTS_AT_ONCE = 1 << 17  # those in work stay in the cache


def accumulate(x: np.ndarray, x_type: Fixed, affine: Affine) -> np.ndarray:
    """``accum(bias) + sum accum(x * w)`` in the accumulator's type (``nnet_dense_latency.h``,
    ``nnet_dense_resource.h``).

    Args:
        x: int64 (..., n_in), raw integers of ``x_type``.

    Returns:
        int64 (..., n_out), raw integers of ``affine.accum``. The accumulator wraps, so the order of additions is free.
    """
    accum = affine.accum
    if accum.overflow is not Overflow.WRAP:
        raise ValueError(f"accumulator {accum} does not wrap")
    product_fraction = x_type.fraction + affine.weight_type.fraction
    if accum.fraction >= product_fraction:
        sums = _matmul(x, x_type, affine.weights) << (accum.fraction - product_fraction)
    else:
        sums = _sum_of_cast_products(x.reshape(-1, affine.n_in), x_type, affine).reshape(*x.shape[:-1], affine.n_out)
    return requantise(sums + requantise(affine.bias, affine.bias_type.fraction, accum), accum.fraction, accum)


def _matmul(x: np.ndarray, x_type: Fixed, weights: np.ndarray) -> np.ndarray:
    """``x @ weights`` exactly: by BLAS on doubles where no partial sum can leave their integer range, else on int64,
    and on Python's integers where 64 bits are not enough.
    """
    largest = max(x_type.hi, -x_type.lo) * int(np.abs(weights).sum(axis=0).max(initial=0))
    if largest < EXACT_IN_DOUBLE:
        return (x.astype(np.float64) @ weights.astype(np.float64)).astype(np.int64)
    if largest >> 63:
        return x.astype(object) @ weights.astype(object)
    return x @ weights


def _sum_of_cast_products(x: np.ndarray, x_type: Fixed, affine: Affine) -> np.ndarray:
    """Sums (rows, n_out) for ``x`` (rows, n_in) of products that lose bits in the cast, right modulo the accumulator's
    range.
    """
    accum, fraction = affine.accum, x_type.fraction + affine.weight_type.fraction
    used = np.flatnonzero(np.any(affine.weights, axis=1))
    truncates = accum.rounding is Rounding.TRN
    largest = max(x_type.hi, -x_type.lo) * max(affine.weight_type.hi, -affine.weight_type.lo)
    narrow = truncates and largest < 1 << 31 and accum.width <= 32
    kind = np.int32 if narrow else object if largest >> 63 or accum.width > 62 else np.int64
    x, weights = (v.astype(kind) for v in (x[:, used], affine.weights[used]))
    sums = np.empty((len(x), affine.n_out), dtype=object if kind is object else np.int64)
    rows = max(1, PRODUCTS_AT_ONCE // max(1, weights.size))
    for start in range(0, len(x), rows):
        products = x[start : start + rows, :, None] * weights
        if truncates:
            drop = fraction - accum.fraction
            products >>= drop if kind is object else min(drop, 31 if narrow else 63)
        else:
            products = requantise(products, fraction, accum)
        sums[start : start + rows] = products.sum(axis=1, dtype=products.dtype)
    return sums


def times(a: np.ndarray, b: np.ndarray, shift: int = 0) -> np.ndarray:
    """``a * b << shift`` exactly; on Python integers where it or the sum of two might not fit 64 bits."""
    bits = sum(int(np.abs(v).max(initial=0)).bit_length() for v in (a, b)) + shift
    return (a if bits < 62 else a.astype(object)) * b << shift
