"""Networks of several inputs and outputs, against onnxruntime."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnxruntime

from accel import rows
from accel.intake import files
from tests.intake.onnx.files import kinds, node, save, weights

CONSTANTS = {"w": weights(4, 3, 3, 3), "m": weights(4, 5), "o": weights(2, 8)}


def network(path: Path) -> Path:
    """An image and a row to two numbers and to four."""
    nodes = [
        node("Conv", "x w", "conv", kernel_shape=[3, 3]),
        node("Relu", "conv", "relu"),
        node("GlobalAveragePool", "relu", "mean"),
        node("Flatten", "mean", "flat"),
        node("Gemm", "row m", "gemm", transB=1),
        node("Concat", "flat gemm", "both", axis=1),
        node("Gemm", "both o", "y", transB=1),
        node("Tanh", "flat", "z"),
    ]
    return save(path, ("n", 3, 6, 8), nodes, CONSTANTS, more={"row": ("n", 5)}, outputs="y z")


def test_each_input_has_its_own_order(tmp_path: Path) -> None:
    reading = files.read(network(tmp_path / "net.onnx"))
    assert "inputs (3, 6, 8) as (6, 8, 3), axes 1, 2, 0 and (5,); equal to onnxruntime" in reading.told
    assert [tuple(tensor.shape[1:]) for tensor in reading.model.inputs] == [(6, 8, 3), (5,)]
    assert "Permute" not in kinds(reading.model) and not reading.order


def test_rows_of_all_give_what_onnxruntime_gives(tmp_path: Path) -> None:
    path = network(tmp_path / "net.onnx")
    reading = files.read(path)
    rng = np.random.default_rng(1)
    image, row = (rng.uniform(-2, 2, (7, *shape)).astype(np.float32) for shape in ((3, 6, 8), (5,)))
    wanted = np.concatenate(onnxruntime.InferenceSession(str(path)).run(None, {"x": image, "row": row}), axis=1)
    given = rows.joined([image.transpose(0, 2, 3, 1), row])
    np.testing.assert_allclose(reading.outputs(given), wanted, rtol=1e-4, atol=2e-5)
    ours = reading.model.predict([image.transpose(0, 2, 3, 1), row], verbose=0)
    np.testing.assert_allclose(np.concatenate(ours, axis=1), wanted, rtol=1e-4, atol=2e-5)


def test_a_batch_that_is_written_down_becomes_one_of_each(tmp_path: Path) -> None:
    nodes = [node("Add", "x row", "y"), node("Relu", "row", "z")]
    reading = files.read(save(tmp_path / "net.onnx", (4, 5), nodes, more={"row": (4, 5)}, outputs="y z"))
    assert kinds(reading.model).count("Add") == 1 and reading.outputs(np.ones((3, 10))).shape == (3, 10)
