"""``accel.fixed`` against Xilinx's ap_fixed, bit for bit."""

from __future__ import annotations

import numpy as np
import pytest

from accel.errors import AccelError
from accel.fixed import Fixed, Overflow, Rounding, from_float, requantise, to_float
from tests.cpp.casts import MODES, every_raw, narrow_casts, wide_casts
from tests.cpp.probe import cpp_type, run_cases

PROBE = "ap_fixed_probe.cpp"


def test_requantise_equals_ap_fixed() -> None:
    casts = narrow_casts() + wide_casts()
    calls = [f"cast<{cpp_type(c.src)}, {cpp_type(c.dst)}>()" for c in casts]
    for cast, want in zip(casts, run_cases(PROBE, calls, [c.raw for c in casts]), strict=True):
        got = requantise(cast.raw, cast.src.fraction, cast.dst)
        np.testing.assert_array_equal(got, want, err_msg=f"{cast.src} -> {cast.dst}")


def doubles() -> np.ndarray:
    """Ties, their neighbours, powers of two, infinities and random magnitudes."""
    random = np.random.default_rng(3)
    ties = np.arange(-40, 41) / 16
    return np.concatenate(
        [
            ties,
            np.nextafter(ties, 9),
            np.nextafter(ties, -9),
            random.normal(size=200) * 2.0 ** random.integers(-70, 70, 200),
            np.array([0.0, -0.0, np.inf, -np.inf, 1e300, -1e300, 1e-300, -1e-300]),
        ]
    )


def test_from_float_equals_ap_fixed() -> None:
    shapes = ((5, 2, True), (4, 1, False), (18, 8, True), (3, 5, True), (1, 1, True), (50, 10, True))
    types = [Fixed(*shape, *modes) for shape in shapes[:4] for modes in MODES] + [Fixed(*shape) for shape in shapes[4:]]
    calls = [f"from_{kind}<{cpp_type(t)}>()" for t in types for kind in ("double", "float")]
    results = run_cases(PROBE, calls, [doubles()] * len(calls))
    with np.errstate(over="ignore"):
        single = doubles().astype(np.float32)
    for index, dst in enumerate(types):
        np.testing.assert_array_equal(from_float(doubles(), dst), results[2 * index], err_msg=f"double -> {dst}")
        np.testing.assert_array_equal(from_float(single, dst), results[2 * index + 1], err_msg=f"float -> {dst}")


def test_conversion_to_int_truncates_toward_zero() -> None:
    types = [Fixed(8, 4), Fixed(8, 4, False), Fixed(8, 1), Fixed(8, 8), Fixed(8, 12), Fixed(6, 1, False)]
    results = run_cases(PROBE, [f"to_int<{cpp_type(t)}>()" for t in types], [every_raw(t) for t in types])
    for src, got in zip(types, results, strict=True):
        np.testing.assert_array_equal(got, np.trunc(to_float(every_raw(src), src)), err_msg=str(src))


def test_scaled_table_index_truncates_toward_zero() -> None:
    """``int index = x * size / range`` divides to the LSB of x and then drops its fraction, both toward zero."""
    types = [Fixed(8, 4), Fixed(8, 4, False), Fixed(8, 0), Fixed(8, -2), Fixed(8, 12)]
    calls = [(t, size, span) for t in types for size, span in ((1024, 16), (1000, 16), (64, 8), (24, 64))]
    lines = [f"scaled<{cpp_type(t)}, {n}, {d}>()" for t, n, d in calls]
    for (src, size, span), got in zip(calls, run_cases(PROBE, lines, [every_raw(t) for t, _, _ in calls]), strict=True):
        quotient = np.trunc(every_raw(src) * size / span)
        np.testing.assert_array_equal(got, np.trunc(quotient * src.step), err_msg=f"{src} {size}/{span}")


@pytest.mark.parametrize("dtype", [np.int8, np.int32, np.int64, object])
def test_requantise_keeps_shape_whatever_the_dtype(dtype: type) -> None:
    raw = np.array([[100, -100], [3, -1]], dtype=dtype)
    got = requantise(raw, 2, Fixed(24, 10))
    assert got.dtype == np.int64
    np.testing.assert_array_equal(got, raw.astype(np.int64) << 12)
    assert requantise(raw[0, 0], 2, Fixed(24, 10)) == 100 << 12


