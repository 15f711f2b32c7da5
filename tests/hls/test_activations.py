"""Activations under the `auto` policy: the integer graph computes what Keras does, to a table's step."""

from __future__ import annotations

import numpy as np
import pytest

from accel.design import Design
from accel.fixed import from_float, to_float
from accel.hls import convert, ranges
from accel.intake.keras2.functions import by_name
from accel.intake.rewrite import rewrite
from accel.ir import golden
from accel.ir.lower import lower

KINDS = {
    **{
        name: lambda layers, name=name: layers.Activation(name, name="act")
        for name in ("relu6", "leaky_relu", "elu", "selu", "silu", "hard_sigmoid", "hard_tanh", "sigmoid", "tanh")
    },
    "slope": lambda layers: layers.LeakyReLU(0.25, name="act"),
    "steep": lambda layers: layers.LeakyReLU(2.0, name="act"),
    "alpha": lambda layers: layers.ELU(0.7, name="act"),
    "shared slopes": lambda layers: layers.PReLU("random_normal", shared_axes=[1], name="act"),
    "threshold": lambda layers: layers.ReLU(threshold=1.0, name="act"),
    "of Keras 2": lambda layers: layers.Activation(by_name()["accel>hard_sigmoid"], name="act"),
    "gates": lambda layers: layers.LSTM(4, recurrent_activation="hard_sigmoid", name="act"),
    "gates of Keras 2": lambda layers: layers.GRU(
        4, recurrent_activation=by_name()["accel>hard_sigmoid"], return_sequences=True, name="act"
    ),
    "up to 1": lambda layers: layers.ReLU(max_value=1.0, name="act"),
}


@pytest.mark.parametrize("kind", KINDS)
def test_auto_types_keep_the_function(kind, tmp_path):
    import keras

    keras.utils.set_random_seed(3)
    inputs = keras.Input((6, 8), name="given")
    model = rewrite(keras.Model(inputs, KINDS[kind](keras.layers)(inputs)))
    x = np.random.default_rng(2).normal(scale=2, size=(100, 6, 8)).astype(np.float32)
    graph = lower(convert.convert(model, Design(), ranges.measure(model, x), tmp_path / "hls"))
    y = to_float(golden.predict(graph, from_float(x, graph.input.type)), graph.output.type)
    expected = model.predict(x, verbose=0)
    assert np.abs(y - expected).max() < 0.01 * np.abs(expected).max()
