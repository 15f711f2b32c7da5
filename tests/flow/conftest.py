"""A small CRNN taken through the whole path once, for every test here."""

from __future__ import annotations

import numpy as np
import pytest

from accel.flow import cosim
from accel.flow.request import Request
from accel.ir import golden

FRAMES = 6
VECTORS = 48
REUSE = "conv:3,gru:12,dense:4"


def network(path):
    """A trained-looking CRNN (8 steps x 6 bands, 3 classes) in a .keras file."""
    import keras
    from keras import layers

    keras.utils.set_random_seed(3)
    x = inputs = keras.Input((8, 6, 1), name="spectrogram")
    x = layers.Conv2D(4, 3, padding="same", name="conv")(x)
    x = layers.BatchNormalization(name="bn")(x)
    x = layers.Activation("relu", name="relu")(x)
    x = layers.MaxPooling2D(2, name="pool")(x)
    x = layers.Reshape((4, 12), name="frames")(x)
    x = layers.GRU(4, name="gru")(x)
    x = layers.Dense(3, name="dense")(x)
    keras.Model(inputs, layers.Activation("softmax", name="softmax")(x)).save(path)
    return path


@pytest.fixture(scope="session")
def workplace(tmp_path_factory):
    """An empty folder to work in, with the network's file: its name is a keyword of SystemVerilog, which must not
    matter.
    """
    folder = tmp_path_factory.mktemp("flow")
    network(folder / "reg.keras")
    return folder


@pytest.fixture(scope="session")
def request_(workplace):
    """What the user asks for."""
    return Request(str(workplace / "reg.keras"), reuse=REUSE)


@pytest.fixture(scope="session")
def outcome(workplace, request_, fast_simulator):
    """The co-simulated design."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(workplace)
        return cosim.run(request_, fast_simulator, frames=FRAMES)


@pytest.fixture(scope="session")
def vectors(outcome):
    """Raw inputs and expected outputs as beats, and what every layer should send: (inputs, expected, layers)."""
    from accel.rtl.plan import plan

    planned = plan(outcome.graph)
    rng = np.random.default_rng(5)
    type_ = outcome.graph.input.type
    raw = rng.integers(type_.lo, type_.hi, (VECTORS, *outcome.graph.input.shape), endpoint=True)
    traced = golden.trace(outcome.graph, raw)

    def beats(values, stream):
        return values.reshape(VECTORS, stream.beats, stream.lanes)

    layers = {name: beats(traced[name], stream) for name, stream in planned.made.items()}
    expected = traced[outcome.graph.nodes[-1].name]
    return beats(raw, planned.source), beats(expected, planned.output), layers
