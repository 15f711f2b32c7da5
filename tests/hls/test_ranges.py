from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from accel.errors import AccelError
from accel.hls import float_layers, ranges
from accel.hls.ranges import Range, Ranges
from accel.intake import files, limits
from accel.intake.reading import Reading
from accel.source import ModelSource


def test_every_layer_is_measured_before_and_after_its_own_activation(source: ModelSource) -> None:
    import keras

    model = files.read(source.path).model
    x = np.random.default_rng(5).uniform(-1, 1, (70, 8, 6, 1)).astype(np.float32)
    found = ranges.measure(model, x).layers
    assert list(found) == [
        "input_layer", "conv", "bn", "relu", "pool", "frames", "gru", "lstm", "out", "out_softmax",
    ]  # fmt: skip
    assert [entry.behind for entry in found.values()] == ["", *list(found)[:-1]]
    assert found["input_layer"].high == pytest.approx(x.max(), rel=1e-5)
    for name in ("conv", "bn", "relu", "pool", "frames", "gru"):
        values = keras.Model(model.inputs, model.get_layer(name).output).predict(x, verbose=0)
        assert (found[name].low, found[name].high) == (
            pytest.approx(values.min(), rel=1e-5, abs=1e-7),
            pytest.approx(values.max(), rel=1e-5),
        )
    probability = model.predict(x, verbose=0)
    assert found["out_softmax"].high == pytest.approx(probability.max(), rel=1e-5)
    kernel, bias = (np.asarray(w) for w in model.get_layer("out").weights)
    logits = keras.Model(model.inputs, model.get_layer("lstm").output).predict(x, verbose=0) @ kernel + bias
    assert found["out"].low == pytest.approx(logits.min(), rel=1e-4)


def test_an_lstm_s_range_holds_its_cell_state() -> None:
    import keras

    keras.utils.set_random_seed(1)
    inputs = keras.Input((6, 3))
    outputs = keras.layers.LSTM(4, return_state=True, name="lstm")(inputs)
    x = np.random.default_rng(2).normal(scale=4, size=(20, 6, 3)).astype(np.float32)
    cells = keras.Model(inputs, outputs).predict(x, verbose=0)[2]
    layer = keras.layers.LSTM(4, name="lstm")
    model = keras.Model(inputs, layer(inputs))
    layer.set_weights(keras.Model(inputs, outputs).get_layer("lstm").get_weights())
    found = ranges.measure(model, x).layers["lstm"]
    assert found.high > 1
    assert found.low == pytest.approx(cells.min(), rel=1e-4) or found.low < cells.min()
    assert ranges._lstm_states(layer, x)[-1, 0] == pytest.approx(cells, abs=1e-5)


@pytest.mark.parametrize("kind", ["GRU", "LSTM"])
def test_with_relu_a_range_holds_the_states_before_the_last(kind: str) -> None:
    import keras

    keras.utils.set_random_seed(1)
    inputs = keras.Input((6, 3))
    functions = {"activation": "relu"} if kind == "GRU" else {"recurrent_activation": "relu"}
    last, every = (getattr(keras.layers, kind)(4, return_sequences=all_, name="r", **functions) for all_ in (0, 1))
    model, whole = keras.Model(inputs, last(inputs)), keras.Model(inputs, every(inputs))
    every.set_weights(last.get_weights())
    x = np.random.default_rng(2).normal(scale=2, size=(20, 6, 3)).astype(np.float32)
    x[:, -1] = 0
    states = whole.predict(x, verbose=0)
    found = ranges.measure(model, x).layers["r"]
    assert found.high >= states.max() * (1 - 1e-4) and found.high > states[:, -1].max()


def test_numbers_that_are_not_finite_are_refused_by_the_layer_s_name() -> None:
    import keras

    inputs = keras.Input((2,))
    model = keras.Model(inputs, keras.layers.Dense(1, use_bias=False, name="large")(inputs))
    model.get_layer("large").set_weights([np.full((2, 1), 3e38)])
    with pytest.raises(AccelError, match="layer 'large': .* is not finite"):
        ranges.measure(model, np.ones((4, 2), np.float32))


def test_saved_and_loaded_alike(tmp_path: Path) -> None:
    stored = Ranges({"conv": Range(-1.5, 2.25, "input")}, 12, "abc")
    stored.save(tmp_path / "ranges.json")
    assert Ranges.load(tmp_path / "ranges.json") == stored
    assert [file.name for file in tmp_path.iterdir()] == ["ranges.json"]


@pytest.mark.parametrize("text", ["", "[]", '{"layers": {"conv": {"low": 1}}, "examples": 1, "model": ""}'])
def test_a_damaged_file_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "ranges.json").write_text(text)
    with pytest.raises(AccelError, match=r"ranges\.json: expected measured ranges"):
        Ranges.load(tmp_path / "ranges.json")


DEFINITION = """
import numpy as np
DATASET, dataset = "mnist", None
def stimulus(count, seed=0):
    return np.random.default_rng(seed).uniform(0, 0.5, (count, 8, 6, 1)).astype("float32")
"""


def test_stored_ranges_serve_until_the_model_changes(
    source: ModelSource, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("ACCEL_DATA", str(tmp_path / "nothing"))
    (tmp_path / "model.py").write_text(DEFINITION)
    (tmp_path / "model.keras").write_bytes(source.path.read_bytes())
    folder = ModelSource("folder", tmp_path / "model.keras", tmp_path)
    stored = ranges.store(folder)
    assert stored.layers["input_layer"].low >= 0
    model = files.read(source.path).model
    assert ranges.of(folder, Reading(model), model) == stored
    assert not caplog.records
    model.get_layer("out").bias.assign([3.0, 0, 0])
    model.save(tmp_path / "model.keras")
    again = ranges.of(folder, Reading(model), model)
    assert again.layers["out"].high > stored.layers["out"].high
    assert "is of another model.keras" in caplog.text


def test_a_file_alone_is_measured_on_noise(source: ModelSource, caplog: pytest.LogCaptureFixture) -> None:
    model = files.read(source.path).model
    found = ranges.of(source, Reading(model), model)
    assert found.layers["input_layer"].low == pytest.approx(-1, abs=0.01)
    assert "noise between -1 and 1" in caplog.text


def test_a_large_network_is_measured_on_fewer_inputs_in_smaller_batches(
    source: ModelSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    reading = Reading(files.read(source.path).model)
    size, batches = limits.numbers(reading.model), []
    seen = float_layers._named
    monkeypatch.setattr(float_layers, "_named", lambda *given: batches.append(len(given[2][0])) or seen(*given))
    monkeypatch.setattr(float_layers, "LARGEST", 9 * size)
    monkeypatch.setattr(ranges, "NUMBERS", 20 * size)
    assert ranges.of(source, reading, reading.model).examples == 20 and batches == [9, 9, 2]
