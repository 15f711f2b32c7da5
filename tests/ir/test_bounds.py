"""Bounds of sums: reached, and never passed."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from accel.fixed import Fixed, Rounding, requantise
from accel.ir import bounds
from accel.ir.graph import Affine

INPUTS = np.stack(np.meshgrid(*[np.arange(-5, 8)] * 3), axis=-1).reshape(-1, 3)


def affine(weights: np.ndarray, weight_type: str, accum: Fixed) -> Affine:
    zeros = np.zeros(weights.shape[1], np.int64)
    return Affine(weights, Fixed.parse(weight_type), zeros, Fixed.parse("fixed<8,8>"), accum)


@pytest.mark.parametrize("fraction", [1, 3, 5, 8])
@pytest.mark.parametrize("rounding", Rounding)
def test_they_are_the_least_and_the_greatest_sums_of_all_inputs(rounding: Rounding, fraction: int) -> None:
    weights = np.random.default_rng(fraction).integers(-16, 16, (3, 4))
    made = affine(weights, "fixed<5,2>", Fixed(30, 30 - fraction, rounding=rounding))
    sums = requantise(INPUTS[:, :, None] * weights, 2 + 3, made.accum).sum(axis=1)
    least, greatest = bounds.sums(made, -5, 7, 2)
    assert least.tolist() == sums.min(axis=0).tolist()
    assert greatest.tolist() == sums.max(axis=0).tolist()


@pytest.mark.parametrize(
    ("accum", "in_last_place"),
    [
        ("fixed<64,10>", lambda product: product),
        ("fixed<32,10,RND>", lambda product: (product + (1 << 31)) >> 32),
        ("fixed<64,2>", lambda product: product << 8),
    ],
)
def test_they_are_exact_where_int64_is_not_enough(accum: str, in_last_place: Callable[[int], int]) -> None:
    high, low = (1 << 63) - 1, -(1 << 63)
    made = affine(np.array([[high], [low]], dtype=object), "fixed<64,12>", Fixed.parse(accum))
    least, greatest = bounds.sums(made, -2, 3, 2)
    assert least.tolist() == [in_last_place(-2 * high) + in_last_place(3 * low)]
    assert greatest.tolist() == [in_last_place(3 * high) + in_last_place(-2 * low)]
