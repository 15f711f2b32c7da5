"""A network converted for io_parallel: its C simulation, the integer model, and RTL that streams all the same."""

from __future__ import annotations

import numpy as np

from accel.design import Design
from accel.hls import convert, ranges
from accel.hls.csim import CSim
from accel.ir import golden
from accel.ir.lower import lower
from accel.rtl import project
from accel.rtl.plan import plan
from accel.sim import bulk


def network():
    import keras
    from keras import layers

    keras.utils.set_random_seed(5)
    x = inputs = keras.Input((5, 6, 2), name="image")
    x = layers.Conv2D(3, 3, padding="same", activation="selu", name="conv")(x)
    x = layers.AveragePooling2D(2, name="mean")(x)
    x = layers.Flatten(name="flat")(x)
    return keras.Model(inputs, layers.Dense(4, activation="softmax", name="end")(x))


def test_hardware_of_a_parallel_network_streams(fast_simulator, tmp_path):
    model = network()
    x = np.random.default_rng(2).uniform(-2, 2, (30, 5, 6, 2)).astype(np.float32)
    hls = convert.convert(model, Design(io="io_parallel"), ranges.measure(model, x), tmp_path / "hls")
    convert.write(hls)
    csim, graph = CSim(hls), lower(hls)
    raw = csim.quantise_input(x)
    y = golden.predict(graph, raw)
    assert np.array_equal(csim.predict_raw(raw).reshape(y.shape), y)
    planned = plan(graph)
    rtl = project.write(project.generate(planned, "dut"), tmp_path / "rtl")
    beats = raw.reshape(len(x), planned.source.beats, -1), y.reshape(len(x), planned.output.beats, -1)
    result = bulk.check(rtl, *beats, fast_simulator).require()
    assert (result.latency, result.ii) == (planned.latency, planned.ii)
