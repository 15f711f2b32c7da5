"""Keras 2's hard sigmoid, written as that of Keras 3."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from accel.errors import Refusal
from accel.intake.keras2 import functions, newer


def recurrent(keras, old):
    gates = {"recurrent_activation": old}
    x = keras.layers.Bidirectional(keras.layers.GRU(3, return_sequences=True, **gates))(keras.Input((5, 2)))
    x = keras.layers.GRU(3, reset_after=False, return_sequences=True, **gates)(x)
    return keras.layers.LSTM(4, use_bias=False, **gates)(x)


def convolutional(keras, old):
    x = keras.layers.Conv1D(3, 2, activation=old)(keras.Input((6, 2)))
    return keras.layers.Dense(2, activation=old, use_bias=False)(keras.layers.Flatten()(x))


@pytest.mark.parametrize("make", [recurrent, convolutional])
def test_it_computes_the_same(make: Callable) -> None:
    import keras

    (old,) = functions.by_name().values()
    keras.utils.set_random_seed(2)
    made = make(keras, old)
    model = keras.Model(keras.utils.get_source_inputs(made), made)
    model.set_weights([4 * weight for weight in model.get_weights()])
    x = np.random.default_rng(1).normal(size=(9, *model.inputs[0].shape[1:])).astype(np.float32)
    before = np.asarray(model(x))
    assert "1.2 times as large" in newer.rescale(model)
    again = keras.Model.from_config(model.get_config())
    again.set_weights(model.get_weights())
    assert "accel>" not in again.to_json()
    np.testing.assert_allclose(np.asarray(again(x)), before, atol=2e-6)
    assert newer.rescale(again) == ""


def test_where_no_weights_are_it_is_refused() -> None:
    import keras

    (old,) = functions.by_name().values()
    for layer in (keras.layers.Activation(old, name="bend"), keras.layers.LSTM(3, activation=old, name="bend")):
        model = keras.Sequential([keras.Input((4, 2)), layer])
        with pytest.raises(Refusal, match=r"activation=hard_sigmoid of Keras 2 \(slope 0.2\), which Keras 3 has not"):
            newer.rescale(model)
