"""One small network with every kind of layer that hls4ml's C simulation is compiled for once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from accel.design import Design, LayerDesign
from accel.hls import convert, ranges
from accel.intake import files
from accel.source import ModelSource

if TYPE_CHECKING:
    import keras
    from hls4ml.model.graph import ModelGraph


@pytest.fixture(scope="session", autouse=True)
def backend() -> None:
    """The backend, also where the project is not installed."""
    from hls4ml.backends import get_available_backends, register_backend
    from hls4ml.writer.writers import register_writer

    from accel.hls4ml_plugin import register

    if "accel" not in get_available_backends():
        register(register_backend=register_backend, register_writer=register_writer)


DESIGN = Design(
    strategy="Resource",
    layers={"conv": LayerDesign(reuse=9), "gru": LayerDesign(reuse=12, recurrent_reuse=2), "out": LayerDesign(reuse=3)},
)


def small_net() -> keras.Model:
    """(8, 6, 1) to three probabilities: convolution, normalisation, pooling, both recurrent layers, dense, softmax."""
    import keras
    from keras import layers

    keras.utils.set_random_seed(7)
    x = inputs = keras.Input((8, 6, 1), name="input")
    x = layers.Conv2D(4, 3, padding="same", use_bias=False, name="conv")(x)
    x = layers.BatchNormalization(name="bn")(x)
    x = layers.ReLU(name="relu")(x)
    x = layers.MaxPooling2D(2, name="pool")(x)
    x = layers.Reshape((4, 12), name="frames")(x)
    x = layers.GRU(4, return_sequences=True, name="gru")(x)
    x = layers.LSTM(3, name="lstm")(x)
    model = keras.Model(inputs, layers.Dense(3, activation="softmax", name="out")(x), name="small")
    normalisation = model.get_layer("bn")
    normalisation.set_weights([np.array([0.5, 1, 2, 3]), np.full(4, 0.1), np.full(4, 0.05), np.full(4, 0.3)])
    return model


def noise(count: int) -> np.ndarray:
    """Inputs of the small network."""
    return np.random.default_rng(3).uniform(-1, 1, (count, 8, 6, 1)).astype(np.float32)


@pytest.fixture(scope="session")
def source(tmp_path_factory: pytest.TempPathFactory) -> ModelSource:
    """The small network as a file."""
    path = tmp_path_factory.mktemp("model") / "small.keras"
    small_net().save(path)
    return ModelSource("small", path)


@pytest.fixture(scope="session")
def network(source: ModelSource) -> keras.Model:
    """The small network as it is read."""
    return files.read(source.path).model


@pytest.fixture(scope="session")
def measured(network: keras.Model) -> ranges.Ranges:
    """Its ranges."""
    return ranges.measure(network, noise(256))


@pytest.fixture(scope="session")
def graph(network: keras.Model, measured: ranges.Ranges, tmp_path_factory: pytest.TempPathFactory) -> ModelGraph:
    """The small network converted and written."""
    converted = convert.convert(network, DESIGN, measured, tmp_path_factory.mktemp("project") / "firmware")
    convert.write(converted)
    return converted


@pytest.fixture(scope="session")
def half(network: keras.Model, tmp_path_factory: pytest.TempPathFactory) -> ModelGraph:
    """The small network half converted: folded, but with float weights and free types."""
    return convert.first_half(network, DESIGN, tmp_path_factory.mktemp("half"), {})
