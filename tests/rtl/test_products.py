"""What each module multiplies, and that Yosys finds the same in the module itself."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from accel.ir.graph import Graph, Gru, Lstm
from accel.rtl.fabric import Product
from accel.rtl.layers.base import literal
from accel.rtl.packing import packed
from accel.rtl.plan import plan
from accel.rtl.products import products
from accel.synth.families import FAMILIES
from accel.synth.yosys import Yosys
from tests.rtl import random_graphs as make
from tests.rtl.random_recurrent import recurrent


def rng() -> np.random.Generator:
    return np.random.default_rng(3)


def scaled(*scales: int) -> tuple[Product, ...]:
    """The products of an acc_scale with these scales of 8 bits for inputs of 10 bits."""
    own = {"Lanes": len(scales), "InWidth": 10, "InSigned": 1, "ScaleWidth": 8, "ProductFraction": 8}
    limited = {"OutWidth": 18, "OutFraction": 8, "OutOverflow": 1}
    texts = {name: str(value) for name, value in (own | limited).items()}
    return products("acc_scale", texts | {"Scale": literal(np.array(scales), 8)})


def test_zeros_and_powers_of_two_are_no_multiplication() -> None:
    assert scaled(0, 1, 2, 64, -1, -2, -128) == ()


def test_a_constant_is_as_wide_as_it_must_be() -> None:
    assert scaled(3) == (Product(10, 3),)
    assert scaled(-3) == (Product(10, 3),)
    assert scaled(96) == (Product(10, 3),)  # 3 << 5
    assert scaled(127, -127, 5) == (Product(10, 8, 2), Product(10, 4))


def test_equal_constants_of_one_input_are_one_multiplication() -> None:
    own = plan(make.dense(rng(), 2, 3, 1, w="fixed<6,2>")).instances[-1].parameters
    same = own | {"ConstWeights": literal(np.array([5, 5, 9, 5, 5, 5]), 6)}
    assert sum(product.count for product in products("acc_mvau", same)) == 3


def test_what_multiplies_nothing_has_no_products() -> None:
    (fifo, *_) = plan(make.dense(rng(), 4, 2, 2)).instances
    assert fifo.module == "acc_fifo" and products(fifo.module, fifo.parameters) == ()


def shared(family: str, graph: Graph) -> Graph:
    """The graph with pairs where that saves multipliers of the family."""
    made = packed(graph, FAMILIES[family].fabric)
    assert plan(made).dsp(FAMILIES[family].fabric) < plan(graph).dsp(FAMILIES[family].fabric)
    return made


CASES = {
    "constants": ("xc7", make.dense(rng(), 6, 4, 1)),
    "constants_of_groups": ("xc7", make.conv(rng(), (3, 3, 4), (2, 2), (1, 1), (0, 0, 0, 0), 6, 1, groups=2)),
    "depthwise": ("xc7", make.conv(rng(), (3, 3, 4), (2, 2), (1, 1), (0, 0, 0, 0), 4, 2, groups=4, x="fixed<18,4>")),
    "constants_wide": ("xc7", make.dense(rng(), 3, 3, 1, x="fixed<20,4>", w="fixed<21,2>", acc="fixed<45,12>")),
    "constants_cut": ("ecp5", make.dense(rng(), 4, 3, 1, x="fixed<20,4>", w="fixed<20,2>", acc="fixed<20,12>")),
    "constants_read": ("xc7", make.dense(rng(), 6, 4, 1, w="fixed<6,2>", acc="fixed<20,8>", y="fixed<6,1>")),
    "constants_by_sign": ("xc7", make.dense(rng(), 6, 4, 1, w="fixed<6,2>", acc="fixed<20,8>", y="fixed<6,1,RND_INF>")),
    "unsigned": ("gw2a", make.dense(rng(), 4, 3, 2, x="ufixed<18,2>", w="fixed<9,2>", acc="fixed<40,9>")),
    "pairs": ("xc7", shared("xc7", make.dense(rng(), 6, 5, 2))),
    "pairs_wide": ("xcup", shared("xcup", make.dense(rng(), 4, 4, 2, x="ufixed<9,2>", w="fixed<8,2>"))),
    "pairs_overlap": ("xc7", shared("xc7", make.dense(rng(), 4, 4, 2, x="fixed<12,2>", w="fixed<8,2>"))),
    "pairs_gru": ("xc7", shared("xc7", recurrent(Gru, 4, 6, w="fixed<6,2>", y="fixed<9,3>", reuse=3))),
    "scale": ("ecp5", make.scale(rng(), (2, 3), x="fixed<20,6>", s="fixed<19,2>")),
    "scale_read": ("xc7", make.scale(rng(), (2, 8), y="fixed<4,-1,RND>")),
    "softmax": ("ecp5", make.softmax(rng(), 3, accum="fixed<30,8>", inverse="ufixed<20,2>")),
    "gru": ("ecp5", recurrent(Gru, 2, 2, acc="fixed<28,8>", y="fixed<24,3>", table="fixed<20,4>", size=64)),
    "gru_cut": ("ecp5", recurrent(Gru, 2, 12, acc="fixed<28,8>", table="fixed<17,1>", size=64)),
    "lstm": ("xc7", recurrent(Lstm, 2, 2, acc="fixed<28,8>", y="fixed<24,3>", table="fixed<20,4>", size=64)),
}


@pytest.mark.parametrize("name", CASES)
def test_yosys_makes_as_many_multipliers(name: str, tmp_path: Path) -> None:
    family, graph = CASES[name]
    planned = plan(graph)
    counted = Yosys(tmp_path, FAMILIES[family]).count(planned)
    assert sum(taken.dsp for taken in counted.values()) == planned.dsp(FAMILIES[family].fabric) > 0


def test_as_many_at_another_reuse(tmp_path: Path) -> None:
    """A module with other factors multiplies what its parameters alone say; the weights need not be known."""
    slow: Graph = make.dense(rng(), 6, 4, 3)
    own = plan(make.dense(rng(), 6, 4, 1)).instances[-1].parameters
    assert products("acc_mvau", own | {"Reuse": "3"}) == products("acc_mvau", plan(slow).instances[-1].parameters)
