"""Networks of Keras 2 all the way to hardware."""

from __future__ import annotations

from pathlib import Path

import pytest

from accel.flow import cosim
from accel.flow.request import Request

FOLDER = Path(__file__).parents[1] / "intake" / "old_keras"


@pytest.mark.parametrize("name", ["keras2_15_0_small.h5", "keras2_3_1_split.json"])
def test_the_hardware_equals_the_c_simulation(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fast_simulator: str
) -> None:
    monkeypatch.chdir(tmp_path)
    outcome = cosim.run(Request(str(FOLDER / name)), fast_simulator, frames=4)
    assert outcome.passed and outcome.report.timed
    assert [found.result.mismatches for found in outcome.report.simulations] == [0]
    assert "translated to Keras 3" in outcome.report.notes[0]
    assert all(row.agreement == 1 for row in outcome.report.comparisons)
