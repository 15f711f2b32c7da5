"""What is known of a design: `report.json` for programs, `report.md` for people."""

from __future__ import annotations

from accel.report.clock import ClockRow, Clocks
from accel.report.exactness import Exactness
from accel.report.facts import (
    Comparison,
    LayerRow,
    Report,
    Settings,
    Simulation,
    Timing,
    Version,
)
from accel.report.size import Resource, SynthesisRow

__all__ = [
    "ClockRow",
    "Clocks",
    "Comparison",
    "Exactness",
    "LayerRow",
    "Report",
    "Resource",
    "Settings",
    "Simulation",
    "SynthesisRow",
    "Timing",
    "Version",
]
