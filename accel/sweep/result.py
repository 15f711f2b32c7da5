"""What a search found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from accel.sweep.figures import Done, Figures


@dataclass(frozen=True)
class Score:
    """Fractions of frames decided rightly (None without labels) and as in floating point."""

    accuracy: float | None
    agreement: float


@dataclass(frozen=True)
class Checked:
    """A design whose RTL was simulated against its C simulation: ``frames``, wrong values, and measured cycles."""

    frames: int
    mismatches: int
    latency: int
    ii: int


@dataclass(frozen=True)
class Synthesised:
    """What Yosys made of a design."""

    lut: int
    ff: int
    dsp: float
    bram36: float


@dataclass(frozen=True)
class LayerShare:
    """One layer's part in a design: multipliers, block RAMs, look-up tables where known, cycles for a frame."""

    name: str
    dsp: float
    bram36: float
    lut: int | None
    cycles: int


@dataclass(frozen=True)
class Tensor:
    """What a layer puts out: the measured range and the least and greatest value of its type, ``text``."""

    name: str
    low: float
    high: float
    least: float
    greatest: float
    step: float
    text: str


@dataclass(frozen=True)
class Chosen:
    """A design of the front, called `name`: its figures on the validation split, its score on the test split."""

    name: str
    done: Done
    test: Score | None = None
    checked: Checked | None = None
    synthesised: Synthesised | None = None
    layers: tuple[LayerShare, ...] = ()
    tensors: tuple[Tensor, ...] = ()

    @property
    def figures(self) -> Figures:
        """Those of the point."""
        return self.done.figures


@dataclass(frozen=True)
class SweepResult:
    """A whole search. ``validation`` and ``test`` are the float model's own scores; ``origin`` says what was measured
    on; ``base`` are the figures of the design that the search began with.
    """

    model: str
    part: str
    clock_ns: float
    objectives: tuple[str, ...]
    origin: str
    validation: Score
    test: Score | None
    points: tuple[Done, ...]
    front: tuple[Chosen, ...]
    base: Chosen
    seconds: float
    commands: tuple[str, ...] = ()

    @property
    def failed(self) -> Sequence[Done]:
        """The points without figures."""
        return [point for point in self.points if point.figures is None]
