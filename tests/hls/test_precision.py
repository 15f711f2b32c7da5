from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from accel.design import Design, LayerDesign
from accel.errors import AccelError
from accel.fixed import Fixed, Overflow, Rounding, from_float, to_float
from accel.hls import convert, precision, ranges
from accel.hls.accumulators import accum_bound, integer_bits, nearest
from accel.hls.precision import LayerTypes, data_type, weight_type
from accel.hls.ranges import Ranges
from accel.ir.lower import lower
from accel.policy import Auto
from accel.rtl.plan import plan
from tests.hls.conftest import DESIGN

if TYPE_CHECKING:
    from hls4ml.model.graph import ModelGraph


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (0, 0.9, "ufixed<16,0,RND,SAT>"),
        (0, 1.0, "ufixed<16,1,RND,SAT>"),
        (-1.0, 1.0, "fixed<16,2,RND,SAT>"),
        (-0.5, 0.1, "fixed<16,1,RND,SAT>"),
        (-7.5, 3, "fixed<16,5,RND,SAT>"),
        (0, 0, "ufixed<16,0,RND,SAT>"),
        (0, 1e-3, "ufixed<16,-9,RND,SAT>"),
        (-1e-3, 1e-4, "fixed<16,-8,RND,SAT>"),
    ],
)
def test_data_types_hold_the_range_with_margin(low: float, high: float, expected: str) -> None:
    assert str(data_type(low, high, Auto(16))) == expected


@pytest.mark.parametrize(
    ("largest", "integer"), [(0.0, 1), (0.001, -8), (0.3, 0), (0.99, 1), (1.0, 1), (1.01, 2), (5.0, 4)]
)
def test_weight_types_fit_the_largest(largest: float, integer: int) -> None:
    kind = weight_type(np.array([largest, -largest / 2]), Auto(12))
    assert kind == Fixed(12, integer)
    error = np.abs(to_float(from_float(largest, nearest(kind)), kind) - largest)
    assert error <= kind.step


@pytest.mark.parametrize("high", [0.4, 0.0])
def test_a_recurrent_state_is_signed_whatever_was_measured(half: ModelGraph, measured: Ranges, high: float) -> None:
    positive = replace(measured.layers["lstm"], low=0.0, high=high)
    chosen = precision.choose(half, DESIGN, replace(measured, layers=measured.layers | {"lstm": positive}))
    assert chosen["lstm"].fixed["result"].signed


def test_accum_bound_is_reached() -> None:
    weights = np.array([[0.5, -2.0], [-1.5, 0.25]])
    bias = np.array([1.0, -3.0])
    worst = max(abs(np.sign(weights[:, o] * (bias[o] or 1)) @ (weights[:, o] * 4) + bias[o]) for o in range(2))
    assert accum_bound(weights, bias, 4) == worst == 12.0


@pytest.fixture(scope="module")
def chosen(half: ModelGraph, measured: Ranges) -> dict[str, LayerTypes]:
    return precision.choose(half, DESIGN, measured)


def test_a_relu_only_drops_the_sign(chosen: dict[str, LayerTypes]) -> None:
    before, after = chosen["conv"].fixed["result"], chosen["relu"].fixed["result"]
    assert before.fraction == after.fraction
    assert (before.width, after.width) == (16, 15)
    assert (before.signed, after.signed) == (True, False)
    assert chosen["pool"].fixed["result"] == chosen["pool"].fixed["accum"] == after


def test_accumulators_round_and_overflow_nothing(chosen: dict[str, LayerTypes], half: ModelGraph) -> None:
    for name, source in (("conv", "input_layer"), ("out", "lstm")):
        given, types = chosen[source].fixed["result"], chosen[name].fixed
        accum = types["accum"]
        assert (accum.rounding, accum.overflow, accum.signed) == (Rounding.TRN, Overflow.WRAP, True)
        assert accum.fraction >= given.fraction + types["weight"].fraction
        weights, bias = half.graph[name].weights["weight"].data, half.graph[name].weights["bias"].data
        assert accum_bound(weights, bias, max(-given.lo, given.hi) * given.step) <= accum.hi * accum.step
    for name in ("gru", "lstm"):
        accum = chosen[name].fixed["accum"]
        assert accum.width <= 25
        assert (accum.rounding, accum.overflow) == (Rounding.TRN, Overflow.WRAP)


