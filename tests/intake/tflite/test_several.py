"""Networks of several inputs and outputs, against TFLite's interpreter."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from accel import rows
from accel.flow.request import Request
from accel.intake import files, inputs
from accel.intake.reading import shape_of
from accel.source import resolve
from tests.intake.tflite.files import Op, Stored, two, write


def test_inputs_are_taken_in_the_file_s_order_and_told_by_range(tmp_path: Path) -> None:
    path = two(tmp_path / "net.tflite")
    reading = files.read(path)
    assert [tensor._keras_history.operation.name for tensor in reading.model.inputs] == ["x", "row"]
    assert "inputs -6.55 to 6.2 and -2.42 to 2.68" in reading.told and "decides" not in reading.told
    made = inputs.made_up(resolve(Request(str(path)).model), reading, shape_of(reading.model), 300)
    for part, (low, high) in zip(rows.split(made.x, [(6, 4), (6, 4)]), reading.bounds, strict=True):
        assert low <= part.min() < 0.9 * low and 0.9 * high < part.max() <= high


def test_rows_of_all_give_what_the_interpreter_gives(tmp_path: Path) -> None:
    tensors = {name: Stored((1, 3)) for name in ("x", "row", "y", "z")}
    operators = [Op("SUB", ["x", "row"], "y", {}, "SubOptions"), Op("TANH", ["row"], "z")]
    reading = files.read(write(tmp_path / "net.tflite", tensors, operators, ["x", "row"], ["y", "z"]))
    x, row = np.random.default_rng(0).normal(size=(2, 5, 3)).astype(np.float32)
    wanted = np.concatenate([x - row, np.tanh(row)], axis=1)
    np.testing.assert_allclose(reading.outputs(rows.joined([x, row])), wanted, rtol=1e-5, atol=1e-6)
    ours = reading.model.predict([x, row], verbose=0)
    np.testing.assert_allclose(np.concatenate(ours, axis=1), wanted, rtol=1e-5, atol=1e-6)
