"""Proxies of HGQ 1, made by tf_keras with its quantiser's formula written out here."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf
import tf_keras
from tf_keras import layers

from accel.errors import AccelError
from accel.intake import files

FRAMES = 64


@tf_keras.utils.register_keras_serializable("HGQ")
class FixedPointQuantizer(layers.Layer):
    """Numbers of k + b bits, i of them left of the point: rounded by `RND`, beyond the ends as `SAT` says."""

    def __init__(self, RND: str, SAT: str, shape: list[int], kbi: list[list[float]] | None = None, **more) -> None:  # noqa: N803
        super().__init__(**more)
        self.settings = {"RND": RND, "SAT": SAT, "shape": shape, "overrides": {"layers": {}}, "fusible": False}
        self.given = kbi

    def build(self, _) -> None:
        self.k, self.b, self.i = (
            self.add_weight(name=name, shape=self.settings["shape"], trainable=False)
            for name in ("keep_negative", "bits", "integers")
        )
        if self.given is not None:
            self.set_weights([np.reshape(part, self.settings["shape"]) for part in self.given])

    def call(self, x: tf.Tensor) -> tf.Tensor:
        step, size = 2.0 ** (self.i - self.b), 2.0**self.b
        low = -self.k * size / 2
        whole = tf.floor(x / step + (0.5 if self.settings["RND"] == "RND" else 0.0))
        if self.settings["SAT"] == "SAT":
            return step * tf.clip_by_value(whole, low, low + size - 1)
        return tf.where(self.b > 0, step * (tf.math.floormod(whole - low, size) + low), 0.0)

    def get_config(self) -> dict:
        return {**super().get_config(), **self.settings}


def alike(kbi: list[float], round_mode: str, overflow: str, rank: int, name: str) -> FixedPointQuantizer:
    """One type for all."""
    return FixedPointQuantizer(round_mode, overflow, [1] * rank, [[part] for part in kbi], name=name)


def filled(model: tf_keras.Model) -> tf_keras.Model:
    """The model with weights in steps of 1/8."""
    rng = np.random.default_rng(3)
    for layer in model.layers:
        if layer.weights and not isinstance(layer, FixedPointQuantizer):
            layer.set_weights([np.round(8 * rng.normal(0, 0.6, w.shape)) / 8 for w in layer.get_weights()])
    return model


def images() -> tf_keras.Model:
    """One type for each quantiser, in front of a reshape, poolings between."""
    return tf_keras.Sequential(
        [
            tf_keras.Input((6, 6)),
            alike([0, 5, 1], "RND", "WRAP", 3, "given"),
            layers.Reshape((6, 6, 1)),
            layers.Conv2D(3, 3, name="conv"),
            alike([1, 7, 3], "TRN", "WRAP", 1, "conv_q"),
            layers.Activation("relu", name="relu"),
            alike([0, 4, 2], "TRN", "SAT", 4, "relu_q"),
            layers.MaxPooling2D(2),
            layers.Flatten(),
            layers.Dense(4, name="out"),
            alike([1, 12, 6], "TRN", "WRAP", 1, "out_q"),
        ]
    )


def lanes() -> tf_keras.Model:
    """Other bits for each channel, some without any."""
    rng = np.random.default_rng(4)
    bits = rng.integers(0, 7, (2, 1, 8))
    return tf_keras.Sequential(
        [
            tf_keras.Input((8,)),
            FixedPointQuantizer("TRN", "WRAP", [1, 8], [np.ones(8), bits[0], bits[0] - 3], name="given"),
            layers.Dense(8, name="first"),
            layers.Activation("relu", name="relu"),
            FixedPointQuantizer("RND", "WRAP", [1, 8], [np.zeros(8), bits[1], bits[1] - 2], name="relu_q"),
            layers.Dense(3, name="out"),
        ]
    )


@pytest.mark.parametrize("build", [images, lanes])
def test_a_proxy_gives_what_its_formula_gives(build, tmp_path: Path) -> None:
    model = filled(build())
    model.save(tmp_path / "net.h5")
    reading = files.read(tmp_path / "net.h5")
    x = np.random.default_rng(5).uniform(-3, 3, (FRAMES, *model.input_shape[1:])).astype(np.float32)
    expected = model.predict(x, verbose=0)
    assert len(np.unique(expected)) > 20
    assert np.array_equal(reading.outputs(x), expected)
    assert reading.told.startswith("A proxy of HGQ 1 (Keras 2.") and reading.types


def test_a_factor_of_channels_is_left_to_the_weights_behind(tmp_path: Path) -> None:
    filled(lanes()).save(tmp_path / "net.h5")
    names = [layer.name for layer in files.read(tmp_path / "net.h5").model.layers]
    assert "given_turn" in names and not [name for name in names if name.endswith("_back")]


def test_a_model_that_is_no_proxy_is_refused(tmp_path: Path) -> None:
    class HDense(layers.Dense):
        """Of HGQ itself, by its name."""

    tf_keras.Sequential([tf_keras.Input((4,)), HDense(2, name="first")]).save(tmp_path / "net.h5")
    with pytest.raises(AccelError, match=r"layer 'first' \(HDense\): of HGQ 1; expected its proxy, .*to_proxy_model"):
        files.read(tmp_path / "net.h5")