def test_a_bias_is_no_finer_than_the_products_it_is_added_to(half: ModelGraph, measured: Ranges) -> None:
    bias = half.graph["conv"].weights["bias"]
    kept, bias.data = bias.data, np.full_like(bias.data, 1e-9)
    try:
        chosen = precision.choose(half, DESIGN, measured)
    finally:
        bias.data = kept
    products = chosen["input_layer"].fixed["result"].fraction + chosen["conv"].fixed["weight"].fraction
    assert chosen["conv"].fixed["bias"].fraction == chosen["conv"].fixed["accum"].fraction == products


def test_an_accumulator_of_small_sums_reaches_the_result_s_lowest_bit(half: ModelGraph, measured: Ranges) -> None:
    coarse = LayerDesign(reuse=3, precision={"result": "fixed<6,6,TRN_ZERO>"})
    weights = half.graph["out"].weights
    kept = {kind: weight.data for kind, weight in weights.items()}
    try:
        for weight in weights.values():
            weight.data = weight.data * 1e-4
        design = Design(strategy="Resource", layers=DESIGN.layers | {"out": coarse})
        accum = precision.choose(half, design, measured)["out"].fixed["accum"]
    finally:
        for kind, data in kept.items():
            weights[kind].data = data
    assert accum.integer == 0


@pytest.mark.parametrize("name", ["gru", "lstm"])
def test_the_accumulator_of_small_sums_holds_the_gates(half: ModelGraph, measured: Ranges, name: str) -> None:
    weights = half.graph[name].weights
    kept = {kind: weight.data for kind, weight in weights.items()}
    try:
        for weight in weights.values():
            weight.data = weight.data * 1e-4
        coarse = LayerDesign(precision={"table": "fixed<6,4>"})
        design = Design(strategy="Resource", layers={**DESIGN.layers, name: coarse})
        accum = precision.choose(half, design, measured)[name].fixed["accum"]
    finally:
        for kind, data in kept.items():
            weights[kind].data = data
    assert str(accum) == "fixed<4,2>"


def test_the_smallest_accumulator_integer_is_taken() -> None:
    assert [integer_bits(x) for x in (0.0, 0.2, 0.5, 1.0, 3.9, 4.0)] == [0, -2, 0, 1, 2, 3]


def test_an_average_of_what_a_relu_leaves_has_an_accumulator_that_the_hardware_has(tmp_path: Path) -> None:
    import keras

    layers = keras.layers
    model = keras.Sequential(
        [keras.Input((4, 4, 1)), layers.Conv2D(2, 1, activation="relu"), layers.AveragePooling2D(2, name="mean")]
    )
    noise = np.random.default_rng(0).uniform(-1, 1, (16, 4, 4, 1)).astype(np.float32)
    graph = convert.convert(model, Design(), ranges.measure(model, noise), tmp_path / "hls")
    given, accum = graph.graph["mean"].get_input_variable().type.precision, lower(graph).nodes[-1].accum
    assert not given.signed and accum.signed
    assert accum.hi * accum.step >= 4 * (2**given.width - 1) * 2.0**-given.fractional
    assert plan(lower(graph)).output.lanes == 2


def test_what_is_enlarged_keeps_its_type(tmp_path: Path) -> None:
    import keras

    layers = keras.layers
    model = keras.Sequential(
        [keras.Input((4, 4, 1)), layers.Conv2D(2, 1, name="conv"), layers.UpSampling2D(2, name="larger")]
    )
    noise = np.random.default_rng(0).uniform(-1, 1, (16, 4, 4, 1)).astype(np.float32)
    graph = convert.convert(model, Design(), ranges.measure(model, noise), tmp_path / "hls").graph
    before, behind = (str(graph[name].get_output_variable().type.precision) for name in ("conv", "larger"))
    assert before == behind


