"""A network for raw sensor values, far from -1..1: its own data chooses the types and is what it is measured on."""

from __future__ import annotations

import json

import numpy as np
import pytest

from accel.errors import AccelError
from accel.flow import cosim, hls
from accel.flow.request import Request


@pytest.fixture
def sensor(tmp_path, monkeypatch):
    """A classifier of four readings around 105 by which of two is larger, with 64 of them and their classes."""
    import keras
    from keras import layers

    monkeypatch.chdir(tmp_path)
    model = keras.Sequential([keras.Input((4,)), layers.Dense(2, name="dense")])
    model.layers[0].set_weights([np.array([[1, 0], [0, 1], [0, 0], [0, 0]], np.float32), np.zeros(2, np.float32)])
    model.save("sensor.keras")
    x = np.random.default_rng(2).normal(105, 3, (64, 4))
    np.savez("readings.npz", x=x, y=x[:, :2].argmax(axis=1))


def test_own_data_decides_the_types_and_the_figures(sensor):
    report = hls.run(Request("sensor.keras", data="readings.npz")).report
    (row,) = report.comparisons
    assert row.frames == 32 and row.agreement == row.accuracy == 1 and not report.noise
    assert "readings.npz" in report.stimulus and report.layers[0].output_type.startswith("ufixed<16,7")
    assert "DATA=readings.npz" in report.commands[0]


def test_without_data_the_verdict_says_so(sensor, fast_simulator, tmp_path):
    done = cosim.run(Request("sensor.keras"), fast_simulator, frames=4)
    assert done.passed and done.report.noise
    assert json.loads((tmp_path / done.folder / "report.json").read_text())["noise"] is True


def test_other_data_is_not_what_was_verified(sensor, fast_simulator):
    request = Request("sensor.keras", data="readings.npz")
    assert cosim.run(request, fast_simulator, frames=4).passed and cosim.run(request, fast_simulator, frames=4).recalled
    np.savez("readings.npz", x=np.random.default_rng(3).normal(105, 3, (64, 4)))
    assert not cosim.run(request, fast_simulator, frames=4).recalled


def test_wrong_data_is_refused_before_anything_is_made(sensor, tmp_path):
    np.save("wrong.npy", np.zeros((64, 5)))
    with pytest.raises(AccelError, match=r"wrong.npy: x is float64 of shape \(64, 5\)"):
        hls.run(Request("sensor.keras", data="wrong.npy"))
    assert not (tmp_path / "hls_projects").exists()
