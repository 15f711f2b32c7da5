"""Keras 2's hard sigmoid, written as that of Keras 3."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

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
    x = keras.layers.SeparableConv1D(3, 2, activation=old)(x)
    return keras.layers.Dense(2, activation=old, use_bias=False)(keras.layers.Flatten()(x))


def candidates(keras, old):
    x = keras.layers.GRU(3, activation=old, return_sequences=True)(keras.Input((5, 2)))
    x = keras.layers.GRU(3, activation=old, recurrent_activation=old, reset_after=False, return_sequences=True)(x)
    return keras.layers.SimpleRNN(4, activation=old)(x)


def alone(keras, old):
    """Behind a branch, twice, on each step and in a model inside the model."""
    given = keras.Input((5, 3))
    bend = keras.layers.Activation(old)
    own = keras.Input((5, 3))
    inner = keras.Model(own, keras.layers.Activation(old)(keras.layers.Dense(3)(own)))
    x = keras.layers.Add()([bend(keras.layers.Dense(3)(given)), given])
    x = inner(keras.layers.TimeDistributed(keras.layers.Activation(old))(x))
    return bend(keras.layers.Dense(3)(x))


@pytest.mark.parametrize("make", [recurrent, convolutional, candidates, alone])
def test_it_computes_the_same(make: Callable, tmp_path: Path) -> None:
    import keras

    (old,) = functions.by_name().values()
    keras.utils.set_random_seed(2)
    made = make(keras, old)
    model = keras.Model(keras.utils.get_source_inputs(made), made)
    model.set_weights([4 * weight for weight in model.get_weights()])
    x = np.random.default_rng(1).normal(size=(9, *model.inputs[0].shape[1:])).astype(np.float32)
    before = np.asarray(model(x))
    assert np.mean((before == 0) | (before == 1)) < 0.9
    new, told = newer.rescaled(model)
    assert "1.2 times as large" in told and "accel>" not in new.to_json()
    new.save(tmp_path / "new.keras")
    again = keras.models.load_model(tmp_path / "new.keras")
    np.testing.assert_allclose(np.asarray(again(x)), before, atol=2e-6)
    assert newer.rescaled(again) == (again, "")


def test_where_nothing_can_be_multiplied_it_is_refused() -> None:
    import keras

    (old,) = functions.by_name().values()
    inner = keras.Sequential([keras.Input((2,)), keras.layers.Activation(old, name="bend")])
    for layer in (keras.layers.TimeDistributed(inner), keras.layers.LSTM(3, activation=old, name="bend")):
        model = keras.Sequential([keras.Input((4, 2)), layer])
        told = r"'bend' \(.*\): activation=hard_sigmoid of Keras 2 \(slope 0.2\), which Keras 3 has not .* GRU's candi"
        with pytest.raises(Refusal, match=told):
            newer.rescaled(model)
