"""The matrix-vector product that convolutions, dense and recurrent layers share, exact on raw integers."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from accel import kernels
from accel.fixed import NARROW, Fixed, Overflow, Rounding, fits, requantise, rule
from accel.ir.graph import Affine, Conv

EXACT_IN_SINGLE, EXACT_IN_DOUBLE = 1 << 24, 1 << 53  # integers below add and multiply without rounding in floats
PERIOD = 256  # elements of the biases side by side, at least


class Product:
    """``accum(bias) + sum accum(x * w)`` in the accumulator's type (``nnet_dense_latency.h``,
    ``nnet_dense_resource.h``), then cast to ``result``. The accumulator wraps, so the order of additions is free.

    Sums are made on floats where these are exact (by BLAS where no product loses bits), else on int64, and on Python's
    integers where 64 bits are not enough. ``kind`` is the dtype of inputs that need no conversion.

    ``reads``: which element of x each weight multiplies, (n_in, n_out); by default that of its row, for all outputs.

    Raises:
        ValueError: the accumulator does not wrap.
    """

    def __init__(self, x_type: Fixed, affine: Affine, result: Fixed, reads: np.ndarray | None = None) -> None:
        accum, weights = affine.accum, affine.weights
        if accum.overflow is not Overflow.WRAP:
            raise ValueError(f"accumulator {accum} does not wrap")
        self._accum, self._result, self._reads = accum, result, reads
        self._fraction = x_type.fraction + affine.weight_type.fraction
        self._bias = requantise(affine.bias, affine.bias_type.fraction, accum)
        reach, grow = max(x_type.hi, -x_type.lo), accum.fraction - self._fraction
        largest = reach * int(np.abs(weights).sum(axis=0).max(initial=0)) << max(grow, 0)
        product = (reach * max(affine.weight_type.hi, -affine.weight_type.lo)).bit_length()
        narrow = fits(product, self._fraction, accum) and fits(accum.width, accum.fraction, result)
        if not narrow or product > NARROW:
            self.kind = np.dtype(object)
        elif reads is None and largest < EXACT_IN_DOUBLE and (grow >= 0 or accum.rounding is Rounding.TRN):
            weights = weights << max(grow, 0)
            if grow < 0:  # what stays of the products; of each that is negative, up to one more
                largest = max(reach * int(np.abs(weights).max(initial=0)), (largest >> -grow) + len(weights))
            self.kind = np.dtype(np.float32 if largest < EXACT_IN_SINGLE else np.float64)
        else:
            self.kind = np.dtype(np.int64)
        self._weights = np.ascontiguousarray(weights.astype(self.kind))
        self._bias = self._bias.astype(object if self.kind.hasobject else np.int64)
        if not self.kind.hasobject:  # over and over, so that the loop over it is long
            self._bias = np.tile(self._bias, -(-PERIOD // len(self._bias)))

    def __call__(self, x: np.ndarray) -> np.ndarray:
        """Raw integers of the result's type (..., n_out) for raw integers of ``x_type`` (..., elements of x)."""
        rows, shape = x.reshape(-1, x.shape[-1]), (*x.shape[:-1], self._weights.shape[1])
        if self.kind.hasobject:
            return self._wide(rows.astype(object)).reshape(shape)
        made = np.empty(shape, np.int64)
        self.put(rows, made.reshape(len(rows), -1))
        return made

    def put(self, x: np.ndarray, out: np.ndarray) -> None:
        """The same for x (rows, elements) into ``out``, integers (rows, n_out); not of Python's integers."""
        x, accum = np.ascontiguousarray(x, self.kind), self._accum
        sums = np.empty(out.shape, self.kind)
        if self._reads is not None:
            kernels.sum_chosen(x, self._reads, self._weights, rule(self._fraction, accum), sums)
        elif self.kind == np.int64:
            kernels.sum_products(x, self._weights, rule(self._fraction, accum), sums)
        elif self._fraction > accum.fraction:
            scale = self.kind.type(2.0 ** (accum.fraction - self._fraction))
            kernels.sum_truncated(x, self._weights, scale, sums)
        else:
            np.matmul(x, self._weights, out=sums)
        limits, result = (accum.lo, accum.hi), rule(accum.fraction, self._result)
        kernels.finish(sums.reshape(-1), self._bias, limits, result, out.reshape(-1))

    def _wide(self, x: np.ndarray) -> np.ndarray:
        reads = np.arange(x.shape[1])[:, None] if self._reads is None else self._reads
        products = (requantise(row[reads] * self._weights, self._fraction, self._accum).sum(axis=0) for row in x)
        sums = np.array(list(products), object).reshape(len(x), -1)
        total = requantise(sums + self._bias, self._accum.fraction, self._accum)
        return requantise(total, self._accum.fraction, self._result)


@lru_cache(maxsize=64)
def product(x_type: Fixed, affine: Affine, result: Fixed) -> Product:
    """The ``Product``, kept for the next frames."""
    return Product(x_type, affine, result)


@lru_cache(maxsize=64)
def of_windows(node: Conv) -> Product:
    """The ``Product`` of a convolution, of the elements of a window; kept for the next frames."""
    return Product(node.input.type, node.affine, node.output.type, node.reads if node.groups > 1 else None)


def accumulate(x: np.ndarray, x_type: Fixed, affine: Affine) -> np.ndarray:
    """The sums themselves: raw integers (..., n_out) of ``affine.accum`` for raw integers (..., n_in) of ``x_type``."""
    return product(x_type, affine, affine.accum)(x)


def times(a: np.ndarray, b: np.ndarray, shift: int = 0) -> np.ndarray:
    """``a * b << shift`` exactly; on Python integers where it or the sum of two might not fit 64 bits."""
    bits = sum(int(np.abs(v).max(initial=0)).bit_length() for v in (a, b)) + shift
    return (a if bits < 62 else a.astype(object)) * b << shift
