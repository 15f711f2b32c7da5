"""BinaryNet's layers and functions, older than QKeras, written out here for tf_keras."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf
import tf_keras
from tf_keras import layers

from accel.intake import files


def binary_tanh(x: tf.Tensor) -> tf.Tensor:
    return 2 * tf.round(tf.clip_by_value(0.5 * x + 0.5, 0, 1)) - 1


def ternary_tanh(x: tf.Tensor) -> tf.Tensor:
    return tf.round(tf.clip_by_value(x, -1, 1))


def relu1(x: tf.Tensor) -> tf.Tensor:
    return tf.clip_by_value(x, 0, 1)


class BinaryDense(layers.Dense):
    """A Dense layer of weights H and -H."""

    levels = staticmethod(binary_tanh)

    def call(self, x: tf.Tensor) -> tf.Tensor:
        return x @ (0.5 * self.levels(self.kernel / 0.5)) + (self.bias if self.use_bias else 0)

    def get_config(self) -> dict:
        return {**super().get_config(), "H": 0.5, "kernel_lr_multiplier": 8.0, "bias_lr_multiplier": None}


class TernaryDense(BinaryDense):
    """A Dense layer of weights H, 0 and -H."""

    levels = staticmethod(ternary_tanh)


@pytest.mark.parametrize(
    ("kind", "function"), [(BinaryDense, binary_tanh), (TernaryDense, ternary_tanh), (BinaryDense, relu1)]
)
def test_a_network(kind: type, function, tmp_path: Path) -> None:
    first, last = kind(16, use_bias=False, name="first"), kind(4, name="last")
    model = tf_keras.Sequential(
        [tf_keras.Input((12,)), layers.Activation("linear", name="given"), first, layers.Activation(function), last]
    )
    rng = np.random.default_rng(6)
    model.set_weights([np.round(8 * rng.normal(0, 0.6, weight.shape)) / 8 for weight in model.get_weights()])
    model.save(tmp_path / "net.h5")
    x = np.round(4 * rng.normal(0, 1, (64, 12)).astype(np.float32)) / 4
    expected = model.predict(x, verbose=0)
    assert len(np.unique(expected)) > 3 and np.any(model.layers[1](x).numpy() == 0)
    assert np.array_equal(files.read(tmp_path / "net.h5").outputs(x), expected)
