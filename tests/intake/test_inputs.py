"""Made-up inputs lie where a network's first layers expect them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from accel.fixed import Fixed
from accel.intake.inputs import Inputs, made_up
from accel.intake.reading import Reading
from accel.source import ModelSource

SOURCE = ModelSource("net", Path("net.keras"))
COUNT = 4000


def inputs(first) -> Inputs:
    """Those for a network that begins with ``first(layers, x)``."""
    import keras

    x = keras.Input((3,))
    model = keras.Model(x, keras.layers.Dense(2)(first(keras.layers, x)))
    return made_up(SOURCE, Reading(model), (3,), COUNT)


@pytest.mark.parametrize(
    ("first", "low", "high"),
    [
        (lambda layers, x: layers.Rescaling(1 / 255)(x), 0, 255),
        (lambda layers, x: layers.GaussianNoise(0.1)(layers.Rescaling(1 / 127.5, offset=-1.0)(x)), 0, 255),
        (lambda layers, x: x / 255.0 - 0.5, 0, 255),
        (lambda layers, x: 1 - x / 64.0, 0, 128),
        (lambda layers, x: x * np.array([1.0, 2.0, 4.0]), 0, 1),
    ],
)
def test_what_is_rescaled_fills_the_range(first, low, high):
    made = inputs(first)
    assert made.x.shape == (COUNT, 3) and made.x.dtype == np.float32 and not made.noise
    assert made.x.min() == pytest.approx(low, abs=0.01 * high) and made.x.max() == pytest.approx(high, rel=0.01)


def test_what_is_normalised_has_the_moments_that_the_layer_has_seen():
    mean, variance = np.array([105.0, -3.0, 0.5]), np.array([9.0, 4.0, 0.25])
    seen = inputs(lambda layers, x: layers.Normalization(mean=mean, variance=variance, name="normal")(2.0 * x))
    assert "'normal'" in seen.words and not seen.noise
    assert seen.x.mean(axis=0) == pytest.approx(mean / 2, abs=0.15)
    assert seen.x.std(axis=0) == pytest.approx(np.sqrt(variance) / 2, rel=0.1)

    def trained(layers, x):
        layer = layers.BatchNormalization(epsilon=1e-6)
        made = layer(x)
        layer.set_weights([np.ones(3), np.zeros(3), mean, variance])
        return made

    seen = inputs(trained).x
    assert seen.mean(axis=0) == pytest.approx(mean, abs=0.3)
    assert seen.std(axis=0) == pytest.approx(np.sqrt(variance), rel=0.1)


def test_of_all_others_nothing_is_known():
    made = inputs(lambda layers, x: layers.Dense(3)(x))
    assert made.noise and made.x.min() == pytest.approx(-1, abs=0.01) and made.x.max() == pytest.approx(1, abs=0.01)


def test_a_file_that_says_where_its_inputs_lie_gets_them_there():
    import keras

    reading = Reading(keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)]), bounds=((-8.5, 2.5),))
    made = made_up(SOURCE, reading, (3,), COUNT)
    assert -8.5 <= made.x.min() < -8.4 and 2.4 < made.x.max() <= 2.5 and not made.noise


def test_types_that_came_with_the_input_are_not_chosen_on_noise():
    import keras

    model = keras.Sequential([keras.Input((3,), name="given"), keras.layers.Dense(2, name="out")])
    known = {"result": Fixed.parse("fixed<8,1>")}
    assert not made_up(SOURCE, Reading(model, types={"given": known}), (3,), COUNT).noise
    assert made_up(SOURCE, Reading(model, types={"out": known}), (3,), COUNT).noise
