"""The three shipped models, whole: bit for bit on both simulators, in the predicted cycles, as good as in floating
point.
"""

from __future__ import annotations

import pytest

from accel.data import datasets
from accel.flow import cosim
from accel.flow.request import Request
from accel.sim import tools

pytestmark = pytest.mark.long
MODELS = {"crnn": "emodb", "crnn_raw": "fsdd", "lenet": "mnist"}


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A folder for the designs of this module."""
    return tmp_path_factory.mktemp("shipped")


@pytest.fixture(scope="module", params=MODELS)
def verified(request, place):
    """The model's name and what its co-simulation with Verilator found."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(place)
        return request.param, cosim.run(Request(request.param))


def test_64_frames_with_verilator(verified):
    _, outcome = verified
    (run,) = outcome.report.simulations
    assert outcome.passed and outcome.report.timed
    assert run.result.simulator == tools.VERILATOR and run.result.frames >= 64 and run.result.mismatches == 0


@pytest.mark.icarus
def test_4_frames_with_icarus(verified, place, monkeypatch):
    monkeypatch.chdir(place)
    outcome = cosim.run(Request(verified[0]), tools.ICARUS)
    (run,) = outcome.report.simulations
    assert outcome.passed and outcome.report.timed
    assert run.result.simulator == tools.ICARUS and run.result.frames >= 4 and run.result.mismatches == 0


def test_decides_as_in_floating_point(verified):
    name, outcome = verified
    report = outcome.report
    rows = {row.name: row for row in report.comparisons}
    assert set(rows) == {"C simulation", "integer model", "RTL"}
    assert all(row.agreement >= 0.99 for row in rows.values())
    measured = datasets.find(MODELS[name]) is not None
    assert (report.float_accuracy is not None) == measured
    if measured:
        assert rows["integer model"].accuracy >= report.float_accuracy - 0.01


def test_fits_its_part(verified):
    name, outcome = verified
    assert outcome.report.settings.part.startswith("xczu7ev" if name == "lenet" else "xc7z020")
    assert all(resource.fits for resource in outcome.report.resources)


@pytest.mark.parametrize("verified", ["lenet"], indirect=True)
def test_lenet_takes_a_pixel_per_clock(verified):
    _, outcome = verified
    assert outcome.report.simulations[0].result.ii == 28 * 28


def test_frames_follow_at_the_pace_of_the_slowest_layer(verified):
    _, outcome = verified
    slowest = max(row.cycles for row in outcome.report.layers if row.cycles is not None)
    assert outcome.report.simulations[0].result.ii == slowest