def test_softmax_tables_match_their_addresses(chosen: dict[str, LayerTypes]) -> None:
    types = chosen["out_softmax"]
    assert types.sizes["exp_table_size"] == 1 << types.fixed["inp_norm"].width
    assert types.sizes["inv_table_size"] == 1 << types.fixed["inv_inp"].width
    assert types.fixed["accum"].hi * types.fixed["accum"].step >= 3
    assert types.fixed["inp_norm"].overflow is Overflow.SAT


def test_one_type_for_everything_still_has_safe_accumulators(half: ModelGraph) -> None:
    types = precision.choose(half, Design(precision="fixed<12,4,RND>"), None)
    plain = Fixed(12, 4, rounding=Rounding.RND)
    assert types["conv"].fixed["result"] == types["conv"].fixed["weight"] == types["gru"].fixed["result"] == plain
    assert types["conv"].fixed["accum"].fraction == 16
    assert types["out_softmax"].fixed["inp_norm"].integer == 4


def test_the_policy_s_width_and_a_layer_s_own_types_are_kept(half: ModelGraph, measured: Ranges) -> None:
    own = LayerDesign(precision={"result": "fixed<9,3,RND,SAT>", "table": "fixed<12,1>"}, table_size=512)
    design = Design(precision="auto<10>", layers={"gru": own})
    types = precision.choose(half, design, measured)
    assert types["conv"].fixed["result"].width == types["conv"].fixed["weight"].width == 10
    assert types["gru"].fixed["result"] == Fixed.parse("fixed<9,3,RND,SAT>")
    assert types["gru"].fixed["accum"].fraction == types["gru"].fixed["table"].fraction == 11
    assert (types["gru"].sizes, types["lstm"].sizes) == ({"table_size": 512}, {"table_size": precision.TABLE_SIZE})


def test_a_tensor_s_own_bits_are_made_a_type_from_what_was_measured(half: ModelGraph, measured: Ranges) -> None:
    plain = precision.choose(half, Design(), measured)
    own = {
        "conv": LayerDesign(precision={"weight": "auto<6>", "accum": "auto<12>"}),
        "relu": LayerDesign(precision={"result": "auto<8,-1>"}),
        "gru": LayerDesign(
            precision={"result": "auto<9,TRN,WRAP>", "table": "auto<11>", "recurrent_weight": "auto<5>"}
        ),
        "out_softmax": LayerDesign(precision={"exp_table": "auto<12>"}),
    }
    types = {name: layer.fixed for name, layer in precision.choose(half, Design(layers=own), measured).items()}
    assert types["conv"]["weight"] == replace(plain["conv"].fixed["weight"], width=6)
    assert types["conv"]["accum"].width == 12
    wide = plain["relu"].fixed["result"]
    assert types["relu"]["result"] == replace(wide, width=7, integer=wide.integer - 1)
    assert types["conv"]["result"].fraction == types["relu"]["result"].fraction
    assert (types["conv"]["result"].width, types["conv"]["bias"].width) == (8, 16)
    assert types["gru"]["result"] == Fixed(9, 1)
    assert (types["gru"]["table"].width, types["gru"]["recurrent_weight"].width) == (11, 5)
    assert types["out_softmax"]["exp_table"].fraction == 11
    assert types["out_softmax"]["accum"].fraction == 11


def test_bits_are_refused_where_nothing_was_measured(half: ModelGraph) -> None:
    design = Design(precision="fixed<16,6>", layers={"relu": LayerDesign(precision={"result": "auto<8>"})})
    with pytest.raises(AccelError, match="layer 'relu': precision auto<8>, and no range of it was measured"):
        precision.choose(half, design, None)


def test_ranges_go_to_the_layer_that_another_was_folded_into(half: ModelGraph, measured: Ranges) -> None:
    found = precision.by_name(half, measured)
    assert found["conv"] == measured.layers["bn"]
    assert "bn" not in found
    shrunk = Ranges({name: replace(e, high=e.high / 64) for name, e in measured.layers.items()}, 1)
    small, full = (precision.choose(half, Design(), r)["relu"].fixed["result"] for r in (shrunk, measured))
    assert small.integer < full.integer
