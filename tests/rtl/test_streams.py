"""Every module with stream ports alone: reset in the middle of a frame, idle input, stalled output, extreme values."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from accel.rtl.project import LIBRARY
from tests.rtl.simulate import LIB, simulate
from tests.rtl.stream_bench import run, schedule, transcript
from tests.rtl.stream_cases import CASES

pytestmark = pytest.mark.icarus

INSIDE = {
    "acc_axis_in": "axis",
    "acc_axis_out": "axis",
    "acc_recurrent_control": "acc_gru",
    "acc_mvau_control": "acc_mvau",
}
"""Modules that are driven as a part of another."""
BRANCHING = {"acc_fork", "acc_merge", "acc_beside", "acc_append", "acc_repeat"}
"""Modules of forks and joins, which tests/rtl/test_join_modules.py drives."""

TRACE = """module tb (input clk);
  reg [2:0] drive [0:199];
  integer t = 0;
  initial $readmemb("drive.mem", drive);
  acc_stream_trace #(.Width(10), .File("tap.beats")) tap (.clk_i(clk), .rst_ni(drive[t][2]), .valid_i(drive[t][1]),
    .ready_i(drive[t][0]), .data_i(t[9:0]));
  always @(posedge clk) begin t <= t + 1; if (t == 199) $finish; end
endmodule
"""


@pytest.mark.parametrize("name", CASES)
def test_every_cycle_equals_the_timing_model_and_every_beat_golden(name: str, tmp_path: Path):
    case = CASES[name]
    drive = schedule(case)
    got, expected = run(case, drive, tmp_path), transcript(case, drive)
    wrong = next((pair for pair in zip(got, expected, strict=False) if pair[0] != pair[1]), None)
    assert wrong is None, f"{name}: got '{wrong[0]}', expected '{wrong[1]}' (cycle, ready and valid, data)"
    assert len(got) == len(expected)
    assert len({line.split()[2] for line in expected}) > 5, f"hardly an output of {name}: nothing is shown"


def test_every_stream_module_has_a_case():
    ports = r"\b(in_ready_o|[sm]_axis_tready)\b"
    modules = [name for name in LIBRARY if re.search(ports, (LIB / f"{name}.sv").read_text())]
    there = {name.split("-")[0] for name in CASES}
    assert {INSIDE.get(module, module) for module in modules if module not in BRANCHING} == there


@pytest.mark.parametrize("depth", [2, 3, 5])
def test_a_fifo_whose_output_stalls_takes_as_many_beats_as_it_is_deep(depth: int, tmp_path: Path):
    drive = np.tile([True, True, False], (20, 1))
    drive[:2, 0] = False
    lines = run(CASES[f"acc_fifo-{depth}"], drive, tmp_path)
    assert [line.split()[1][0] for line in lines] == ["1"] * depth + ["0"] * (18 - depth)


def test_a_trace_has_one_line_for_each_beat_transferred(tmp_path: Path):
    drive = np.random.default_rng(1).integers(0, 2, (200, 3)).astype(bool)
    (tmp_path / "drive.mem").write_text("".join("".join("01"[bit] for bit in row) + "\n" for row in drive.astype(int)))
    simulate("icarus", ["acc_stream_trace"], TRACE, tmp_path)
    lines = (tmp_path / "tap.beats").read_text().splitlines()
    assert lines == [f"{t:03x}" for t in np.flatnonzero(drive.all(axis=1))]
