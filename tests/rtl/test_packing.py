"""Two products in one multiplier: where that saves any, and with no more bits between them than they need."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from accel.ir.graph import Gru, Pair
from accel.rtl.packing import packed
from accel.rtl.plan import plan
from accel.synth.families import FAMILIES
from tests.rtl import random_graphs as make
from tests.rtl.random_recurrent import recurrent


def pair(family: str, weights: list[int], x: str, w: str) -> Pair | None:
    """That of a dense layer of two inputs and two outputs."""
    (node,) = make.dense(np.random.default_rng(1), 2, 2, 1, x=x, w=w).nodes
    affine = replace(node.affine, weights=np.array(weights).reshape(2, 2))
    (made,) = packed(make.single(replace(node, affine=affine)), FAMILIES[family].fabric).nodes
    return made.affine.pair


@pytest.mark.parametrize(
    ("weights", "x", "expected"),
    [
        ([-128, 127, 5, 0], "fixed<8,3>", Pair(15, 1, 9)),  # (-128)^2 takes 16 bits, -129 takes 9
        ([-127, 127, 5, 0], "fixed<8,3>", Pair(14, 1, 8)),
        ([100, 127, 5, 0], "fixed<8,3>", Pair(14, 1, 8)),
        ([-128, 127, 5, 0], "ufixed<8,3>", Pair(15, 1, 9)),
        ([0, 127, 5, 0], "ufixed<8,3>", Pair(15, 1, 8)),
        ([-100, 100, 5, 0], "ufixed<1,1>", Pair(8, 1, 8)),
        ([-127, 127, 5, 0], "fixed<11,3>", Pair(17, 1, 8)),
        ([-127, 127, 5, 0], "fixed<12,3>", Pair(17, 2, 8)),
        ([-127, 127, 5, 0], "fixed<13,3>", Pair(17, 3, 8)),
        ([-127, 127, 5, 0], "fixed<14,3>", None),
    ],
)
def test_a_pair_has_the_bits_that_its_weights_need(weights: list[int], x: str, expected: Pair | None) -> None:
    assert pair("xc7", weights, x, "fixed<8,2>") == expected


@pytest.mark.parametrize(
    ("family", "x", "w", "shares"),
    [
        ("xc7", "fixed<13,3>", "fixed<8,2>", True),  # 17 + 8 = 25 bits
        ("xc7", "fixed<14,3>", "fixed<8,2>", False),
        ("xcup", "fixed<15,3>", "fixed<8,2>", True),  # 27
        ("xcup", "fixed<16,3>", "fixed<8,2>", False),
        ("ecp5", "fixed<7,3>", "fixed<6,2>", True),  # 18
        ("ecp5", "fixed<16,3>", "fixed<8,2>", False),
        ("xc7", "fixed<2,1>", "fixed<3,1>", False),  # no multiplier takes so little
        ("ice40", "fixed<4,1>", "fixed<4,1>", False),  # there are none
    ],
)
def test_pairs_are_where_they_save_multipliers(family: str, x: str, w: str, shares: bool) -> None:
    top = 2 ** (int(w[6]) - 1) - 1
    assert (pair(family, [-top, top, 1, 0], x, w) is not None) == shares


@pytest.mark.parametrize(
    ("family", "accum", "cut"),
    [
        ("ecp5", "fixed<25,9>", True),
        ("ecp5", "fixed<18,9>", False),
        ("xc7", "fixed<25,9>", False),
        ("xc7", "fixed<26,9>", True),
        ("ice40", "fixed<25,9>", False),
    ],
)
def test_a_gru_is_cut_where_a_gate_times_a_sum_takes_several_multipliers(family: str, accum: str, cut: bool) -> None:
    graph = recurrent(Gru, 2, 12, acc=accum, table="fixed<17,1>")
    made = packed(graph, FAMILIES[family].fabric)
    assert made.nodes[0].cut == cut
    assert plan(made).instances[-1].parameters["Cut"] == str(int(cut))


def test_what_has_inputs_of_its_own_shares_none() -> None:
    graph = make.conv(np.random.default_rng(1), (3, 3, 4), (2, 2), (1, 1), (0, 0, 0, 0), 4, 2, groups=4)
    fabric = FAMILIES["xc7"].fabric
    assert plan(packed(graph, fabric)).dsp(fabric) == plan(graph).dsp(fabric)
