"""What is rewritten with layers that stand nowhere else in these tests: Keras, C simulation, integer model and RTL."""

from __future__ import annotations

import numpy as np

from accel.design import Design
from accel.hls import convert, faults, ranges
from accel.hls.csim import CSim
from accel.intake.rewrite import rewrite
from accel.ir import golden
from accel.ir.lower import lower
from accel.rtl import project
from accel.rtl.plan import plan
from accel.sim import bulk


def network():
    """Squeeze and excite, an end of a ReLU that is no power of two, an activation behind Flatten, a mean of a part."""
    import keras
    from keras import layers

    keras.utils.set_random_seed(7)
    inputs = keras.Input((5, 4, 2), name="picture")
    x = layers.Conv2D(3, 3, padding="same", name="conv")(inputs)
    x = layers.ReLU(max_value=0.3, name="limited")(x)
    means = layers.Dense(3, activation="sigmoid", name="excite")(layers.GlobalAveragePooling2D(name="squeeze")(x))
    x = layers.Multiply(name="scaled")([x, layers.Reshape((1, 1, 3), name="channels")(means)])
    x = layers.Add(name="columns")([x, layers.Conv2D(3, (5, 1), name="column")(inputs)])
    part = keras.ops.mean(x[:, 1:, :, :2], axis=2)
    x = layers.Activation("tanh", name="tanh")(layers.Flatten(name="flat")(x))
    return keras.Model(inputs, layers.Dense(3, name="end")(x) + layers.Dense(3, name="part_end")(part[:, -1]))


def test_rewritten_layers_are_exact(fast_simulator, tmp_path):
    model = network()
    rewritten = rewrite(model)
    faults.check(rewritten, "io_stream")
    x = np.random.default_rng(2).uniform(-2, 2, (40, *model.input_shape[1:])).astype(np.float32)
    np.testing.assert_allclose(rewritten.predict(x, verbose=0), model.predict(x, verbose=0), rtol=1e-5, atol=1e-5)
    hls = convert.convert(rewritten, Design(), ranges.measure(rewritten, x), tmp_path / "hls")
    convert.write(hls)
    csim, graph = CSim(hls), lower(hls)
    raw = csim.quantise_input(x)
    y = golden.predict(graph, raw)
    assert np.array_equal(csim.predict_raw(raw).reshape(y.shape), y)
    assert np.unique(y).size > 20, "hardly an output: nothing is shown"
    planned = plan(graph)
    rtl = project.write(project.generate(planned, "dut"), tmp_path / "rtl")
    beats = raw.reshape(len(x), planned.source.beats, -1), y.reshape(len(x), planned.output.beats, -1)
    result = bulk.check(rtl, *beats, fast_simulator).require()
    assert (result.latency, result.ii) == (planned.latency, planned.ii)
