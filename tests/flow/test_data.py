"""A network for raw sensor values, far from -1..1: its own data chooses the types and is what it is measured on."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from accel.errors import AccelError
from accel.flow import conversion, cosim, hls, rtl
from accel.flow.request import Request
from accel.progress import SILENT


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


def test_too_few_examples_for_the_pace_are_refused_before_anything_is_compiled(sensor, fast_simulator, monkeypatch):
    def uneven(*given):
        made = rtl.generate(*given)
        return replace(made, plan=replace(made.plan, frames=9))

    monkeypatch.setattr(cosim, "generate", uneven)
    monkeypatch.setattr(conversion, "CSim", None)
    np.save("few.npy", np.random.default_rng(2).normal(105, 3, (16, 4)))
    told = r"8 frames \(every second of the 16 examples of few.npy; .*\); expected at least 9, so that .*more examples"
    with pytest.raises(AccelError, match=told):
        cosim.run(Request("sensor.keras", data="few.npy"), fast_simulator)


def test_a_design_file_names_the_data_beside_it(sensor, tmp_path, monkeypatch):
    folder = tmp_path / "models" / "sensor"
    folder.mkdir(parents=True)
    (folder / "model.py").write_text("DATASET, dataset, stimulus = 'mnist', None, None\n")
    (tmp_path / "sensor.keras").rename(folder / "model.keras")
    (tmp_path / "readings.npz").rename(folder / "readings.npz")
    (folder / "design.yaml").write_text("data: readings.npz\n")
    report = hls.run(Request("sensor")).report
    assert "readings.npz" in report.stimulus and report.comparisons[0].accuracy == 1


@pytest.fixture
def open_length(tmp_path, monkeypatch):
    """A recurrent network for sequences of any length."""
    import keras
    from keras import layers

    monkeypatch.chdir(tmp_path)
    keras.Sequential([keras.Input((None, 3)), layers.GRU(2, name="gru"), layers.Dense(2, name="dense")]).save(
        "gru.keras"
    )


@pytest.mark.parametrize("settings", [{"steps": "5"}, {"data": "five.npy"}])
def test_an_open_length_comes_from_the_command_or_the_data(open_length, settings):
    np.save("five.npy", np.random.default_rng(1).normal(size=(16, 5, 3)))
    assert rtl.run(Request("gru.keras", **settings)).graph.input.shape == (5, 3)


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({}, r"input shape \(None, 3\); expected its sizes by STEPS=, or examples by DATA="),
        ({"steps": "5", "data": "seven.npy"}, r"seven.npy: x is .* expected numbers of shape \(examples, 5, 3\)"),
        ({"data": "lines.csv"}, r"lines.csv: lines for inputs \(None, 3\); expected a fixed size"),
        ({"steps": "0"}, "steps: expected"),
    ],
)
def test_a_length_that_stays_open_or_contradicts_is_refused(open_length, settings, told):
    np.save("seven.npy", np.zeros((16, 7, 3)))
    np.savetxt("lines.csv", np.zeros((16, 15)), delimiter=",")
    with pytest.raises(AccelError, match=told):
        hls.run(Request("gru.keras", **settings))


@pytest.mark.parametrize("settings", [{}, {"steps": "5"}])
def test_classes_for_other_steps_are_refused_before_it_is_converted(settings, tmp_path, monkeypatch):
    import keras
    from keras import layers

    monkeypatch.chdir(tmp_path)
    net = [keras.Input((None, 3)), layers.ZeroPadding1D(1), layers.Conv1D(4, 3, strides=2), layers.Dense(2)]
    keras.Sequential(net).save("steps.keras")
    x, y = np.zeros((16, 5, 3)), np.arange(16 * 4).reshape(16, 4) % 2
    np.savez("four.npz", x=x, y=y)
    np.savez("three.npz", x=x, y=y[:, 1:])
    with pytest.raises(
        AccelError, match=r"y is int64 of shape \(16, 4\); expected 16 class .* an example's 3 decisions"
    ):
        hls.run(Request("steps.keras", data="four.npz", **settings))
    assert not (tmp_path / "hls_projects").exists()
    assert conversion.make(Request("steps.keras", data="three.npz", **settings), SILENT).data.y.shape == (8, 3)


def test_steps_of_a_network_with_a_fixed_length_are_refused(sensor):
    with pytest.raises(AccelError, match=r"steps 5: the model's inputs are \(4,\); expected a shape with one size"):
        hls.run(Request("sensor.keras", steps="5"))


def test_pixels_that_a_network_rescales_are_no_noise(tmp_path, monkeypatch, fast_simulator):
    import keras
    from keras import layers

    monkeypatch.chdir(tmp_path)
    inner = keras.Sequential([keras.Input((6, 6, 3)), layers.Conv2D(4, 3, name="conv"), layers.ReLU(name="relu")])
    x = inputs = keras.Input((6, 6, 3))
    x = layers.GaussianNoise(0.1)(inner(x / 255.0))
    keras.Model(inputs, layers.Dense(3, name="dense")(layers.Flatten(name="flat")(x))).save("pixels.keras")
    done = cosim.run(Request("pixels.keras"), fast_simulator, frames=4)
    assert done.passed and done.report.timed and not done.report.noise
    first, second = done.report.layers[:2]
    assert first.name.startswith("true_divide") and first.input_type == "ufixed<16,9,RND,SAT>"
    assert second.name == "conv"
    assert all(row.max_error < 0.01 for row in done.report.comparisons)
