"""What PyTorch's two exporters write, with an open batch, against onnxruntime."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from accel.intake import files
from tests.intake.onnx.files import kinds, run

FOLDER = Path(__file__).parents[1] / "exported"
LAYERS = {
    "mlp": ((6,), "Dense Activation Dense Activation"),
    "cnn": ((1, 12, 16), "Conv2D Activation MaxPooling2D Conv2D Activation AveragePooling2D Flatten Dense"),
    "wave": ((2, 20), "Conv1D LeakyReLU MaxPooling1D Flatten Dense"),
    "mobile": (
        (3, 9, 12),
        "Conv2D ReLU DepthwiseConv2D Activation GlobalAveragePooling2D Dense",
    ),
    "crnn": ((1, 8, 16), "Conv2D Activation MaxPooling2D Conv2D Activation Reshape GRU Dense"),
    "steps": ((7, 5), "LSTM Dense"),
    "both": ((7, 5), "Bidirectional Dense"),
    "twice": ((7, 5), "GRU GRU Dense"),
    "backwards": ((7, 5), "GRU Dense"),
}


@pytest.mark.parametrize("exporter", ["script", "program"])
@pytest.mark.parametrize("name", LAYERS)
def test_a_network_of_pytorch(name: str, exporter: str) -> None:
    path = FOLDER / f"{name}_{exporter}.onnx"
    shape, layers = LAYERS[name]
    reading = files.read(path)
    found = [kind for kind in kinds(reading.model) if kind not in ("ZeroPadding2D", "BatchNormalization")]
    assert found == layers.split()
    x = np.random.default_rng(3).normal(size=(5, *shape)).astype(np.float32)
    given = x.transpose(0, *(1 + axis for axis in reading.order))
    wanted = run(path, x)
    np.testing.assert_allclose(reading.model.predict(given, verbose=0), wanted, rtol=1e-4, atol=2e-5)
    np.testing.assert_allclose(reading.outputs(given), wanted, rtol=1e-4, atol=2e-5)


def test_time_is_stored_first_where_a_recurrent_layer_needs_it() -> None:
    reading = files.read(FOLDER / "crnn_script.onnx")
    assert reading.order == (2, 1, 0) and reading.model.input_shape == (None, 16, 8, 1)
    assert "inputs (1, 8, 16) as (16, 8, 1), axes 2, 1, 0; equal to onnxruntime" in reading.told


def test_the_same_file_gives_the_same_names() -> None:
    first, second = (files.read(FOLDER / "crnn_program.onnx").model for _ in range(2))
    assert [layer.name for layer in first.layers] == [layer.name for layer in second.layers]
    assert {"conv1", "conv2", "out"} <= {layer.name for layer in first.layers}


def test_a_layer_that_is_called_by_a_number_has_its_kind_before_it() -> None:
    names = [layer.name for layer in files.read(FOLDER / "cnn_script.onnx").model.layers]
    assert names[-1] == "gemm_8" and all(not name[0].isdigit() and name[0] != "_" for name in names)