def test_requantise_to_more_than_62_bits() -> None:
    raw = np.array([3, -1, 2**62])
    got = requantise(raw, 0, Fixed(80, 70))
    assert list(got) == [3 << 10, -1 << 10, 2**72]
    assert list(requantise(raw, 0, Fixed(64, 44))) == [3 << 20, -1 << 20, 0]


def test_from_float_refuses_nan() -> None:
    with pytest.raises(AccelError, match="nan"):
        from_float(np.array([1.0, np.nan]), Fixed(8, 4))


@pytest.mark.parametrize(
    ("text", "want"),
    [
        ("fixed<16,6>", Fixed(16, 6)),
        ("ap_fixed<16, 6, AP_RND, AP_SAT, 0>", Fixed(16, 6, True, Rounding.RND, Overflow.SAT)),
        (" ufixed<8,-2,RND_CONV> ", Fixed(8, -2, False, Rounding.RND_CONV)),
        ("ap_ufixed<8,10,TRN,SAT_SYM>", Fixed(8, 10, False, Rounding.TRN, Overflow.SAT_SYM)),
        ("int<8>", Fixed(8, 8)),
        ("ap_uint<1>", Fixed(1, 1, False)),
    ],
)
def test_parse(text: str, want: Fixed) -> None:
    assert Fixed.parse(text) == want
    assert Fixed.parse(str(want)) == want


@pytest.mark.parametrize("modes", MODES)
@pytest.mark.parametrize("signed", [True, False])
def test_str_round_trip(signed: bool, modes: tuple[Rounding, Overflow]) -> None:
    fixed = Fixed(12, -3, signed, *modes)
    assert Fixed.parse(str(fixed)) == fixed


@pytest.mark.parametrize(
    "text",
    [
        "",
        "float",
        "fixed<16>",
        "fixed<0,0>",
        "fixed<16,6",
        "int<8,3>",
        "fixed<16,6,RNDX>",
        "fixed<16,6,SAT>",
        "fixed<16,6,RND,RND>",
        "fixed<16,6,rnd>",
        "fixed<-4,2>",
        "fixed<16.0,6>",
        "fixed<16,6,RND,SAT,2>",
        "fixed<16,6> x",
    ],
)
def test_parse_refuses(text: str) -> None:
    with pytest.raises(AccelError, match=r"expected .*fixed<16,6,RND,SAT>") as caught:
        Fixed.parse(text)
    assert f"'{text}'" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_limits_and_values() -> None:
    assert (Fixed(8, 4).lo, Fixed(8, 4).hi, Fixed(8, 4).step) == (-128, 127, 1 / 16)
    assert (Fixed(8, 4, False).lo, Fixed(8, 4, False).hi) == (0, 255)
    np.testing.assert_array_equal(to_float(np.array([-3, 5]), Fixed(8, 10)), [-12.0, 20.0])


@pytest.mark.parametrize("text", ["fixed<99999999999,6>", "fixed<65,6>", "fixed<16,129>", "ufixed<16,-129>", "int<65>"])
def test_parse_refuses_absurd_sizes(text: str) -> None:
    with pytest.raises(AccelError, match="expected 1 to 64 bits, -128 to 128 integer"):
        Fixed.parse(text)


@pytest.mark.parametrize(
    ("held", "other", "expected"),
    [
        ("fixed<9,4>", "fixed<8,3>", True),
        ("fixed<8,3>", "fixed<8,3>", True),
        ("fixed<8,4>", "ufixed<7,3>", True),
        ("fixed<8,3>", "ufixed<8,3>", False),
        ("ufixed<8,3>", "fixed<8,3>", False),
        ("fixed<8,4>", "fixed<8,3>", False),
        ("fixed<8,3,TRN,SAT_SYM>", "fixed<8,3>", False),
    ],
)
def test_holds(held: str, other: str, expected: bool) -> None:
    assert Fixed.parse(held).holds(Fixed.parse(other)) is expected


@pytest.mark.parametrize("kind", [np.int64, np.int16, object])
def test_what_is_below_the_least_is_assigned_as_the_least(kind):
    dst = Fixed.parse("fixed<5,4,RND,SAT>")
    raw = np.array([-40, -3, -1, 0, 1, 3, 6, 90], kind)
    assert requantise(raw, 2, dst, least=0).tolist() == requantise(np.maximum(raw, 0), 2, dst).tolist()
    assert requantise(np.array([-(1 << 70)], object), 2, dst).tolist() == [dst.lo]
