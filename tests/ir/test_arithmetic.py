"""The matrix-vector product against Python integers, product by product."""

from __future__ import annotations

import numpy as np
import pytest

from accel.fixed import Fixed, requantise
from accel.ir import golden
from accel.ir.arithmetic import accumulate, product
from accel.ir.graph import Affine, Scale, Tensor


@pytest.mark.parametrize(
    ("x", "weight", "accum"),
    [
        ("fixed<16,6>", "fixed<16,6>", "fixed<36,16>"),
        ("fixed<16,6>", "fixed<10,2>", "fixed<16,6>"),
        ("ufixed<9,4>", "fixed<8,1>", "fixed<8,3>"),
        ("fixed<8,3>", "ufixed<8,1>", "fixed<12,6,RND_CONV>"),
        ("fixed<24,8>", "fixed<18,2>", "fixed<32,12>"),
        ("fixed<12,-20>", "fixed<12,-10>", "fixed<10,4>"),
        ("fixed<40,8>", "fixed<20,4>", "fixed<44,20>"),
        ("fixed<40,4>", "fixed<20,2>", "fixed<14,6>"),
        ("fixed<44,22>", "fixed<44,22>", "fixed<44,22>"),
        ("fixed<44,22>", "fixed<44,22>", "fixed<44,22,RND>"),
        ("fixed<44,22>", "fixed<44,22>", "fixed<60,10>"),
        ("fixed<36,18>", "fixed<36,18>", "fixed<60,20>"),
        ("fixed<32,16>", "fixed<31,16>", "fixed<64,34,RND>"),
    ],
)
def test_accumulate(x: str, weight: str, accum: str):
    rng = np.random.default_rng(4)
    x_type, weight_type, accum_type = Fixed.parse(x), Fixed.parse(weight), Fixed.parse(accum)
    values = rng.integers(x_type.lo, x_type.hi, (3, 500, 5), endpoint=True)
    values[0, :2] = [[x_type.lo] * 5, [x_type.hi] * 5]
    weights, bias = (rng.integers(weight_type.lo, weight_type.hi, shape, endpoint=True) for shape in ((5, 60), 60))
    weights[3] = 0
    products = values[..., None].astype(object) * weights
    cast = requantise(products, x_type.fraction + weight_type.fraction, accum_type).astype(object)
    total = cast.sum(axis=-2) + requantise(bias, weight_type.fraction, accum_type)
    made = accumulate(values, x_type, Affine(weights, weight_type, bias, weight_type, accum_type))
    assert made.dtype == (object if accum_type.width > 62 else np.int64)
    np.testing.assert_array_equal(made, requantise(total, accum_type.fraction, accum_type))


@pytest.mark.parametrize(("first", "kind"), [(4091, np.float32), (4095, np.float64)])
def test_sums_are_made_in_single_precision_only_below_its_exact_integers(first: int, kind: type) -> None:
    """4095 * 4095, or 4095 * 4099, which is odd and above 2**24."""
    x_type, weight_type, accum = (Fixed.parse(f"fixed<{width},{width}>") for width in (13, 14, 30))
    affine = Affine(np.array([[first], [2], [1], [1]]), weight_type, np.zeros(1, np.int64), weight_type, accum)
    made = product(x_type, affine, accum)
    assert made.kind == kind
    assert made(np.full((1, 4), x_type.hi)).item() == 4095 * (first + 4)


@pytest.mark.parametrize(
    ("weights", "kind"),
    [
        ([4095], np.float32),
        ([4099], np.float64),
        ([4095, 4095], np.float32),
        ([4095, 4095, 4095, 2], np.float64),
    ],
)
def test_products_that_lose_bits_are_in_single_precision_only_where_it_has_them_and_their_sums(
    weights: list[int], kind: type
) -> None:
    """Of 4095 * 4099, which is odd and above 2**24, the last bit is dropped; sums are that large without it."""
    x_type, weight_type, accum = (Fixed.parse(f"fixed<{name}>") for name in ("13,13", "14,14", "30,31"))
    affine = Affine(np.array(weights)[:, None], weight_type, np.zeros(1, np.int64), weight_type, accum)
    made = product(x_type, affine, accum)
    assert made.kind == kind
    assert made(np.full((1, len(weights)), -4095)).item() == sum(-4095 * weight >> 1 for weight in weights)


def test_a_scale_of_wide_numbers_is_exact():
    wide, narrow = Fixed.parse("fixed<44,22>"), Fixed.parse("fixed<20,18>")
    scale, bias = np.array([wide.hi, wide.lo, 3]), np.array([wide.hi, wide.hi, -1])
    node = Scale("scale", Tensor((3,), wide), Tensor((3,), narrow), scale, wide, bias, wide)
    x = np.array([[wide.hi, wide.lo, 5], [wide.lo, wide.hi, -7]])
    total = x.astype(object) * scale + (bias.astype(object) << 22)
    np.testing.assert_array_equal(golden.evaluate(node, x), requantise(total, 44, narrow))
