"""The facts of one design, as plain frozen values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from accel.report.clock import Clocks
from accel.report.evidence import Edge, Evidence, Timeline
from accel.report.exactness import Exactness
from accel.report.size import Resource, SynthesisRow
from accel.sim.result import Mismatch, SimResult

JSON = "report.json"
MARKDOWN = "report.md"
HTML = "report.html"
NOT_MEASURED = "not measured: no data set"
MIN_AGREEMENT = 0.99
"""Fraction of frames that must agree with floating point, unless another is asked for."""

LEAST_SQNR = 20.0
"""dB: an error of a tenth of the signal. Below, a layer counts as where the network's function is lost."""


@dataclass(frozen=True)
class Settings:
    """What the design was made with; `reuse` is the default that layers without a factor of their own have."""

    part: str
    clock_ns: float
    io: str
    strategy: str
    precision: str
    reuse: int | str

    @property
    def folded(self) -> bool:
        """The reuse factors were chosen for a pace: `auto`."""
        return isinstance(self.reuse, str)

    @property
    def mhz(self) -> float:
        """The clock asked for."""
        return 1000 / self.clock_ns


@dataclass(frozen=True)
class LayerRow:
    """One layer. Types are written as `fixed<16,6>`, None where the layer has no such thing.

    `reuse` is that of the input's product, with a recurrent layer's second factor behind a slash. `multipliers`
    (products at a time), `memory_bits`, `dsp` and `bram` (of the part's family), `cycles` (least time for a frame) and
    `busy` (their share of the initiation interval) are None where there is no RTL of the layer. `sqnr` is the
    signal-to-quantisation-noise ratio of the output against the float model in dB, None where it was not measured or
    nothing differs. `lut` and `ff` are predicted, None for families without a model of them.
    """

    name: str
    kind: str
    shape: tuple[int, ...]
    input_type: str | None
    weight_type: str | None
    accum_type: str | None
    output_type: str
    reuse: str | None
    multipliers: int | None = None
    memory_bits: int | None = None
    dsp: float | None = None
    bram: float | None = None
    cycles: int | None = None
    busy: float | None = None
    sqnr: float | None = None
    lut: float | None = None
    ff: float | None = None


@dataclass(frozen=True)
class Timing:
    """Clock cycles from a frame's first input beat to its last output beat, and between frames."""

    latency: int
    ii: int

    def frames_per_second(self, mhz: float) -> float:
        """One after another at this clock."""
        return 1e6 * mhz / self.ii


@dataclass(frozen=True)
class Simulation:
    """One run of the RTL against the C simulation's integers; `driver` is `cocotb` or `C++`."""

    driver: str
    result: SimResult


@dataclass(frozen=True)
class Comparison:
    """A witness against the float model: errors of the outputs, in their own units and the largest in LSBs of their
    type, and decisions.

    `agreement` is the fraction of frames, or of the decisions where each frame has several (`decided`), that are as the
    report's `alike` says; `accuracy` that of those that are right, None where there are no labels or the outputs are no
    classes. `scores` are the figures of such outputs.
    """

    name: str
    frames: int
    max_error: float
    max_error_lsb: float
    mean_error: float
    agreement: float
    accuracy: float | None = None
    scores: tuple[tuple[str, float], ...] = ()
    decided: int = 1

    @property
    def unit(self) -> str:
        """What the fractions are of."""
        return "frames" if self.decided == 1 else "decisions"

    @property
    def counted(self) -> str:
        """How many of these there are."""
        frames = f"{self.frames:,} frames"
        return frames if self.decided == 1 else f"{self.frames * self.decided:,} decisions in {frames}"

    def figures(self, names: Sequence[str]) -> list[str | None]:
        """The scores by name, None where the frames were too few for one."""
        found = dict(self.scores)
        return [f"{found[name]:.4g}" if name in found else None for name in names]


@dataclass(frozen=True)
class Version:
    """A tool or library and its version."""

    name: str
    version: str


