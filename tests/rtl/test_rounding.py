"""A half in the bias instead of a rounding cast: only where no sum wraps with it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from accel.fixed import Rounding
from accel.ir import golden
from accel.ir.graph import Graph
from accel.rtl import project
from accel.rtl.plan import plan
from accel.sim import bulk
from tests.rtl import random_graphs as make

EVERY = np.stack(np.meshgrid(*[np.arange(-16, 16)] * 2), axis=-1).reshape(-1, 2)
"""All frames of two numbers of the type of ``product``."""


def product(bias: int, accum: str, reuse: int = 1, y: str = "fixed<5,4,RND,SAT>") -> Graph:
    """Two numbers from -4 to 3.75 times 1.5 and -1.5, which is at most 186 sixteenths, and a bias of so many."""
    graph = make.dense(
        np.random.default_rng(1), 2, 1, reuse, x="fixed<5,3>", w="fixed<4,2>", b="fixed<12,8>", acc=accum, y=y
    )
    node = graph.nodes[0]
    return make.single(replace(node, affine=replace(node.affine, weights=np.array([[6], [-6]]), bias=np.array([bias]))))


def made(graph: Graph, simulator: str, folder: Path) -> tuple[int, int, int]:
    """The rounding that the module of the product does, whether it casts early, and its bias; the module is exact."""
    planned = plan(graph)
    rtl = project.write(project.generate(planned, "dut"), folder / "rtl")
    beats = (len(EVERY), planned.source.beats, planned.source.lanes)
    result = bulk.check(rtl, EVERY.reshape(beats), golden.predict(graph, EVERY)[:, None], simulator).require()
    assert (result.latency, result.ii) == (planned.latency, planned.ii)
    (own,) = (one.parameters for one in planned.instances if one.module == "acc_mvau")
    return int(own["PreRounding"]), int(own["Early"]), int(own["Bias"].partition("'h")[2], 16)


@pytest.mark.parametrize("reuse", [1, 2])
@pytest.mark.parametrize(("bias", "fits"), [(65, True), (66, False), (-70, True), (-71, False)])
def test_a_half_is_in_the_bias_where_no_sum_wraps(
    bias: int, fits: bool, reuse: int, fast_simulator: str, tmp_path: Path
) -> None:
    """In 9 bits: sums of -186 to 186 and the bias, with and without a half of 4, from -256 to 255."""
    found = made(product(bias, "fixed<9,5>", reuse), fast_simulator, tmp_path)
    rounding = (Rounding.TRN if fits else Rounding.RND).code
    assert found == (rounding, int(fits and reuse == 1), (bias + 4 * fits) % 512)


@pytest.mark.parametrize(("bias", "fits"), [(60, True), (64, False), (-72, True), (-76, False)])
def test_products_are_bounded_as_they_are_rounded(bias: int, fits: bool, fast_simulator: str, tmp_path: Path) -> None:
    """In 7 bits of quarters: sums of -46 to 47, a bias and a half of 1, from -64 to 63."""
    found = made(product(bias, "fixed<7,5,RND>"), fast_simulator, tmp_path)
    assert found == ((Rounding.TRN if fits else Rounding.RND).code, int(fits), (bias // 4 + fits) % 128)


def test_a_cast_that_only_rounds_is_wiring_then(fast_simulator: str, tmp_path: Path) -> None:
    """And takes no register, as one that truncates."""
    rounded, truncated = (product(0, "fixed<12,8>", y=y) for y in ("fixed<9,8,RND>", "fixed<9,8>"))
    assert plan(rounded).latency == plan(truncated).latency
    assert made(rounded, fast_simulator, tmp_path) == (Rounding.TRN.code, 0, 4)


def test_accumulators_of_all_bits_hold_a_half(fast_simulator: str, tmp_path: Path) -> None:
    found = made(product(0, "fixed<64,4>", y="fixed<8,4,RND,SAT_SYM>"), fast_simulator, tmp_path)
    assert found == (Rounding.RND.code, 0, 0)  # a sum of 11.6 wraps at 8
    found = made(product(0, "fixed<64,6>", y="fixed<8,4,RND,SAT_SYM>"), fast_simulator, tmp_path)
    assert found == (Rounding.TRN.code, 1, 1 << 53)
