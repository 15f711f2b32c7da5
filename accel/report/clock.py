"""How fast a clock the design can have, as far as a tool has said."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ClockRow:
    """A module alone: its fastest clock in MHz and the path that limits it; None where it could not be placed, and
    why.
    """

    name: str
    module: str
    mhz: float | None
    limit: str


@dataclass(frozen=True)
class Clocks:
    """What ``tool`` says of all modules of a design, each placed and routed alone."""

    tool: str
    rows: tuple[ClockRow, ...]

    @property
    def slowest(self) -> ClockRow:
        """The module that limits the design: one that could not be placed, or the one with the slowest clock."""
        return min(self.rows, key=lambda row: row.mhz or 0)

    def confirms(self, mhz: float) -> bool:
        """Every module was placed, and none has a slower clock."""
        return (self.slowest.mhz or 0) >= mhz
