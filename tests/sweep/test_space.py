from __future__ import annotations

import pytest

from accel.design import Design, LayerDesign
from accel.errors import AccelError
from accel.sweep import space
from accel.sweep.scope import parse
from accel.sweep.space import Layer, Space

LAYERS = (
    Layer("image", "Input", ("result",)),
    Layer("conv", "Conv2D", ("weight", "bias", "accum")),
    Layer("relu", "Activation", ("result",)),
    Layer("gru", "GRU", ("result", "weight", "recurrent_weight", "table")),
)
BASE = Design(
    part="xc7z010clg400-1",
    layers={"conv": LayerDesign(reuse=9), "gru": LayerDesign(precision={"table": "fixed<12,1>"})},
)


def made(base: Design = BASE, **file: object) -> Space:
    return space.make(parse(file, "x"), base, LAYERS)


def test_the_innermost_scope_counts() -> None:
    found = made(
        weights={"bits": "4..6"},
        activations={"bits": [8, 10]},
        kinds={"GRU": {"weights": {"bits": [7]}}},
        layers={"conv": {"weights": {"bits": [3]}}},
    )
    assert {p.name: p.values for p in found.parameters} == {
        "activations.bits": (8, 10),
        "conv.weights.bits": (3,),
        "GRU.weights.bits": (7,),
    }
    assert found.size == 2


def test_each_layer_has_parameters_of_its_own_where_that_is_asked_for() -> None:
    found = made(each="layer", activations={"bits": "6..8"})
    assert [p.name for p in found.parameters] == [f"{name}.activations.bits" for name in ("image", "relu", "gru")]
    kinds = made(each="kind", activations={"bits": "6..8"})
    assert [p.name for p in kinds.parameters] == [f"{kind}.activations.bits" for kind in ("Input", "Activation", "GRU")]


def test_accumulators_follow_what_is_added_unless_they_are_fixed_or_vary() -> None:
    base = Design(layers={"conv": LayerDesign(precision={"accum": "auto<12>", "bias": "auto<9>"})})
    assert made(base, weights={"bits": [5]}).design({"weights.bits": 5}).layers["conv"].precision == {
        "weight": "auto<5>",
        "bias": "auto<9>",
    }
    assert made(base, ii=[100, 200]).design({"ii": 100}).layers["conv"] == base.layers["conv"]
    both = {"weights.bits": 5, "accumulators.bits": 20}
    found = made(base, weights={"bits": [5]}, accumulators={"bits": [20]}).design(both).layers["conv"].precision
    assert found["accum"] == "auto<20>"
    wide = Design(layers={"conv": LayerDesign(precision={"accum": "fixed<32,16>"})})
    assert made(wide, weights={"bits": [5]}).design({"weights.bits": 5}).layers["conv"].precision["accum"] == (
        "fixed<32,16>"
    )


def test_a_point_is_a_design() -> None:
    found = made(
        weights={"bits": [5]}, activations={"bits": [8], "shift": [-1], "rounding": "TRN"}, tables={"bits": [9]}
    )
    point = {p.name: p.values[0] for p in found.parameters}
    design = found.design(point)
    assert design.part == BASE.part
    assert design.layers["conv"] == LayerDesign(reuse=9, precision={"weight": "auto<5>"})
    assert design.layers["image"].precision == {"result": "auto<8,-1,TRN>"}
    assert design.layers["gru"].precision == {
        "table": "auto<9>",
        "weight": "auto<5>",
        "recurrent_weight": "auto<5>",
        "result": "auto<8,-1,TRN>",
    }


@pytest.mark.parametrize("precision", ["auto<12>", "fixed<12,4>"])
def test_without_bits_of_their_own_tensors_have_the_design_s(precision: str) -> None:
    design = made(Design(precision=precision), activations={"shift": [-1]}).design({"activations.shift": -1})
    assert design.layers["relu"].precision == {"result": "auto<12,-1>"}


def test_an_interval_replaces_the_layers_factors_and_a_factor_the_interval() -> None:
    paced = made(ii=[640]).design({"ii": 640})
    assert (paced.reuse, paced.ii, paced.layer("conv").reuse) == (None, 640, None)
    assert paced.layer("gru").precision == {"table": "fixed<12,1>"}
    folded = made(paced, reuse=[3]).design({"reuse": 3})
    assert (folded.reuse, folded.ii) == (3, None)


def test_without_parameters_of_them_the_factors_stay() -> None:
    design = made(weights={"bits": [5]}).design({"weights.bits": 5})
    assert (design.reuse, design.layer("conv").reuse) == (1, 9)


@pytest.mark.parametrize(
    ("file", "message"),
    [
        ({"layers": {"con": {"weights": {"bits": 4}}}}, "layers.con: the model has none; did you mean conv"),
        ({"kinds": {"LSTM": {"weights": {"bits": 4}}}}, "kinds.LSTM: the model has none"),
        ({"sampler": "grid"}, "nothing varies"),
        ({"kinds": {"Input": {"weights": {"bits": 4}}}}, "nothing varies"),
    ],
)
def test_what_the_model_has_not_is_named(file: dict, message: str) -> None:
    with pytest.raises(AccelError, match=message):
        made(**file)
