"""What a command made."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from accel.ir.graph import Graph
from accel.report import Report
from accel.report import write as report_files
from accel.sim.result import Mismatch


@dataclass(frozen=True, eq=False)
class Outcome:
    """The design's folder, its report, and where the hardware first differs, if it does.

    ``recalled``: nothing was run, as nothing has changed since the report was made.
    """

    folder: Path
    report: Report
    mismatch: Mismatch | None = None
    graph: Graph | None = field(default=None, repr=False)
    recalled: bool = False

    @property
    def passed(self) -> bool:
        """Whether everything that was simulated agrees."""
        return self.mismatch is None and all(simulation.result.passed for simulation in self.report.simulations)


def finished(folder: Path, report: Report) -> Outcome:
    """The outcome of a command that succeeded so far: its report is in the folder."""
    report_files.write(report, folder)
    return Outcome(folder, report)
