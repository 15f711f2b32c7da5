"""What the terminal says of a report."""

from __future__ import annotations

from dataclasses import replace

import pytest

from accel.cli import show
from accel.report import ClockRow, Clocks
from accel.report.write import markdown
from tests.report.test_write import REPORT


@pytest.mark.parametrize(("mhz", "verdict"), [(200.0, "confirms"), (199.9, "does NOT confirm")])
def test_clocks_are_shown_with_what_limits_them(mhz, verdict, capfd):
    rows = ClockRow("conv1", "acc_mvau", 230.0, "a > b"), ClockRow("pool1", "acc_pool", mhz, "c > LUT4 > d")
    report = replace(REPORT, clocks=Clocks("nextpnr", rows))
    show.clocks(report)
    lines = capfd.readouterr().out.splitlines()
    assert lines[2].split() == ["pool1", "acc_pool", f"{mhz}", "c", ">", "LUT4", ">", "d"]
    assert lines[3] == f"nextpnr {verdict} 200 MHz: 'pool1' has {mhz} MHz"
    text = markdown(report)
    assert f"nextpnr, each module alone, {verdict} it: {mhz} MHz, limited by pool1" in text
    assert f"takes {1e6 * mhz / 784:,.0f} frames per second" in text and "No tool" not in text


def test_a_module_that_was_not_placed_confirms_nothing(capfd):
    rows = ClockRow("conv1", "acc_mvau", 230.0, "a > b"), ClockRow("gru", "acc_gru", None, "no BELs remaining")
    report = replace(REPORT, clocks=Clocks("nextpnr", rows))
    show.clocks(report)
    assert capfd.readouterr().out.splitlines()[3] == "nextpnr does NOT confirm 200 MHz: 'gru' is not placed"
    assert "No tool has confirmed this clock: gru could not be placed." in markdown(report)


def test_a_report_says_that_nothing_was_confirmed():
    assert "No tool has confirmed this clock: `make fmax` asks nextpnr" in markdown(REPORT)