@dataclass(frozen=True)
class Report:
    """Everything that is known of `design`; what was not done is empty or None.

    `synthesis` ends with the whole design. `exactness` is None where the model did not come quantised.

    `smallest_part`: of those that hold the design, None where none does. `noise`: the types were chosen and the frames
    made up of noise, as nothing is known of the inputs. `decides`: the outputs are scores of
    classes. `alike` says in words what frames are that agree with the float model, whose own figures are
    `float_accuracy` or `float_scores`. `edges` are the streams between the layers; `mismatch` is where the hardware
    first differs.
    """

    design: str
    model: str
    parameters: int
    description: str
    settings: Settings
    layers: tuple[LayerRow, ...]
    resources: tuple[Resource, ...] = ()
    predicted: Timing | None = None
    stimulus: str = ""
    simulations: tuple[Simulation, ...] = ()
    float_accuracy: float | None = None
    comparisons: tuple[Comparison, ...] = ()
    commands: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    versions: tuple[Version, ...] = ()
    min_agreement: float = MIN_AGREEMENT
    noise: bool = False
    smallest_part: str | None = None
    synthesis: tuple[SynthesisRow, ...] = ()
    clocks: Clocks | None = None
    exactness: Exactness | None = None
    decides: bool = True
    alike: str = "decided as in floating point"
    float_scores: tuple[tuple[str, float], ...] = ()
    edges: tuple[Edge, ...] = ()
    timeline: Timeline | None = None
    evidence: Evidence | None = None
    mismatch: Mismatch | None = None

    @property
    def astray(self) -> tuple[Comparison, ...]:
        """The witnesses that agree with the float model in fewer frames than ``min_agreement`` asks for."""
        return tuple(row for row in self.comparisons if row.agreement < self.min_agreement)

    @property
    def lost_in(self) -> LayerRow | None:
        """The first layer whose output has less than `LEAST_SQNR`, or else the one with the least; None where no layer
        was compared.
        """
        rows = [row for row in self.layers if row.sqnr is not None]
        poor = [row for row in rows if row.sqnr < LEAST_SQNR]
        return poor[0] if poor else min(rows, key=lambda row: row.sqnr, default=None)

    @property
    def bottleneck(self) -> LayerRow | None:
        """The layer that takes most cycles for a frame; None where nothing is planned."""
        return max((row for row in self.layers if row.cycles), key=lambda row: row.cycles, default=None)

    @property
    def size(self) -> tuple[Resource, ...]:
        """What the design takes, each resource once: as synthesised where it was, else as planned."""
        return tuple({resource.name: resource for resource in self.resources}.values())

    @property
    def too_large(self) -> tuple[Resource, ...]:
        """What the part has too little of."""
        return tuple(resource for resource in self.size if not resource.fits)

    @property
    def exact(self) -> bool:
        """The RTL was simulated and every integer is that of the C simulation."""
        return bool(self.simulations) and all(simulation.result.passed for simulation in self.simulations)

    @property
    def timed(self) -> bool:
        """Every simulation that measured latency and II found those predicted."""
        measured = [Timing(s.result.latency, s.result.ii) for s in self.simulations if s.result.ii is not None]
        return bool(measured) and all(timing == self.predicted for timing in measured)

    def joined(self, known: Report) -> Report:
        """This report with what is ``known`` of the same files and was not found anew: a simulation with all that it
        was compared with, a synthesis, the clocks.
        """
        own = self
        if not own.simulations:
            own = replace(
                own,
                layers=known.layers if known.simulations else own.layers,
                stimulus=known.stimulus,
                noise=known.noise,
                simulations=known.simulations,
                decides=known.decides,
                alike=known.alike,
                float_accuracy=known.float_accuracy,
                float_scores=known.float_scores,
                comparisons=known.comparisons,
                min_agreement=known.min_agreement,
                exactness=known.exactness,
                timeline=known.timeline or own.timeline,
                evidence=known.evidence or own.evidence,
                mismatch=known.mismatch,
                notes=(*own.notes, *(note for note in known.notes if note not in own.notes)),
            )
        if not own.synthesis and known.synthesis:
            synthesised = known.resources[len(own.resources) :]
            resources = *own.resources, *synthesised
            own = replace(own, synthesis=known.synthesis, resources=resources, smallest_part=known.smallest_part)
        return own if own.clocks else replace(own, clocks=known.clocks)

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        data = asdict(self)
        data["simulations"] = [{"driver": s.driver, **s.result.to_dict()} for s in self.simulations]
        data["clock_confirmed"] = bool(self.clocks) and self.clocks.confirms(self.settings.mhz)
        data["exact"] = self.exact
        data["timed"] = self.timed
        data["agrees"] = not self.astray if self.comparisons else None
        data["fits"] = not self.too_large if self.resources else None
        if self.float_accuracy is None:
            data["float_accuracy"] = NOT_MEASURED
        data["float_scores"] = dict(self.float_scores)
        for comparison in data["comparisons"]:
            comparison["scores"] = dict(comparison["scores"])
            if comparison["accuracy"] is None:
                comparison["accuracy"] = NOT_MEASURED
        return data
