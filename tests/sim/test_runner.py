"""cocotb on both simulators: green when right; red, and saying why, when anything is wrong."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from accel.errors import AccelError
from accel.rtl.interface import FILE
from accel.sim.result import Kind, Mismatch
from accel.sim.runner import cosimulate

ROOT = Path(__file__).parents[2]
ONE = {"patterns": 0, "reset": 0}  # only back_to_back
STALLED = {"back_to_back": 0, "reset": 0, "idle": ("none",), "backpressure": ("alternate",)}


def test_right_and_timed(toy, simulator: str) -> None:
    design = toy()
    result = cosimulate(design.rtl, design.inputs, design.expected, simulator, back_to_back=6)
    assert result.passed and result.tests == 18
    assert (result.frames, result.different) == (6 + 16 * 2 + 1, 6)
    assert (result.latency, result.ii) == (9, 8)
    wrong = design.expected.copy()
    wrong[0, 2, 1] ^= 1
    result = cosimulate(design.rtl, design.inputs, wrong, simulator, **ONE)
    assert result.mismatches == 1
    assert result.first == Mismatch("output", 0, 2, 1, wrong[0, 2, 1], design.expected[0, 2, 1])
    (build,) = (design.folder.parent / "sim").glob("[!.]*")
    assert (build / "run" / "sim.log").is_file()


def test_python_sleeps_while_nothing_moves(toy, fast_simulator: str) -> None:
    """Wake-ups follow the beats: at most three for each of the 12 in a frame."""
    design = toy(frames=40)
    result = cosimulate(design.rtl, design.inputs, design.expected, fast_simulator, back_to_back=40, **ONE)
    assert result.wakeups <= 3 * 12 * 40


@pytest.mark.parametrize(
    ("fault", "plan", "place"),
    [
        (1, ONE, (0, 1, 0, Kind.VALUE)),
        (2, ONE, (0, 0, 0, Kind.VALUE)),
        (3, STALLED, (0, 0, None, Kind.UNSTABLE)),
        (4, ONE, (0, 2, None, Kind.LAST)),
        (6, ONE, (1, 3, 1, Kind.VALUE)),
        (8, {"back_to_back": 0, "patterns": 0}, (0, 1, None, Kind.LAST)),
        pytest.param(5, ONE, (0, 2, None, Kind.UNKNOWN), marks=pytest.mark.icarus),
    ],
)
def test_fault_is_placed(toy, fast_simulator: str, fault: int, plan: dict, place: tuple) -> None:
    design = toy(fault)
    first = cosimulate(design.rtl, design.inputs, design.expected, fast_simulator, **plan).first
    assert (first.frame, first.beat, first.lane, first.kind) == place


def test_no_tests_is_red(toy, fast_simulator: str) -> None:
    design = toy()
    with pytest.raises(AccelError, match="not one test ran"):
        cosimulate(design.rtl, design.inputs, design.expected, fast_simulator, back_to_back=0, **ONE)
    with pytest.raises(AccelError, match="not one test ran"):
        cosimulate(design.rtl, design.inputs, design.expected, fast_simulator, tests="testbench.streams")


def test_wrong_prediction_is_red(toy, fast_simulator: str) -> None:
    design = toy()
    for field, message in (("latency", "latency is 9 cycles, predicted 10"), ("ii", "II is 8 cycles, predicted 9")):
        fields = json.loads(design.interface.to_json())
        fields[field] += 1
        (design.folder / FILE).write_text(json.dumps(fields))
        with pytest.raises(AccelError, match=message):
            cosimulate(design.rtl, design.inputs, design.expected, fast_simulator, **ONE)
    assert cosimulate(design.rtl, design.inputs, design.expected, fast_simulator, timing=False, **ONE).passed


def test_stopped_simulation_is_red(toy, simulator: str) -> None:
    design = toy()
    source = design.folder / "toy.sv"
    stop = 'always @(posedge clk_i) if (count_q == 5) $fatal(1, "count is five");\nendmodule'
    source.write_text(source.read_text().replace("endmodule", stop))
    with pytest.raises(AccelError, match="(?s)1 of 1 tests failed: .*ended prematurely.*count is five"):
        cosimulate(design.rtl, design.inputs, design.expected, simulator, **ONE)


def test_stuck_design_is_red(toy, fast_simulator: str) -> None:
    design = toy()
    source = design.folder / "toy.sv"
    source.write_text(source.read_text().replace("pair_valid_q <= add_valid_q &&", "pair_valid_q <= 1'b0 &&"))
    result = cosimulate(design.rtl, design.inputs, design.expected, fast_simulator, **ONE)
    assert result.first.kind is Kind.MISSING and result.mismatches == 16


def test_changed_memory_is_never_stale(toy, fast_simulator: str) -> None:
    design = toy()
    assert cosimulate(design.rtl, design.inputs, design.expected, fast_simulator, **ONE).passed
    memory = design.folder / "toy.mem"
    memory.write_text(memory.read_text().replace("064", "065"))
    assert not cosimulate(design.rtl, design.inputs, design.expected, fast_simulator, **ONE).passed
    assert cosimulate(design.rtl, design.inputs, design.expected + np.array([0, 0, 2]), fast_simulator, **ONE).passed


def test_other_port_names(toy, fast_simulator: str) -> None:
    """RTL as Vitis HLS names its ports, without TLAST."""
    design = toy()
    source = design.folder / "toy.sv"
    text = re.sub(r" *(input|output) +logic +\w_axis_tlast,?\n", "", source.read_text())
    text = text.replace("m_axis_tready,\n)", "m_axis_tready\n)").replace("  assign m_axis_tlast = pair_last_q;\n", "")
    names = {"clk_i": "ap_clk", "rst_ni": "ap_rst_n", "s_axis_": "input_1_", "m_axis_": "layer9_out_"}
    for old, new in {**names, "_tdata": "_TDATA", "_tvalid": "_TVALID", "_tready": "_TREADY"}.items():
        text = text.replace(old, new)
    source.write_text(text)
    fields = json.loads(design.interface.to_json())
    fields["ports"] = {"clock": "ap_clk", "reset": "ap_rst_n", "last": ""}
    fields["ports"] |= {signal: f"_T{signal.upper()}" for signal in ("data", "valid", "ready")}
    fields["inputs"][0]["prefix"], fields["outputs"][0]["prefix"] = "input_1", "layer9_out"
    (design.folder / FILE).write_text(json.dumps(fields))
    assert cosimulate(design.rtl, design.inputs, design.expected, fast_simulator, **ONE).passed


def test_waves(toy, simulator: str) -> None:
    design = toy()
    assert cosimulate(design.rtl, design.inputs, design.expected, simulator, waves=True, **ONE).passed
    run = next((design.folder.parent / "sim").glob("*/run"))
    wave = run / ("toy.fst" if simulator == "icarus" else "dump.vcd")
    assert wave.stat().st_size > 500


def test_too_few_frames(toy, fast_simulator: str) -> None:
    design = toy()
    with pytest.raises(AccelError, match="6 inputs and 6 outputs came; expected 7"):
        cosimulate(design.rtl, design.inputs, design.expected, fast_simulator, back_to_back=7)


def test_example_of_the_readme(toy, fast_simulator: str, tmp_path: Path) -> None:
    design = toy()
    text = (ROOT / "testbench" / "README.md").read_text()
    script, described = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    (tmp_path / "run.py").write_text(script)
    build = tmp_path / "build"
    for name, shift in (("right", 0), ("wrong", 1)):
        np.save(tmp_path / "inputs.npy", design.inputs)
        np.save(tmp_path / "expected.npy", design.expected + shift)
        command = ["run.py", "rtl", "inputs.npy", "expected.npy", fast_simulator, str(build)]
        done = subprocess.run(
            [sys.executable, *command], cwd=tmp_path, env=plain_environment(), capture_output=True, text=True
        )
        assert (done.returncode == 0) == (name == "right"), done.stdout + done.stderr
        results = json.loads((build / "results.json").read_text())
        assert len(results) == 18 and (results[0]["latency"], results[0]["ii"]) == (9, 8)
    assert "18 of 18 tests failed" in done.stderr
    command = [sys.executable, "-c", described]
    done = subprocess.run(command, env=plain_environment(), capture_output=True, text=True, check=True)
    assert json.loads(done.stdout)["top"] == "myproject"


def plain_environment() -> dict[str, str]:
    """This environment without pytest's own variable, which changes how cocotb's runner names its results."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTEST_CURRENT_TEST"}
    return {**kept, "PYTHONPATH": os.pathsep.join([str(ROOT), kept.get("PYTHONPATH", "")])}
