"""What is read of nextpnr's report, and which device it is asked for."""

from __future__ import annotations

from pathlib import Path

import pytest

from accel.synth import wheels
from accel.synth.nextpnr import Clock, Nextpnr, read


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


@pytest.mark.parametrize(
    ("part", "title"),
    [
        ("lfe5u-85f", "LFE5U-85F, speed grade 6"),
        ("LFE5U-25F-8MG285C", "LFE5U-25F, speed grade 8"),
        ("lfe5um5g-85f", "LFE5UM5G-85F, speed grade 8"),
    ],
)
def test_a_part_has_its_speed_grade(part: str, title: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wheels.Wheel, "require", lambda wheel: None)
    monkeypatch.setattr(wheels.Wheel, "version", "1.0")
    assert Nextpnr(tmp_path, part).title == f"nextpnr 1.0 on {title}"
