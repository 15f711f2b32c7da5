from __future__ import annotations

import subprocess
import sys
import zipfile

import numpy as np
import pytest

from accel.data import archive

SAVE = """
import sys
from pathlib import Path
import keras
from accel.data import archive

keras.utils.set_random_seed(1)
model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3), keras.layers.Dense(2)])
archive.save(model, Path(sys.argv[1]))
"""


@pytest.fixture
def twice(tmp_path):
    """The same model saved by two processes."""
    paths = [tmp_path / "one.keras", tmp_path / "other.keras"]
    for path in paths:
        subprocess.run([sys.executable, "-c", SAVE, str(path)], check=True, capture_output=True)
    return paths


def test_the_same_model_makes_the_same_bytes(twice):
    one, other = (path.read_bytes() for path in twice)
    assert one == other


def test_the_file_holds_the_model(twice):
    import keras

    loaded = keras.models.load_model(twice[0])
    assert [layer.name for layer in loaded.layers] == ["dense", "dense_1"] and not loaded.compiled
    keras.utils.set_random_seed(1)
    fresh = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3), keras.layers.Dense(2)])
    for ours, theirs in zip(loaded.get_weights(), fresh.get_weights(), strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_another_weight_makes_another_file(tmp_path, twice):
    import keras

    model = keras.models.load_model(twice[0])
    kernel, *rest = model.get_weights()
    kernel[0, 0] += 1
    model.set_weights([kernel, *rest])
    archive.save(model, tmp_path / "changed.keras")
    with zipfile.ZipFile(tmp_path / "changed.keras") as changed, zipfile.ZipFile(twice[0]) as kept:
        assert changed.namelist() == kept.namelist()
        assert changed.read("model.weights.h5") != kept.read("model.weights.h5")
