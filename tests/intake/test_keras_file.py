from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from accel.data import unpacked
from accel.errors import AccelError
from accel.intake import keras_file


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    """A model file with a layer called `input`."""
    import keras

    path = tmp_path / "small.keras"
    inputs = keras.Input((4,), name="input")
    keras.Model(inputs, keras.layers.Dense(3, name="dense")(inputs)).save(path)
    return path


def test_a_layer_called_input_is_renamed(saved: Path) -> None:
    assert [layer.name for layer in keras_file.load(saved).layers] == ["input_layer", "dense"]


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
