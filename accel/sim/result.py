"""What a simulation found: the outcome and, where it is red, the first place that differs."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from enum import Enum

from accel.errors import AccelError

OUTPUT = "output"  # the place called so is the design's output stream


class Kind(str, Enum):
    """What can be wrong with a beat."""

    VALUE = "value"
    UNKNOWN = "unknown"  # x or z
    MISSING = "missing"
    EXTRA = "extra"
    LAST = "last"  # TLAST high in mid-frame, or low at its end
    UNSTABLE = "unstable"  # valid dropped, or data changed, while ready was low


@dataclass(frozen=True)
class Around:
    """The beats of a stream before and behind a difference, from its beat ``first`` on (the first frame's first beat is
    0), in the lanes ``lanes``: (beats, lanes) integers each. Those of ``got`` are None where no beat came.
    """

    first: int
    lanes: tuple[int, ...]
    expected: tuple[tuple[int, ...], ...]
    got: tuple[tuple[int | None, ...], ...]


@dataclass(frozen=True)
class Mismatch:
    """One difference: the layer (``output`` for the design's own), frame, beat and lane; integers are raw.

    ``lane`` is None where the whole beat is concerned; ``expected`` is None for a beat too many, ``got`` for one
    missing or unknown. For TLAST both are 0 or 1. ``around`` is what came before and behind it, where that was kept.
    """

    layer: str
    frame: int
    beat: int
    lane: int | None
    expected: int | None
    got: int | None
    kind: Kind = Kind.VALUE
    around: Around | None = field(default=None, compare=False, repr=False)

    def __str__(self) -> str:
        place = f"{self.layer}: frame {self.frame}, beat {self.beat}" + (
            "" if self.lane is None else f", lane {self.lane}"
        )
        what = {
            Kind.VALUE: f"expected {self.expected}, got {self.got}",
            Kind.UNKNOWN: f"expected {self.expected}, got unknown bits (x)",
            Kind.MISSING: "the beat never came",
            Kind.EXTRA: f"a beat too many, {self.got}",
            Kind.LAST: f"TLAST should be {self.expected}, is {self.got}",
            Kind.UNSTABLE: "valid dropped or data changed while ready was low",
        }[self.kind]
        return f"{place}: {what}"

    @classmethod
    def from_dict(cls, fields: dict) -> Mismatch:
        """The inverse of ``dataclasses.asdict``."""
        return cls(**{**fields, "kind": Kind(fields["kind"])})


@dataclass(frozen=True)
class SimResult:
    """One simulation of a design.

    ``frames`` were compared, ``repeated`` of them once more, with other pauses; ``mismatches`` counts the wrong lanes,
    beats and flags, ``first`` is the earliest. ``latency`` and ``ii`` are cycles as ``Interface`` defines them, None
    where too few frames ran. ``seconds`` is the time ``cycles`` took; ``tests`` counts cocotb tests, ``wakeups`` how
    often their drivers ran (both 0 for the other drivers). ``stalled``: where nothing moved any more, the state of
    every stream.
    """

    simulator: str
    frames: int
    mismatches: int
    first: Mismatch | None
    latency: int | None
    ii: int | None
    cycles: int
    seconds: float
    tests: int = 0
    wakeups: int = 0
    stalled: str = ""
    repeated: int = 0

    @property
    def different(self) -> int:
        """Frames that are no repetitions."""
        return self.frames - self.repeated

    @property
    def counted(self) -> str:
        """How many frames were compared, in words."""
        again = f" ({self.frames:,} with repetitions)" if self.repeated else ""
        return f"{self.different:,} frames{again}"

    @property
    def passed(self) -> bool:
        """Frames were compared and all of them agree."""
        return self.frames > 0 and self.mismatches == 0

    @property
    def cycles_per_second(self) -> float:
        return self.cycles / self.seconds if self.seconds else 0.0

    def require(self) -> SimResult:
        """This result, if it passed.

        Raises:
            AccelError: it did not; the text names the first mismatch.
        """
        if not self.passed:
            what = (
                f"{self.mismatches} mismatches, the first at {self.first}"
                if self.frames
                else "not one frame was compared"
            )
            raise AccelError(f"{self.simulator}: the RTL differs from what is expected: {what}")
        return self

    def to_dict(self) -> dict:
        """Plain values for a report."""
        return {**asdict(self), "passed": self.passed, "cycles_per_second": self.cycles_per_second}
