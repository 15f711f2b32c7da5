from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from accel.config import ModelSource
from accel.data import unpacked
from accel.errors import AccelError
from accel.hls import keras_model


def test_a_layer_called_input_is_renamed(source: ModelSource) -> None:
    assert [layer.name for layer in keras_model.load(source.path).layers][:2] == ["input_layer", "conv"]


@pytest.mark.parametrize("suffix", [".keras", ".h5"])
def test_a_damaged_file_is_refused(tmp_path: Path, source: ModelSource, suffix: str) -> None:
    damaged = tmp_path / f"damaged{suffix}"
    damaged.write_bytes(source.path.read_bytes()[:2000])
    with pytest.raises(AccelError, match="expected a Keras model file, could not load it") as caught:
        keras_model.load(damaged)
    assert "\n" not in str(caught.value)


def test_a_file_that_unpacks_beyond_the_limit_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unpacked, "LARGEST", 100_000)
    bomb = tmp_path / "bomb.keras"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("config.json", b" " * 60_000)
        archive.writestr("model.weights.h5", b" " * 60_000)
    assert bomb.stat().st_size < 1000
    with pytest.raises(AccelError, match="unpacks to 120,000 bytes; expected at most 100,000") as caught:
        keras_model.load(bomb)
    assert "\n" not in str(caught.value)
