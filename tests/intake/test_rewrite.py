"""Rewritten networks compute what they did before, in layers that are not refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import pytest

from accel.errors import AccelError
from accel.hls import faults
from accel.intake.rewrite import rewrite

if TYPE_CHECKING:
    import keras


def network(shape: tuple[int | None, ...], build: Callable, seed: int = 1) -> keras.Model:
    """A model of `build(layers, ops, x)` with random weights."""
    import keras

    keras.utils.set_random_seed(seed)
    inputs = keras.Input(shape, name="given")
    model = keras.Model(inputs, build(keras.layers, keras.ops, inputs), name="net")
    rng = np.random.default_rng(seed)
    for weight in model.weights:
        weight.assign(rng.uniform(0.2, 1.5, weight.shape))
    return model


def dense_behind(layers, x):
    """A network's end."""
    return layers.Dense(3, name="end")(layers.Flatten(name="flat")(x))


def nested(layers, ops, x):
    import keras

    inner = keras.Sequential(
        [keras.Input((6, 4)), layers.Dense(4, name="end"), layers.ReLU(name="inner")], name="block"
    )
    return dense_behind(layers, inner(inner(x)))


def normalised(layers, ops, x):
    layer = layers.Normalization(name="normal", mean=[1, 2, 3, 4], variance=[4, 9, 16, 25])
    return dense_behind(layers, layer(x / 2.0))


KINDS = {
    "scales": lambda layers, ops, x: dense_behind(layers, 1 - (2.0 * (x / 255.0 - 0.5) + np.arange(4.0))),
    "rescaling": lambda layers, ops, x: dense_behind(layers, layers.Rescaling(1 / 127.5, -1.0, name="pixels")(x)),
    "normalisation": normalised,
    "functions": lambda layers, ops, x: dense_behind(
        layers, ops.sigmoid(ops.relu(layers.Dense(4)(x))) + ops.tanh(ops.leaky_relu(layers.Dense(4)(x), 0.25))
    ),
    "softmax": lambda layers, ops, x: ops.softmax(dense_behind(layers, x)),
    "nothing": lambda layers, ops, x: dense_behind(
        layers, layers.GaussianNoise(0.5)(layers.ActivityRegularization(0.1)(layers.Identity()(layers.Dropout(0.5)(x))))
    ),
    "nested": nested,
    "used twice": lambda layers, ops, x: dense_behind(layers, (again := layers.Dense(4, name="again"))(again(x))),
    "depthwise": lambda layers, ops, x: dense_behind(
        layers,
        layers.BatchNormalization(name="bn")(
            layers.Dropout(0.5)(layers.DepthwiseConv1D(3, use_bias=False, name="d")(x))
        ),
    ),
    "depthwise with bias": lambda layers, ops, x: dense_behind(
        layers, layers.BatchNormalization(scale=False, name="bn")(layers.DepthwiseConv1D(3, name="d")(x))
    ),
    "dense over positions": lambda layers, ops, x: dense_behind(
        layers, layers.BatchNormalization(center=False, name="bn")(layers.Dense(5, name="d")(x))
    ),
    "separable": lambda layers, ops, x: dense_behind(
        layers, layers.SeparableConv1D(5, 3, strides=2, padding="same", activation="relu", name="s")(x)
    ),
    "every step": lambda layers, ops, x: dense_behind(layers, layers.TimeDistributed(layers.Dense(5, name="d"))(x)),
    "reshape": lambda layers, ops, x: layers.Dense(3)(ops.reshape(x, (-1, 24))),
    "merges": lambda layers, ops, x: dense_behind(
        layers, ops.concatenate([ops.maximum(x, layers.Dense(4)(x)), ops.multiply(x, layers.Dense(4)(x))], axis=-1)
    ),
}


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_function_in_layers_that_are_converted(kind: str) -> None:
    model = network((6, 4), KINDS[kind])
    x = np.random.default_rng(2).uniform(-3, 3, (16, 6, 4)).astype(np.float32)
    with pytest.raises(AccelError):
        faults.check(model, "io_parallel")
    made = rewrite(model)
    faults.check(made, "io_parallel")
    assert made is not model
    np.testing.assert_allclose(made.predict(x, verbose=0), model.predict(x, verbose=0), rtol=2e-5, atol=2e-5)
