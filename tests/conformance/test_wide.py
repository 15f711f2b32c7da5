"""Layers as wide as types may be: exact in integer model and RTL, and in the C simulation where doubles carry them."""

from __future__ import annotations

import numpy as np
import pytest

from accel.design import Design, LayerDesign
from accel.errors import AccelError
from accel.hls import convert, ranges
from accel.hls.csim import CSim
from accel.ir import golden
from accel.ir.lower import lower
from accel.rtl import project
from accel.rtl.plan import plan
from accel.sim import bulk

X = np.random.default_rng(0).uniform(-1, 1, (16, 2, 3)).astype(np.float32)


def converted(first: str, second: str, last: str, folder):
    """Dense, relu, mean and dense, their results of these types, converted."""
    import keras
    from keras import layers

    keras.utils.set_random_seed(2)
    network = [keras.Input((2, 3), name="x"), layers.Conv1D(4, 1, name="first"), layers.Activation("relu", name="relu")]
    network += [layers.AveragePooling1D(2, name="mean"), layers.Dense(3, name="last")]
    model = keras.Sequential(network)
    own = {"first": {"result": first}, "relu": {"result": second}, "mean": {"accum": "fixed<64,32>"}}
    own["last"] = {"result": last, "accum": "fixed<62,30>"}
    design = Design(layers={name: LayerDesign(precision=types) for name, types in own.items()})
    return convert.convert(model, design, ranges.measure(model, X), folder / "hls")


@pytest.mark.parametrize(
    "types",
    [
        ("fixed<64,32>", "ufixed<63,20>", "fixed<64,10>"),
        ("fixed<63,32>", "fixed<64,20,RND,SAT>", "fixed<50,10>"),
        ("fixed<54,3>", "fixed<60,8>", "fixed<53,10,RND_CONV,SAT_SYM>"),
    ],
)
def test_wide_results_are_exact(types, simulators, tmp_path):
    hls = converted(*types, tmp_path)
    graph = lower(hls)
    made = plan(graph)
    rtl = project.write(project.generate(made, "dut"), tmp_path / "rtl")
    type_ = graph.input.type
    raw = np.random.default_rng(1).integers(type_.lo, type_.hi, (8, 2, 3), endpoint=True)
    expected = golden.predict(graph, raw)
    for simulator in simulators:
        inputs = raw.reshape(8, made.source.beats, made.source.lanes)
        assert bulk.check(rtl, inputs, expected.reshape(8, made.output.beats, made.output.lanes), simulator).passed
    if graph.output.type.width <= 53:
        convert.write(hls)
        assert np.array_equal(CSim(hls).predict_raw(raw).reshape(expected.shape), expected)
    else:
        with pytest.raises(AccelError, match="^layer 'last': the C simulation does not give values of fixed<64,10>"):
            CSim(hls)


def test_wider_ones_are_refused_by_name(tmp_path):
    hls = converted("fixed<64,32>", "ufixed<64,20>", "fixed<20,10>", tmp_path)
    with pytest.raises(AccelError, match="^layer 'relu': result ufixed<64,20>; expected at most 63 bits"):
        lower(hls)
    hls = converted("fixed<64,32>", "fixed<64,20>", "fixed<20,10>", tmp_path)
    hls.graph["last"].types["accum_t"].precision.width = 66
    with pytest.raises(AccelError, match="^layer 'last': precision 'fixed<66,.*': expected 1 to 64 bits"):
        lower(hls)
