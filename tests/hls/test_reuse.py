from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hls4ml.backends.vitis.vitis_backend import VitisBackend

from accel.design import Design, LayerDesign
from accel.errors import AccelError
from accel.hls import reuse
from accel.hls.reuse import Reuse
from accel.reuse import hls_factors

if TYPE_CHECKING:
    from hls4ml.model.graph import ModelGraph


@pytest.mark.parametrize(("n_in", "n_out"), [(1, 1), (9, 16), (128, 96), (10, 7)])
def test_hls_factors_are_those_hls4ml_keeps(half: ModelGraph, n_in: int, n_out: int) -> None:
    backend = half.config.backend
    kept = super(VitisBackend, backend).get_valid_reuse_factors(n_in, n_out)
    assert hls_factors(n_in, n_out) == kept == backend.get_valid_reuse_factors(n_in, n_out)


def test_each_product_has_its_own_factor(graph: ModelGraph) -> None:
    facts = {
        name: (layer.get_attr("accel_reuse"), layer.get_attr("accel_recurrent_reuse"), layer.get_attr("reuse_factor"))
        for name, layer in graph.graph.items()
        if layer.class_name in ("Conv2D", "GRU", "LSTM", "Dense")
    }
    assert facts == {"conv": (9, None, 9), "gru": (12, 2, 12), "lstm": (1, 1, 1), "out": (3, None, 3)}


def test_an_illegal_factor_names_its_neighbours(half: ModelGraph) -> None:
    with pytest.raises(AccelError, match=r"layer 'conv' \(Conv2D\): reuse 8 .* 9 x 4 product; .*: 3, 4, 6, 9, 12, 18"):
        reuse.choose(half, Design(layers={"conv": LayerDesign(reuse=8)}))
    with pytest.raises(AccelError, match=r"layer 'gru' \(GRU\): recurrent_reuse 5 .* 4 x 12 .*: 2, 3, 4, 6, 8, 12"):
        reuse.choose(half, Design(layers={"gru": LayerDesign(recurrent_reuse=5)}))


def test_a_factor_for_a_layer_without_such_a_product_is_refused(half: ModelGraph) -> None:
    with pytest.raises(AccelError, match="layers.conv: recurrent_reuse 2, .* expected one of: gru"):
        reuse.choose(half, Design(layers={"conv": LayerDesign(recurrent_reuse=2)}))
    with pytest.raises(AccelError, match="layers.frames: reuse 2, .* expected one of: conv, gru"):
        reuse.choose(half, Design(layers={"frames": LayerDesign(reuse=2)}))


def test_hls4ml_gets_one_factor_that_it_keeps(half: ModelGraph) -> None:
    design = Design(strategy="Resource", layers={"gru": LayerDesign(reuse=6, recurrent_reuse=1)})
    assert reuse.choose(half, design)["gru"] == Reuse(6, 1, 4)
    latency = Design(layers={"gru": LayerDesign(reuse=6, recurrent_reuse=1)})
    assert reuse.choose(half, latency)["gru"] == Reuse(6, 1, 6)


def test_a_dense_layer_behind_a_stream_reuses_within_a_beat(half: ModelGraph) -> None:
    assert reuse._beat(half.graph["out"], 3) == 3
    stream = half.graph["frames"]

    class Flattened:
        class_name = "Dense"

        def get_input_node(self) -> object:
            return stream

    assert reuse._beat(Flattened(), 48) == 4
