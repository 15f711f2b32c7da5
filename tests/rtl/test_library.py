"""Every module of the library alone, with its defaults: linted, elaborated and read by three tools; and none takes
illegal parameters.
"""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from accel.errors import AccelError
from accel.rtl.project import LIBRARY, library
from accel.sim import tools
from accel.synth.yosys import run_yosys
from tests.rtl.simulate import LIB, lint

PACKAGE = "acc_pkg"
MODULES = tuple(name for name in LIBRARY if name != PACKAGE)
SIMULATED_ONLY = {"acc_stream_trace"}  # not there where SYNTHESIS is defined, as in Yosys

ILLEGAL = {
    "acc_mvau": (
        {"Reuse": 3},
        {"Reuse": 16},
        {"Lanes": 6, "Reuse": 9},
        {"Outputs": 3, "Reuse": 8},
        {"Parts": 2},
        {"Blocks": 2, "Beats": 2},
        {"Blocks": 2, "Outputs": 3},
        {"Blocks": 2, "Together": 4},
    ),
    "acc_window": ({"PadTop": 3}, {"PadLeft": 3}, {"Height": 1}),
    "acc_pool": ({"Mean": 1, "PoolWidth": 3}, {"PoolHeight": 6}, {"PoolWidth": 8}),
    "acc_pad": ({"Top": 3}, {"Left": 3}, {"Height": 0}),
    "acc_crop": ({"Top": 3}, {"Left": 3}, {"OutWidth": 0}),
    "acc_upsample": ({"Width": 0}, {"Rows": 0}, {"Columns": 0}),
    "acc_reduce": ({"Taps": 0}, {"Channels": 0}),
    "acc_divide": ({"Divisor": 1}, {"Smallest": 10}, {"Frame": 0}, {"Cycles": 0}, {"Lanes": 0}),
    "acc_softmax": (
        {"ExpEntries": 12},
        {"InvEntries": 12},
        {"ExpEntries": 256},
        {"InvEntries": 2048},
        {"InvWords": 3},
        {"Stable": 0},
    ),
    "acc_requant": ({"Rounding": 7}, {"Overflow": 4}),
    "acc_repack": ({"InBits": 8, "Split": 3},),
    "acc_piecewise": ({"Lanes": 0}, {"Pieces": 1}, {"Beats": 0}),
    "acc_reverse": ({"Beats": 0}, {"Width": 0}),
    "acc_permute": ({"Words": 5}, {"Width": 0}, {"Words": 2, "Sizes": "64'h0000000100000002"}),
    "acc_lut_read": ({"Offset": 2000}, {"TableSize": 0}, {"ScaleLog2": 40}),
    "acc_lut": ({"Lanes": 0},),
    "acc_curve": ({"Lanes": 0},),
    "acc_softmax_legacy": ({"ExpEntries": 12}, {"InvEntries": 12}),
    "acc_table": ({"TableSize": 1000},),
    "acc_ring": ({"Turn": 3}, {"Shift": 3}),
    "acc_recurrent_sums": ({"Fold": 3}, {"Rounds": 5}),
    "acc_collect": ({"Count": 0},),
    "acc_fifo": ({"Depth": 1}, {"Width": 0}),
    "acc_fork": ({"Ways": 1},),
    "acc_merge": ({"Operation": 6}, {"ALanes": 2}, {"BLanes": 3}),
    "acc_beside": ({"ALanes": 0},),
    "acc_append": ({"ABeats": 0}, {"BBeats": 0}),
    "acc_repeat": ({"Times": 1}, {"Words": 0}),
    "acc_adder_tree": ({"Terms": 0},),
    "acc_max_tree": ({"Terms": 0},),
    "acc_axis_in": ({"Width": 9},),
    "acc_axis_out": ({"Width": 9},),
}
CASES = [(module, parameters) for module, sets in ILLEGAL.items() for parameters in sets]


def others(module: str) -> tuple[str, ...]:
    """What ``module`` may use: the library before it, without the package."""
    return MODULES[: MODULES.index(module)]


def icarus(module: str, folder: Path, parameters: dict[str, int] | None = None) -> subprocess.CompletedProcess[str]:
    """Elaborate ``module`` with nothing but the library before it, and start the simulation."""
    given = [f"-P{module}.{name}={value}" for name, value in (parameters or {}).items()]
    sources = [str(LIB / f"{name}.sv") for name in (PACKAGE, *others(module), module)]
    built = folder / "alone.vvp"
    tools.run([str(tools.icarus().path), "-g2012", "-s", module, *given, "-o", str(built), *sources], folder, module)
    return subprocess.run(
        ["vvp", "-n", built.name],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )


@pytest.mark.parametrize("module", MODULES)
def test_verilator_lints_it_without_a_warning(module: str):
    lint(module, others(module))


@pytest.mark.icarus
@pytest.mark.parametrize("module", MODULES)
def test_icarus_elaborates_it(module: str, tmp_path: Path):
    done = icarus(module, tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert "FATAL" not in done.stdout


def test_yosys_reads_all(tmp_path: Path):
    texts = library()
    for name, text in texts.items():
        (tmp_path / name).write_text(text)
    steps = [f"read_verilog -sv {' '.join(texts)}", "design -save library"]
    expected = [name for name in MODULES if name not in SIMULATED_ONLY]
    for module in expected:
        steps += [
            "design -load library",
            f"hierarchy -check -top {module}",
            "proc",
            "check -assert",
            f"log clean: {module}",
        ]
    try:
        log = run_yosys("; ".join(steps), tmp_path, "reading the library")
    except AccelError:
        log = (tmp_path / "yosys.log").read_text()
    clean = [line.removeprefix("clean: ") for line in log.splitlines() if line.startswith("clean: ")]
    failed = next((module for module in expected if module not in clean), None)
    assert failed is None, f"Yosys stops at {failed}: {log[-1000:]}"
    assert "Warning" not in log


@pytest.mark.icarus
@pytest.mark.parametrize(("module", "parameters"), CASES, ids=str)
def test_illegal_parameters_end_the_simulation(module: str, parameters: dict[str, int], tmp_path: Path):
    done = icarus(module, tmp_path, parameters)
    assert done.returncode == 1
    assert f": {module}: " in done.stdout, "stopped, but not with the module's own words"
    assert "FATAL" in done.stdout
