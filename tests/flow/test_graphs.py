"""Networks with branches, and of several inputs and outputs: a model's file to a verified design."""

from __future__ import annotations

from pathlib import Path

import pytest

from accel.flow import cosim
from accel.flow.request import Request

FRAMES = 6


def residual(layers, shape):
    """A block of a temporal convolutional network: what is read by two padded convolutions, one of them the shortcut's
    neighbour, is added to both.
    """
    import keras

    x = inputs = keras.Input(shape, name="signal")
    x = layers.Conv1D(3, 1, activation="relu", name="first")(x)
    short = layers.Conv1D(4, 1, name="short")(x)
    far = layers.Conv1D(4, 3, padding="causal", dilation_rate=2, activation="relu", name="far")(x)
    near = layers.Conv1D(4, 2, padding="same", name="near")(x)
    x = layers.Add(name="sum")([short, far, near])
    x = layers.GlobalAveragePooling1D(name="mean")(layers.ReLU(name="relu")(x))
    return keras.Model(inputs, layers.Dense(3, activation="softmax", name="end")(x))


def two_and_two(layers, shape):
    """Two inputs of different shapes, two outputs, one of them read inside, too."""
    import keras

    signal, facts = keras.Input(shape, name="signal"), keras.Input((3,), name="facts")
    heard = layers.GRU(4, name="gru")(layers.Conv1D(3, 3, name="conv")(signal))
    both = layers.Concatenate(name="both")([heard, layers.Dense(4, activation="tanh", name="known")(facts)])
    level = layers.Dense(2, activation="sigmoid", name="level")(both)
    kind = layers.Dense(3, activation="softmax", name="kind")(layers.Concatenate(name="all")([both, level]))
    return keras.Model([signal, facts], [level, kind])


@pytest.mark.parametrize("build", [residual, two_and_two])
def test_a_network_with_branches_becomes_a_verified_design(
    build, fast_simulator: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import keras

    keras.utils.set_random_seed(5)
    monkeypatch.chdir(tmp_path)
    model = build(keras.layers, (8, 2))
    model.save("net.keras")
    outcome = cosim.run(Request("net.keras"), fast_simulator, frames=FRAMES)
    assert outcome.passed and outcome.report.exact and outcome.report.timed
    (run,) = outcome.report.simulations
    assert run.result.mismatches == 0 and run.result.frames >= FRAMES
    assert all(row.max_error < 0.02 for row in outcome.report.comparisons)
    assert len(outcome.graph.inputs) == len(model.inputs) and len(outcome.graph.outputs) == len(model.outputs)
