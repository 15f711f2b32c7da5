"""What one command found of a design's files is in the reports of the others, as long as the files are the same."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from accel.flow import memo
from accel.report import Report, Resource, SynthesisRow
from tests.report.test_write import REPORT

PLAN = (Resource("DSP", 3, 220, "plan"), Resource("BRAM36", 1, 140, "plan"))
YOSYS = (Resource("LUT", 900, 53_200, "Yosys"), Resource("DSP", 3, 220, "Yosys"))
PLANNED = replace(REPORT, resources=PLAN, simulations=(), comparisons=(), notes=("as it was read",), stimulus="")
SIMULATED = replace(REPORT, resources=PLAN, notes=("as it was read", "every layer agrees"), stimulus="noise")
SYNTHESISED = replace(
    PLANNED,
    resources=PLAN + YOSYS,
    synthesis=(SynthesisRow("sum", 880, 710, 3, 1, 900, 700, 3, 1),),
    smallest_part="xc7a35t",
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A design's folder."""
    for name in ("rtl", "hls"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "file").write_text(name)
    return tmp_path


@pytest.mark.parametrize("order", [(SIMULATED, SYNTHESISED), (SYNTHESISED, SIMULATED)])
def test_a_simulation_and_a_synthesis_are_kept_together(folder: Path, order: tuple[Report, Report]) -> None:
    for report in order:
        joined = memo.joined(folder, report)
    assert joined.simulations == SIMULATED.simulations != ()
    assert joined.comparisons == SIMULATED.comparisons
    assert joined.notes == SIMULATED.notes
    assert joined.synthesis == SYNTHESISED.synthesis
    assert joined.resources == PLAN + YOSYS
    assert joined.smallest_part == "xc7a35t"
    assert memo.joined(folder, PLANNED) == joined


def test_what_was_found_anew_replaces_what_was_known(folder: Path) -> None:
    memo.joined(folder, SYNTHESISED)
    flat = replace(SYNTHESISED, synthesis=(SynthesisRow("in one run", 880, 710, 3, 1, 800, 600, 3, 1),))
    assert memo.joined(folder, flat) == flat


@pytest.mark.parametrize("changed", ["rtl", "hls"])
def test_nothing_is_known_of_other_files(folder: Path, changed: str) -> None:
    memo.joined(folder, SIMULATED)
    (folder / changed / "file").write_text("another")
    assert memo.joined(folder, PLANNED) == PLANNED
