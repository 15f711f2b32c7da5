"""``accel.ir.tables`` against hls4ml's own functions, entry by entry and look-up by look-up."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from accel.errors import AccelError
from accel.fixed import Fixed, requantise
from accel.ir.graph import Table
from accel.ir.tables import (
    FUNCTIONS,
    address_bits,
    lookup,
    scale_log2,
    sigmoid,
    softmax_exp,
    softmax_index,
    softmax_inverse,
    table_index,
    tanh,
)
from tests.cpp.probe import cpp_type, run_cases

PROBE = "tables_probe.cpp"
PARSE = Fixed.parse
TABLE_TYPES = tuple(map(PARSE, ("fixed<18,8>", "fixed<50,8>", "fixed<12,2,RND,SAT>", "ufixed<8,0,RND_CONV,SAT>")))
# function, input type, table type, result type, size
LOOKUPS = [
    (function, PARSE(x), PARSE(table), PARSE(result), size)
    for function, x, table, result, size in (
        ("sigmoid", "fixed<16,6>", "fixed<18,8>", "fixed<16,6>", 1024),
        ("sigmoid", "fixed<12,3>", "ufixed<10,0,RND,SAT>", "fixed<8,1,RND,SAT>", 2048),
        ("sigmoid", "fixed<14,8>", "fixed<18,8>", "ufixed<6,0>", 1000),
        ("sigmoid", "fixed<10,14>", "fixed<18,8>", "fixed<18,8>", 1000),
        ("sigmoid", "fixed<36,30>", "fixed<18,8>", "fixed<16,6>", 1024),
        ("tanh", "fixed<16,6>", "fixed<18,8>", "fixed<16,6>", 1024),
        ("tanh", "fixed<16,2>", "fixed<18,2,RND,SAT>", "fixed<12,1,RND,SAT>", 4096),
        ("tanh", "ufixed<9,4>", "fixed<18,8>", "fixed<9,4,RND_INF,SAT>", 512),
        ("tanh", "fixed<11,0>", "fixed<18,8>", "fixed<16,6>", 777),
        ("tanh", "fixed<10,-1>", "fixed<18,8>", "fixed<16,6>", 24),
        ("softplus", "fixed<16,6>", "fixed<18,8>", "fixed<16,6>", 1024),
        ("softsign", "fixed<48,8>", "fixed<18,8>", "fixed<16,6>", 1024),
    )
]


def some_raw(fixed: Fixed) -> np.ndarray:
    """All values of a type up to 16 bits, else ends, middle and random ones of all magnitudes."""
    if fixed.width <= 16:
        return np.arange(fixed.lo, fixed.hi + 1)
    random = np.random.default_rng(11)
    raw = random.integers(fixed.lo, fixed.hi, 20000, endpoint=True) >> random.integers(0, fixed.width, 20000)
    return np.concatenate([raw, [fixed.lo, -1, 0, 1, fixed.hi]])


def run(calls: list[str], inputs: list[np.ndarray]) -> list[np.ndarray]:
    return run_cases(PROBE, calls, [i.astype(np.int64) for i in inputs])


def test_activation_entries_equal_hls4ml() -> None:
    cases = [(f, t, size) for f in FUNCTIONS for t, size in zip(TABLE_TYPES, (1024, 4096, 1000, 512), strict=True)]
    results = run([f"{f}_entries<{cpp_type(t)}, {n}>()" for f, t, n in cases], [np.arange(n) for _, _, n in cases])
    for (function, type, size), want in zip(cases, results, strict=True):
        np.testing.assert_array_equal(
            FUNCTIONS[function](size, type).entries, want, err_msg=f"{function} {type} {size}"
        )


def test_lookups_equal_hls4ml() -> None:
    calls = [f"{f}_lookup<{', '.join(map(cpp_type, types))}, {n}>()" for f, *types, n in LOOKUPS]
    results = run(calls, [some_raw(x) for _, x, *_ in LOOKUPS])
    for (function, x, type, result, size), want in zip(LOOKUPS, results, strict=True):
        entries = lookup(some_raw(x), x, FUNCTIONS[function](size, type))
        np.testing.assert_array_equal(
            requantise(entries, type.fraction, result), want, err_msg=f"{function} {x} {size}"
        )


def test_softmax_tables_equal_hls4ml() -> None:
    addressing = [
        PARSE(t) for t in ("fixed<18,8>", "fixed<16,6>", "ufixed<18,8>", "ufixed<14,3,RND,SAT>", "fixed<11,2>")
    ]
    names = (
        "fixed<18,8,RND,SAT>",
        "fixed<18,8>",
        "ufixed<24,3>",
        "fixed<40,20,TRN,SAT_ZERO>",
        "ufixed<17,1,RND,SAT_SYM>",
    )
    types = [PARSE(t) for t in names]
    cases = [(x, t, size) for x, t, size in zip(addressing, types, (1024, 4096, 512, 2048, 1024), strict=True)]
    for name, table in (("exp", softmax_exp), ("inverse", softmax_inverse)):
        calls = [f"{name}_entries<{cpp_type(x)}, {cpp_type(t)}, {n}>()" for x, t, n in cases]
        results = run(calls, [np.arange(n) for *_, n in cases])
        for (x, type, size), want in zip(cases, results, strict=True):
            np.testing.assert_array_equal(table(size, x, type), want, err_msg=f"{name} {x} -> {type}, {size}")


def test_softmax_addresses_equal_hls4ml() -> None:
    cases = [(PARSE("fixed<18,8>"), 1024), (PARSE("ufixed<12,3>"), 4096), (PARSE("fixed<9,2>"), 2)]
    results = run([f"softmax_address<{cpp_type(t)}, {n}>()" for t, n in cases], [some_raw(t) for t, _ in cases])
    for (type, size), want in zip(cases, results, strict=True):
        np.testing.assert_array_equal(softmax_index(some_raw(type), type, size), want, err_msg=f"{type} {size}")


def test_exp_scale() -> None:
    x, type = PARSE("fixed<16,6>"), PARSE("fixed<18,8,RND,SAT>")
    halved = softmax_exp(1024, PARSE("fixed<16,5>"), type)
    np.testing.assert_array_equal(softmax_exp(1024, x, type, scale=-0.5), halved)


def test_inverse_of_zero() -> None:
    def first(type: str) -> int:
        return int(softmax_inverse(1024, PARSE("fixed<18,8>"), PARSE(type))[0])

    assert first("fixed<18,8,RND,SAT>") == 2**17 - 1
    assert first("fixed<18,8>") == first("fixed<18,8,TRN,SAT_ZERO>") == 0


def test_index_truncates_toward_zero_and_clamps() -> None:
    table = sigmoid(1024, PARSE("fixed<18,8>"))
    raw = np.array([-1, -16, -17, 15, 16, -(2**15), 2**15 - 1])  # 2**-10: 16 raw steps per entry
    np.testing.assert_array_equal(table_index(raw, PARSE("fixed<16,6>"), table), [512, 511, 511, 512, 513, 0, 1023])


@pytest.mark.parametrize("make", FUNCTIONS.values(), ids=FUNCTIONS)
@pytest.mark.parametrize("signed", [True, False])
def test_no_index_of_an_accepted_type_wraps(make: Callable[..., Table], signed: bool) -> None:
    table = make(1024, PARSE("fixed<18,8>"))
    *_, widest = (type for type in (Fixed(24, integer, signed) for integer in range(10, 40)) if accepts(table, type))
    ends = np.array([widest.lo, widest.hi])
    assert list(table_index(ends, widest, table)) == [0 if signed else table.offset, len(table.entries) - 1]
    beyond = replace(widest, integer=widest.integer + 1)
    assert table_index(np.array([beyond.hi]), beyond, table) == 0, "hls4ml's index wraps, so this one is refused"


def accepts(table: Table, x_type: Fixed) -> bool:
    try:
        scale_log2(table, x_type)
    except AccelError:
        return False
    return True


def test_shape_is_kept() -> None:
    table = tanh(1024, PARSE("fixed<18,8>"))
    assert lookup(np.zeros((2, 3, 4), np.int64), PARSE("fixed<16,6>"), table).shape == (2, 3, 4)


@pytest.mark.parametrize(("function", "size", "want"), [("sigmoid", 1024, 6), ("tanh", 1024, 7), ("tanh", 4, -1)])
def test_scale_log2(function: str, size: int, want: int) -> None:
    assert scale_log2(FUNCTIONS[function](size, PARSE("fixed<18,8>")), PARSE("fixed<16,6>")) == want


def test_refusals() -> None:
    type = PARSE("fixed<18,8>")
    odd: Table = sigmoid(1000, type)
    with pytest.raises(AccelError, match="tanh table of 0 entries"):
        tanh(0, type)
    with pytest.raises(AccelError, match="1000 entries; expected a power of two, e.g. 1024"):
        scale_log2(odd, type)
    with pytest.raises(AccelError, match="32-bit index .* at most 25 integer bits"):
        scale_log2(sigmoid(1024, type), PARSE("fixed<36,30>"))
    for size in (1, 1000, 2048):
        with pytest.raises(AccelError, match=f"softmax table of {size} entries addressed by fixed<10,4>"):
            address_bits(size, PARSE("fixed<10,4>"))
