from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from accel import formats
from accel.intake import files
from accel.intake.reading import Reading


@pytest.fixture(scope="module")
def model():
    """A network of one layer that doubles what it reads."""
    import keras

    inputs = keras.Input((3,), name="x")
    made = keras.Model(inputs, keras.layers.Dense(3, use_bias=False, name="twice")(inputs))
    made.set_weights([2 * np.eye(3, dtype=np.float32)])
    return made


X = np.float32([[1, -2, 0.5]])


def test_the_reference_is_the_model_where_the_file_has_no_runtime_of_its_own(model) -> None:
    made = Reading(model).outputs(X)
    assert made.dtype == np.float64
    np.testing.assert_array_equal(made, 2 * X)


def test_the_reference_is_the_runtime_of_the_file_where_it_has_one(model) -> None:
    made = Reading(model, "by a runtime", lambda x: x + 1).outputs(X)
    assert made.dtype == np.float64
    np.testing.assert_array_equal(made, X + 1)


@pytest.mark.parametrize("suffix", [".keras", ".h5"])
def test_a_file_is_read_by_its_suffix(model, tmp_path: Path, suffix: str) -> None:
    model.save(tmp_path / f"net{suffix}")
    reading = files.read(tmp_path / f"net{suffix}")
    assert [layer.name for layer in reading.model.layers] == ["x", "twice"] and not reading.told
    np.testing.assert_array_equal(reading.outputs(X), 2 * X)


def test_no_suffix_means_two_formats() -> None:
    assert len(set(formats.SUFFIXES)) == len(formats.SUFFIXES)
    assert all(suffix in formats.of(Path(f"net{suffix}")).suffixes for suffix in formats.SUFFIXES)
