"""Both files of a report, what they say in good and bad news, and that they are never half written."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from accel.report import Comparison, LayerRow, Report, Resource, Settings, Simulation, Timing, Version
from accel.report.write import count, markdown, percent, table, write
from accel.sim.result import Mismatch, SimResult

GREEN = SimResult("verilator", 64, 0, None, 813, 784, 87_812, 2.2, 5)
RED = replace(GREEN, simulator="icarus", mismatches=2, first=Mismatch("gru", 0, 1, 2, 30, 40))
REPORT = Report(
    design="tiny",
    model="models/tiny",
    parameters=14_410,
    description="Two layers.",
    settings=Settings("xc7z020clg400-1", 5.0, "io_stream", "Resource", "auto", 1),
    layers=(
        LayerRow(
            "conv",
            "conv",
            (26, 26, 8),
            "fixed<16,3>",
            "fixed<16,1>",
            "fixed<38,8>",
            "fixed<16,6>",
            "2",
            36,
            0,
            36,
            1.5,
            1352,
        ),
        LayerRow("flatten", "reshape", (5408,), "fixed<16,6>", None, None, "fixed<16,6>", None),
    ),
    resources=(Resource("DSP", 36, 220, "plan"), Resource("BRAM36", 150.5, 140, "plan")),
    predicted=Timing(813, 784),
    stimulus="the test set of mnist, 2000 frames",
    simulations=(Simulation("cocotb", GREEN),),
    comparisons=(Comparison("C simulation", 64, 0.00185, 1.9, 0.0001, 0.99),),
    commands=("make cosim MODEL=tiny",),
    versions=(Version("verilator", "5.48.0"),),
)


def line(text: str, start: str) -> str:
    return next(row for row in text.splitlines() if row.startswith(start))


def test_good_news():
    text = markdown(REPORT)
    assert "**The RTL equals hls4ml's C simulation bit for bit, in exactly the predicted cycles.**" in text
    assert (
        line(text, "| verilator")
        == "| verilator | cocotb |     64 |               64 |          0 |     813 | 784 |     87,812 | 2.2 s |"
    )
    assert "latency 813 cycles (4.1 us), initiation interval 784 cycles (255,102 frames per second)." in text
    assert "    make cosim MODEL=tiny\n" in text
    assert "First mismatch" not in text


def test_bad_news():
    text = markdown(replace(REPORT, simulations=(Simulation("cocotb", GREEN), Simulation("cocotb", RED))))
    assert "**The RTL DIFFERS from hls4ml's C simulation.**" in text
    assert "First mismatch with icarus (cocotb): gru: frame 0, beat 1, lane 2: expected 30, got 40" in text


def test_other_cycles_than_predicted_are_not_praised():
    slow = replace(REPORT, simulations=(Simulation("cocotb", replace(GREEN, ii=785)),))
    assert not slow.timed and slow.exact
    assert "predicted cycles" not in markdown(slow)


def test_nothing_simulated():
    text = markdown(
        replace(REPORT, simulations=(), predicted=None, comparisons=(), resources=(), notes=("No RTL: because.",))
    )
    assert "**The RTL was not simulated.**" in text and "\nNo RTL: because.\n" in text
    assert "## Simulation" not in text and "## Resources" not in text and "Predicted" not in text


def test_resources_say_what_does_not_fit():
    text = markdown(REPORT)
    assert line(text, "| DSP").split("|")[2:6] == ["    36 ", "       220 ", "  16 % ", " yes  "]
    assert line(text, "| BRAM36").split("|")[2:6] == [" 150.5 ", "       140 ", " 108 % ", " NO   "]


def test_accuracy_without_data():
    text = markdown(REPORT)
    assert "Accuracy of the float model: not measured: no data set." in text
    assert line(text, "| C simulation").endswith("| 99.00 % | not measured: no data set |")
    measured = replace(REPORT, float_accuracy=0.994, comparisons=(replace(REPORT.comparisons[0], accuracy=0.5),))
    assert "Accuracy of the float model: 99.40 %." in markdown(measured) and "50.00 % |\n" in markdown(measured)


def test_tables_are_aligned():
    rows = [row for row in markdown(REPORT).splitlines() if row.startswith("| ")]
    assert rows and all(row.endswith(" |") for row in rows)
    assert table(("a", "n", "empty"), [("x", "1,000", None), ("longer", 7, None)]) == (
        "| a      |     n |\n|--------|------:|\n| x      | 1,000 |\n| longer |     7 |"
    )


def test_json_has_the_same_facts(tmp_path: Path):
    path = write(REPORT, tmp_path / "tiny")
    data = json.loads((tmp_path / "tiny" / "report.json").read_text())
    assert path.read_text() == markdown(REPORT)
    assert (data["exact"], data["timed"], data["predicted"]) == (True, True, {"latency": 813, "ii": 784})
    assert data["simulations"][0]["driver"] == "cocotb" and data["simulations"][0]["passed"]
    assert data["float_accuracy"] == data["comparisons"][0]["accuracy"] == "not measured: no data set"
    assert data["layers"][0]["shape"] == [26, 26, 8] and data["layers"][1]["multipliers"] is None


def test_written_whole_or_not_at_all(tmp_path: Path, monkeypatch):
    write(REPORT, tmp_path)
    before = (tmp_path / "report.json").read_text()

    def full(self: Path, text: str) -> None:
        self.touch()
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_text", full)
    with pytest.raises(OSError, match="No space left"):
        write(replace(REPORT, design="other"), tmp_path)
    assert sorted(file.name for file in tmp_path.iterdir()) == ["report.json", "report.md"]
    assert (tmp_path / "report.json").read_text() == before


def test_numbers():
    assert (count(1_234_567), count(2.5), count(3.0), count(None)) == ("1,234,567", "2.5", "3", None)
    assert (percent(0.12345), percent(None)) == ("12.35 %", "not measured: no data set")


def test_outputs_that_are_numbers_have_their_own_figures():
    row = Comparison("C simulation", 64, 0.00185, 1.9, 0.0001, 0.9, scores=(("CCC", 0.5), ("error", 0.1256789)))
    scores = ("CCC", 0.51), ("error", 0.125)
    report = replace(REPORT, decides=False, alike="near", comparisons=(row,), float_scores=scores)
    text = markdown(report)
    assert "CCC of the float model: 0.51.\nerror of the float model: 0.125.\n" in text
    assert line(text, "| C simulation").endswith("| 90.00 % | 0.5 | 0.1257 |") and "accuracy" not in text
    assert "90.00 % of the frames are near; expected at least 99.00 %" in text
    assert "*agree*: frames that are near." in text
    data = report.to_dict()
    assert data["float_scores"] == dict(scores) and data["comparisons"][0]["scores"] == dict(row.scores)
    unknown = replace(report, float_scores=(), comparisons=(replace(row, scores=()),))
    assert "How right the float model is was not measured: no data set." in markdown(unknown)
