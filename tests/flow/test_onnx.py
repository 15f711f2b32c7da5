"""Networks of PyTorch's exporters all the way to hardware."""

from __future__ import annotations

import pickle
from pathlib import Path

import numpy as np
import pytest

from accel.flow import conversion, cosim, evaluation
from accel.flow.prepared import Prepared
from accel.flow.request import Request
from accel.intake import files
from accel.progress import SILENT
from tests.intake.onnx.files import run

FOLDER = Path(__file__).parents[1] / "intake" / "exported"
CRNN = FOLDER / "crnn_script.onnx"


@pytest.mark.parametrize("name", ["crnn_program", "cnn_script", "backwards_script"])
def test_the_hardware_equals_the_c_simulation(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fast_simulator: str
) -> None:
    monkeypatch.chdir(tmp_path)
    outcome = cosim.run(Request(str(FOLDER / f"{name}.onnx")), fast_simulator, frames=4)
    assert outcome.passed and outcome.report.timed
    assert [found.result.mismatches for found in outcome.report.simulations] == [0]
    assert "equal to onnxruntime" in outcome.report.notes[0]
    assert all(row.agreement == 1 for row in outcome.report.comparisons)
    assert all(row.max_error < 0.02 for row in outcome.report.comparisons)


@pytest.mark.parametrize("as_the_file", [True, False])
def test_data_come_in_the_layout_of_the_file_or_of_the_network(
    as_the_file: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    own = np.random.default_rng(0).normal(size=(16, 1, 8, 16)).astype(np.float32)
    np.save("own.npy", own if as_the_file else own.transpose(0, 3, 2, 1))
    source, design = conversion.settled(Request(str(CRNN), data="own.npy"))
    reading = files.read(source.path)
    _, data = conversion.prepared(source, reading, design)
    np.testing.assert_allclose(reading.outputs(data.x), run(CRNN, own[1::2]), rtol=1e-4, atol=1e-5)


def test_a_search_measures_it_in_any_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    known = Prepared(Request(str(FOLDER / "cnn_program.onnx"), precision="auto<10>"), SILENT)
    task = pickle.loads(pickle.dumps(known.task))
    found = evaluation.measure(task, known.design)
    assert found == evaluation.measure(known.task, known.design)
    assert found.agreement > 0.9 and found.accuracy is None
    assert Prepared(known.request, SILENT).task.digest == task.digest == known.task.digest
