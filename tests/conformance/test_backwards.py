"""Recurrent layers that read a sequence from its end: Keras, hls4ml's C simulation with our reversal, integer model
and RTL.
"""

from __future__ import annotations

import numpy as np
import pytest

from accel.design import Design
from accel.hls import convert, faults, ranges
from accel.hls.csim import CSim
from accel.intake.rewrite import rewrite
from accel.ir import golden
from accel.ir.graph import Reverse
from accel.ir.lower import lower
from accel.rtl import project
from accel.rtl.plan import plan
from accel.sim import bulk
from accel.sim.drive import Pace


def network():
    import keras
    from keras import layers

    keras.utils.set_random_seed(7)
    inputs = keras.Input((6, 3), name="signal")
    x = layers.GRU(4, go_backwards=True, return_sequences=True, name="gru")(inputs)
    x = layers.LSTM(3, go_backwards=True, name="lstm")(x)
    return keras.Model(inputs, layers.Dense(2, name="end")(x))


def both_ways():
    """Every merge mode, GRU and LSTM, sequences and vectors."""
    import keras
    from keras import layers

    keras.utils.set_random_seed(7)
    x = inputs = keras.Input((5, 3), name="signal")
    x = layers.Bidirectional(layers.GRU(3, return_sequences=True), merge_mode="concat", name="concat")(x)
    x = layers.Bidirectional(layers.LSTM(3, return_sequences=True), merge_mode="ave", name="ave")(x)
    x = layers.Bidirectional(layers.GRU(4, return_sequences=True), merge_mode="mul", name="mul")(x)
    model = keras.Model(inputs, layers.Bidirectional(layers.LSTM(4), merge_mode="sum", name="sum")(x))
    model.set_weights([2.5 * weights for weights in model.get_weights()])  # far beyond the steps of the tables
    return model


@pytest.mark.parametrize(("make", "reversals"), [(network, 2), (both_ways, 7)])
def test_backwards_is_a_reversal_and_forwards(make, reversals, fast_simulator, tmp_path):
    model = make()
    rewritten = rewrite(model)
    faults.check(rewritten, "io_stream")
    x = np.random.default_rng(2).uniform(-2, 2, (40, *model.input_shape[1:])).astype(np.float32)
    expected = model.predict(x, verbose=0)
    np.testing.assert_allclose(rewritten.predict(x, verbose=0), expected, rtol=1e-5, atol=1e-5)
    hls = convert.convert(rewritten, Design(), ranges.measure(rewritten, x), tmp_path / "hls")
    convert.write(hls)
    csim, graph = CSim(hls), lower(hls)
    assert sum(isinstance(node, Reverse) for node in graph.nodes) == reversals
    raw = csim.quantise_input(x)
    y = golden.predict(graph, raw)
    assert np.array_equal(csim.predict_raw(raw).reshape(y.shape), y)
    assert np.unique(y).size > 20, "hardly an output: nothing is shown"
    planned = plan(graph)
    rtl = project.write(project.generate(planned, "dut"), tmp_path / "rtl")
    beats = raw.reshape(len(x), planned.source.beats, -1), y.reshape(len(x), planned.output.beats, -1)
    result = bulk.check(rtl, *beats, fast_simulator).require()
    assert (result.latency, result.ii) == (planned.latency, planned.ii)
    bulk.check(rtl, *beats, fast_simulator, pace=Pace(idle=30, stall=50)).require()
