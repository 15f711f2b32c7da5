"""What a design takes of its part: counted, predicted, and synthesised."""

from __future__ import annotations

from dataclasses import dataclass

PREDICTED = "predicted"
"""The source of figures of a fitted model: they may be off, where others are counted."""


@dataclass(frozen=True)
class Resource:
    """What the design takes of one kind of the part's resources, and where the figure is from."""

    name: str
    used: float
    available: int
    source: str

    @property
    def fits(self) -> bool:
        """The part has as much."""
        return self.used <= self.available

    @property
    def told(self) -> str:
        """In words: `DSP 185 of 220`, or `LUT 28,898 of 53,200 (predicted)`."""
        figures = f"{self.name} {self.used:,g} of {self.available:,}"
        return f"{figures} ({PREDICTED})" if self.source == PREDICTED else figures


@dataclass(frozen=True)
class SynthesisRow:
    """What a synthesised layer, or the design, takes of a family's FPGA; `planned_` is what was counted and predicted,
    None where there is no model of the family's look-up tables and flip-flops.
    """

    name: str
    planned_lut: float | None
    planned_ff: float | None
    planned_dsp: float
    planned_bram: float
    lut: float
    ff: float
    dsp: float
    bram: float
