"""LSTM as TensorFlow's converter writes it, against TFLite's interpreter."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from accel.errors import AccelError
from accel.intake import files
from accel.intake.tflite import loading, recurrent
from tests.intake.onnx.files import kinds
from tests.intake.tflite.files import steps
from tests.intake.tflite.test_converted import interpreted

X = np.random.default_rng(2).normal(0, 2, (5, 7, 5)).astype(np.float32)


@pytest.mark.parametrize("last", [True, False])
def test_its_last_step_or_all(last: bool, tmp_path: Path) -> None:
    path = steps(tmp_path / "net.tflite", last)
    reading = files.read(path)
    assert kinds(reading.model) == ["LSTM"] and reading.model.layers[-1].return_sequences is not last
    for made in (reading.model.predict(X, verbose=0), reading.outputs(X)):  # each frame from a state of zeros
        np.testing.assert_allclose(made, np.stack([interpreted(path, x[None])[0] for x in X]), rtol=1e-4, atol=2e-5)


def test_a_wrong_order_of_gates_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recurrent, "_gates", lambda given: np.concatenate(list(given)))
    with pytest.raises(AccelError, match=r"\(UNIDIRECTIONAL_SEQUENCE_LSTM\) differs from the TFLite interpreter by"):
        files.read(steps(tmp_path / "net.tflite"))


def test_other_kinds_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(AccelError, match="cell_clip=3; expected none, or the converter's 10"):
        files.read(steps(tmp_path / "net.tflite", cellClip=3.0))
    with pytest.raises(AccelError, match="activation 1; expected tanh"):
        files.read(steps(tmp_path / "net.tflite", fusedActivationFunction=1))
    monkeypatch.setattr(loading.Tensor, "quantised", property(lambda self: self.name == "u2"))
    with pytest.raises(AccelError, match="weights of 8 bits; expected float32 or float16"):
        files.read(steps(tmp_path / "net.tflite"))
