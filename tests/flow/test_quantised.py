"""Networks that came quantised, taken to hardware: nothing of them is lost, and the report says so."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import yaml

from accel.flow import cosim, hls
from accel.flow.request import Request
from tests.intake.onnx.files import node, save

INTAKE = Path(__file__).parents[1] / "intake"
QKERAS = INTAKE / "qkeras"
FILES = (QKERAS / "binary.h5", INTAKE / "hgq" / "dense.keras", INTAKE / "qonnx" / "shifts.onnx")


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_the_hardware_equals_the_quantised_model(file: Path) -> None:
    outcome = cosim.run(Request(str(file)))
    report = outcome.report
    assert outcome.passed and report.simulations[0].result.mismatches == 0
    assert report.exactness.differences == 0 and report.exactness.values > 1000
    assert report.exactness.through == report.layers[-1].name
    assert [row.max_error for row in report.comparisons] == [0.0] * len(report.comparisons)
    told = (outcome.folder / "report.md").read_text()
    assert "**0 differences to the quantised model in " in told
    assert json.loads((outcome.folder / "report.json").read_text())["exactness"]["differences"] == 0


def test_tables_and_scales_are_told_apart_from_quantisers() -> None:
    found = hls.run(Request(str(QKERAS / "dense.h5"))).report.exactness
    assert (found.differences, found.through, found.between) == (0, "fc3", ())
    found = hls.run(Request(str(QKERAS / "normalised.h5"))).report.exactness
    assert (found.differences, found.through, found.between) == (0, "last", ("norm", "last_alpha"))


def test_a_sum_of_branches_loses_nothing(tmp_path: Path) -> None:
    """One of fine steps and one of large numbers, together more than the 16 bits that an unknown tensor gets."""
    quant = {"domain": "qonnx.custom_op.general", "signed": 1, "narrow": 0, "rounding_mode": "ROUND"}
    scales = {"fine": 2.0**-10, "large": 8.0, "input": 2.0**-7}
    constants = {name: np.float32(scale) for name, scale in scales.items()}
    constants |= {"zero": np.float32(0), "bits": np.float32(8), "many": np.float32(26)}
    rng = np.random.default_rng(0)
    constants |= {
        "a": rng.integers(-9, 10, (4, 4)) / np.float32(64),
        "b": rng.integers(-99, 100, (4, 4)) * np.float32(16),
    }
    nodes = [
        node("Quant", "x input zero bits", "given", **quant),
        node("MatMul", "given a", "first"),
        node("Quant", "first fine zero bits", "small", **quant),
        node("MatMul", "given b", "second"),
        node("Quant", "second large zero bits", "great", **quant),
        node("Add", "small great", "sum"),
        node("Quant", "sum fine zero many", "y", **quant),
        node("Quant", "sum large zero bits", "z", **quant),
    ]
    stored = {name: np.float32(array) for name, array in constants.items()}
    path = save(tmp_path / "branches.onnx", ("n", 4), nodes, stored, outputs="y z")
    report = hls.run(Request(str(path))).report
    types = {row.name: row.output_type for row in report.layers}
    assert types["the_sum"] == "fixed<22,12>"
    assert (report.exactness.differences, report.exactness.between) == (0, ()) and report.exactness.values > 500


def test_a_type_of_the_designs_own_goes_first_and_is_told(tmp_path: Path) -> None:
    design = tmp_path / "own.yaml"
    design.write_text(yaml.safe_dump({"layers": {"relu1": {"precision": {"result": "ufixed<3,0>"}}}}))
    report = hls.run(Request(str(QKERAS / "dense.h5"), design=str(design))).report
    assert {row.name: row.output_type for row in report.layers}["relu1"] == "ufixed<3,0>"
    assert report.exactness.differences > 100 and report.exactness.first.startswith("layer relu1, frame 0")
    assert report.exactness.replaced == ("relu1.result",)
    assert "types of the design's own: relu1.result" in str(report.exactness)


def test_a_float_network_has_no_quantised_model(tmp_path: Path) -> None:
    import keras

    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(2)])
    model.save(tmp_path / "net.keras")
    np.save(tmp_path / "x.npy", np.random.default_rng(0).normal(size=(32, 4)))
    assert hls.run(Request(str(tmp_path / "net.keras"))).report.exactness is None
