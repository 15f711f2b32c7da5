"""Networks that came quantised, taken to hardware: nothing of them is lost, and the report says so."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import yaml

from accel.flow import cosim, hls
from accel.flow.request import Request

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
