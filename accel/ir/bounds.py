"""Between which numbers a layer's sums lie, whatever its input: exact, from its weights."""

from __future__ import annotations

import numpy as np

from accel.fixed import NARROW, Fixed, requantise
from accel.ir.graph import Affine


def sums(affine: Affine, lowest: int, highest: int, fraction: int) -> tuple[np.ndarray, np.ndarray]:
    """The least and the greatest sum of products of each output, without its bias and before it wraps.

    Args:
        affine: weights, and the accumulator, to whose last place each product is rounded before it is added (hls4ml's
            nnet_dense_latency.h).
        lowest, highest: raw integers that bound the inputs.
        fraction: their fractional bits.

    Returns:
        Python integers of the accumulator's fractional bits, (n_out,) each.
    """
    accum, exact = affine.accum, fraction + affine.weight_type.fraction
    bits = affine.weight_type.width + max(-lowest, highest).bit_length() + max(accum.fraction - exact, 0) + 1
    unlimited = Fixed(bits, bits - accum.fraction, True, accum.rounding)
    kind = np.dtype(np.int64 if bits + affine.n_in.bit_length() <= NARROW else object)
    weights = affine.weights.astype(kind)
    ends = [requantise(weights * end, exact, unlimited, kind) for end in (lowest, highest)]
    least, greatest = np.minimum(*ends).sum(axis=0), np.maximum(*ends).sum(axis=0)
    return least.astype(object), greatest.astype(object)
