"""What is read of nextpnr's report, and which device it is asked for."""

from __future__ import annotations

import json
import re
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from accel.fixed import Fixed
from accel.rtl.layers.base import Stream, buffer
from accel.synth import netlist, nextpnr, wheels
from accel.synth.nextpnr import Clock, Nextpnr, read


@pytest.fixture(autouse=True)
def installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if version 1.0 of each wheel were there."""
    monkeypatch.setattr(wheels.Wheel, "require", lambda wheel: None)
    monkeypatch.setattr(wheels.Wheel, "version", "1.0")


def step(kind: str, cell: str) -> dict[str, object]:
    return {"type": kind, "delay": 1.0, "from": {"cell": cell}, "to": {"cell": cell}}


def test_the_limiting_path_is_told_by_signals_and_cells() -> None:
    inside = "u_dut.u_conv1."
    path = [
        step("clk-to-q", f"{inside}word_q_TRELLIS_FF_Q_4"),
        step("routing", f"{inside}product_q_TRELLIS_FF_Q_DI_LUT4_Z_1"),
        step("routing", f"{inside}product_q_TRELLIS_FF_Q_DI_LUT4_Z"),
        step("routing", f"{inside}product_q_TRELLIS_FF_Q_DI_MULT18X18D_P0"),
        step("logic", f"{inside}product_q_TRELLIS_FF_Q_DI_MULT18X18D_P0"),
        step("routing", f"{inside}product_q_TRELLIS_FF_Q_24"),
    ]
    other = [step("routing", "in_i$tr_io")]
    report = {
        "fmax": {"$glbnet$clk": {"achieved": 131.147, "constraint": 100}},
        "critical_paths": [
            {"from": "<async>", "to": "posedge $glbnet$clk", "path": other},
            {"from": "posedge $glbnet$clk", "to": "posedge $glbnet$clk", "path": path},
        ],
    }
    assert read(report, "conv1") == Clock(131.1, "word_q > LUT4 > MULT18X18D > product_q")
    path[-2:] = []
    assert read(report, "conv1") == Clock(131.1, "word_q > LUT4 > MULT18X18D > product_q")


@pytest.mark.parametrize(
    ("part", "title"),
    [
        ("lfe5u-85f", "LFE5U-85F, speed grade 6"),
        ("LFE5U-25F-8MG285C", "LFE5U-25F, speed grade 8"),
        ("lfe5um5g-85f", "LFE5UM5G-85F, speed grade 8"),
    ],
)
def test_a_part_has_its_speed_grade(part: str, title: str, tmp_path: Path) -> None:
    assert Nextpnr(tmp_path, part).title == f"nextpnr 1.0 on {title}"


ENDLESS = -1.0
ALL = ["static 1", "heap 5", "static 3", "heap 4"]


def routing(mhz: float | None, arguments: tuple[str, ...], folder: Path) -> subprocess.CompletedProcess[str]:
    """A run of nextpnr that reaches a clock, or fails, or does not end."""
    if mhz == ENDLESS:
        return subprocess.CompletedProcess(arguments, -signal.SIGXCPU, "", "")
    if mhz is None:
        return subprocess.CompletedProcess(arguments, 1, "", "ERROR: no room")
    clock = {"achieved": mhz, "constraint": 100}
    path = {"from": "posedge clk", "to": "posedge clk", "path": [step("routing", "a_q"), step("routing", "b_q")]}
    (folder / "report.json").write_text(json.dumps({"fmax": {"clk": clock}, "critical_paths": [path]}))
    return subprocess.CompletedProcess(arguments, 0, "", "")


def making(multipliers: int, memories: int = 0) -> Callable[[str, Path, str], None]:
    """A run of Yosys that makes a netlist with so many multipliers and block RAMs."""

    def run(script: str, folder: Path, what: str) -> None:
        kinds = ["MULT18X18D"] * multipliers + ["DP16KD", "PDPW16KD"] * (memories // 2) + ["DP16KD"] * (memories % 2)
        cells = {f"a{number}": {"type": kind, "connections": {}} for number, kind in enumerate(kinds)}
        (folder / "pins.json").write_text(
            json.dumps({"modules": {"MULT18X18D": {}, "pins": {"ports": {}, "cells": cells}}})
        )

    return run


@pytest.mark.parametrize(
    ("reached", "best", "routed"),
    [
        ({"static 1": 104.0}, 104.0, ["static 1"]),
        ({"static 1": 70.0}, 70.0, ["static 1"]),
        ({"static 1": None}, None, ["static 1"]),
        ({"static 1": 79.0, "heap 5": 101.0}, 101.0, ["static 1", "heap 5"]),
        ({"static 1": ENDLESS, "heap 5": 101.0}, 101.0, ["static 1", "heap 5"]),
        (dict.fromkeys(ALL, ENDLESS), None, ALL),
        (
            {"static 1": 96.0, "heap 5": 94.0, "static 3": 97.0, "heap 4": 95.0},
            97.0,
            ALL,
        ),
        ({"static 1": 94.0, "heap 5": None, "static 3": 100.0}, 100.0, ["static 1", "heap 5", "static 3"]),
    ],
)
def test_the_most_promising_placements_of_a_module_that_nearly_has_its_clock_are_routed(
    reached: dict[str, float | None],
    best: float | None,
    routed: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    promised = {"heap 5": 90.0, "static 3": 85.5, "heap 4": 85.25}
    estimated, done = [], []

    def run(
        wheel: wheels.Wheel, arguments: tuple[str, ...], folder: Path, seconds: int
    ) -> subprocess.CompletedProcess[str]:
        which = f"{arguments[arguments.index('--placer') + 1]} {arguments[arguments.index('--seed') + 1]}"
        if "--no-route" in arguments:
            estimated.append(which)
            line = (
                f"Info: Max frequency for clock '$glbnet$clk': {promised.get(which, 80.0)} MHz (FAIL at 100.00 MHz)\n"
            )
            return subprocess.CompletedProcess(arguments, 0, "", "ERROR: no room" if which == "heap 8" else line)
        done.append(which)
        return routing(reached[which], arguments, folder)

    monkeypatch.setattr(wheels.Wheel, "run", run)
    monkeypatch.setattr(netlist, "run_yosys", making(nextpnr.FEW))
    source = Stream(1, Fixed(8, 4), 5)
    instance = buffer("wait", source)
    tool = Nextpnr(tmp_path, "lfe5u-85f")
    assert tool.clock(instance, [source], 100.0).mhz == best
    assert done == routed
    others = [f"static {seed}" for seed in range(2, 9)] + [f"heap {seed}" for seed in range(1, 9)]
    assert estimated == (others if len(routed) > 1 else [])
    assert tool.clock(instance, [source], 100.0).mhz == best
    assert done == routed


def test_many_multipliers_are_placed_by_the_static_placer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    placed: list[tuple[str, bool]] = []

    def run(
        wheel: wheels.Wheel, arguments: tuple[str, ...], folder: Path, seconds: int
    ) -> subprocess.CompletedProcess[str]:
        placed.append((arguments[arguments.index("--placer") + 1], "--no-route" in arguments))
        return routing(90.0, arguments, folder)

    monkeypatch.setattr(wheels.Wheel, "run", run)
    monkeypatch.setattr(netlist, "run_yosys", making(nextpnr.FEW + 1))
    source = Stream(1, Fixed(8, 4), 5)
    assert Nextpnr(tmp_path, "lfe5u-85f").clock(buffer("wait", source), [source], 100.0).mhz == 90.0
    assert placed == [("static", False), *[("static", True)] * 15, *[("static", False)] * 3]


@pytest.mark.parametrize(
    ("taken", "said"),
    [
        ((157, 208), "takes 157 of 156 multipliers"),
        ((156, 209), "takes 209 of 208 block RAMs"),
        ((200, 300), "takes 200 of 156 multipliers and takes 300 of 208 block RAMs"),
    ],
)
def test_what_the_part_has_too_few_blocks_for_is_not_placed(
    taken: tuple[int, int], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(netlist, "run_yosys", making(*taken))
    for lanes in (1, 2):  # of two, one takes as many
        source = Stream(lanes, Fixed(8, 4), 5)
        found = Nextpnr(tmp_path, "lfe5u-85f").clock(buffer("wait", source), [source], 90.0)
        assert found == Clock(None, said)


@pytest.mark.parametrize(
    ("mhz", "said"), [(101.0, "; what makes 3 of its outputs has 101.0 MHz: a_q > memory > b_q"), (None, "")]
)
def test_as_many_outputs_as_the_part_has_room_for_are_placed(
    mhz: float | None, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = Stream(4, Fixed(8, 4), 5)

    def run(script: str, folder: Path, what: str) -> None:
        (bits,) = re.findall(r"output logic \[(\d+):0\] out_data_o", (folder / "dut.sv").read_text())
        making(52 * (int(bits) + 1) // source.type.width)(script, folder, what)

    monkeypatch.setattr(netlist, "run_yosys", run)
    monkeypatch.setattr(wheels.Wheel, "run", lambda wheel, arguments, folder, seconds: routing(mhz, arguments, folder))
    found = Nextpnr(tmp_path, "lfe5u-85f").clock(buffer("wait", source), [source], 100.0)
    assert found == Clock(None, f"takes 208 of 156 multipliers{said}")
