from __future__ import annotations

import zipfile
from pathlib import Path

import numpy as np
import pytest

from accel.data import unpacked
from accel.errors import AccelError
from accel.fixed import Fixed
from accel.hls.faults import layers
from accel.intake import files, keras_file
from accel.intake.quantised import Quantised
from accel.intake.reading import Reading


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    """A model file with a layer called `input`."""
    import keras

    path = tmp_path / "small.keras"
    inputs = keras.Input((4,), name="input")
    keras.Model(inputs, keras.layers.Dense(3, name="dense")(inputs)).save(path)
    return path


def test_a_layer_called_input_is_renamed(saved: Path) -> None:
    assert [layer.name for layer in files.read(saved).model.layers] == ["input_layer", "dense"]


def test_names_that_are_none_in_cpp_become_such(tmp_path: Path) -> None:
    import keras

    keras.utils.set_random_seed(1)
    inner = keras.Sequential([keras.Input((3,)), keras.layers.Dense(3, name="fc.1")], name="head-1")
    x = given = keras.Input((4,), name="mel.spec")
    for name in ("fc.1", "fc 1", "fc_1", "1st", "t"):
        x = keras.layers.Dense(3, name=name)(x)
    model = keras.Model(given, inner(x))
    model.save(tmp_path / "net.keras")
    made = files.read(tmp_path / "net.keras").model
    names = [layer.name for layer in made.layers]
    assert names == ["mel_spec", "fc_1_2", "fc_1_3", "fc_1", "_1st", "t_layer", "head_1"]
    assert not any(list(layers.refusals(layer, "io_stream")) for layer in made.layers[1:-1])
    x = np.random.default_rng(1).normal(size=(5, 4)).astype(np.float32)
    np.testing.assert_array_equal(np.asarray(made(x)), np.asarray(model(x)))


def test_types_follow_their_layer_to_its_new_name() -> None:
    import keras

    given = keras.Input((4,), name="input")
    model = keras.Model(given, keras.layers.Dense(3, name="fc.1")(given))
    types = {"input": {"result": Fixed(8, 1)}, "fc.1": {"result": Fixed(6, 2)}}
    x = np.random.default_rng(1).uniform(-3, 3, (5, 4))
    before = Quantised(model, types)(x)
    made = files.plainly_named(Reading(model, original=Quantised(model, types), types=types))
    assert made.typed and made.types == {"input_layer": types["input"], "fc_1": types["fc.1"]}
    np.testing.assert_array_equal(made.outputs(x), before)
    assert not np.array_equal(before, Quantised(model, {})(x))


def test_what_another_keras_wrote_is_told_by_its_cause_alone(tmp_path: Path, saved: Path) -> None:
    path = tmp_path / "other.keras"
    with zipfile.ZipFile(saved) as old, zipfile.ZipFile(path, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name).replace(b'"units": 3', b'"units": 3, "twist": 5'))
    with pytest.raises(AccelError, match="passed to Dense.*twist") as caught:
        keras_file.load(path)
    assert len(str(caught.value)) < len(str(path)) + 200


def test_a_state_that_stays_is_refused_by_name(tmp_path: Path) -> None:
    import keras

    layers = [keras.Input(batch_shape=(1, 6, 2)), keras.layers.GRU(3, stateful=True, name="kept")]
    keras.Sequential(layers).save(tmp_path / "net.keras")
    with pytest.raises(AccelError, match=r"layer 'kept' \(GRU\): stateful=True, .* expected stateful=False"):
        keras_file.load(tmp_path / "net.keras")


@pytest.mark.parametrize("suffix", [".keras", ".h5"])
def test_a_damaged_file_is_refused(tmp_path: Path, saved: Path, suffix: str) -> None:
    damaged = tmp_path / f"damaged{suffix}"
    damaged.write_bytes(saved.read_bytes()[:2000])
    with pytest.raises(AccelError, match="expected a Keras model file, could not load it") as caught:
        keras_file.load(damaged)
    assert "\n" not in str(caught.value)


def test_a_file_that_unpacks_beyond_the_limit_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unpacked, "LARGEST", 100_000)
    bomb = tmp_path / "bomb.keras"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("config.json", b" " * 60_000)
        archive.writestr("model.weights.h5", b" " * 60_000)
    assert bomb.stat().st_size < 1000
    with pytest.raises(AccelError, match="unpacks to 120,000 bytes; expected at most 100,000") as caught:
        keras_file.load(bomb)
    assert "\n" not in str(caught.value)
