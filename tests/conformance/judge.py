"""Networks through everything: C simulation, integer model and RTL must agree on every raw integer, and the RTL must
take exactly the predicted cycles.

Most of the time goes into compiling the C simulation, so some networks can be judged together: each is converted,
planned and simulated for itself, but one C simulation has all of them side by side, none of which reads another's
tensors. Without the C simulation, integer model and RTL are compared, which takes a second.
"""

from __future__ import annotations

import signal
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import Enum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from accel import rows
from accel.design import parse_design
from accel.errors import AccelError, Refusal
from accel.fixed import from_float
from accel.hls import convert, faults, ranges
from accel.hls.csim import CSim
from accel.intake.rewrite import rewrite
from accel.ir import golden
from accel.ir.graph import Graph
from accel.ir.lower import lower
from accel.rtl import project
from accel.rtl.folder import RtlFolder
from accel.rtl.plan import Plan, plan
from accel.sim import bulk, tools, vectors
from accel.sim.drive import Pace
from accel.sim.locate import locate
from tests.conformance.networks import Network, beside
from tests.rtl import random_graphs

if TYPE_CHECKING:
    from hls4ml.model.graph import ModelGraph

FRAMES = 6
LIMIT = "ap_private.h"  # in what is told of a cast that the C simulation's number types do not have
UNTOLD = ("hls4ml cannot convert this model", "this is a fault of accel")  # in what is no refusal but an exception
PATIENCE = 900  # seconds, on a busy machine
PACE = Pace(idle=30, stall=50)


class Kind(str, Enum):
    """How a network ended."""

    EQUAL = "equal"
    REFUSED = "refused"  # in words
    MISMATCH = "mismatch"
    CYCLES = "wrong cycles"
    CRASH = "crash"  # an exception, or an error where none was due

    @property
    def good(self) -> bool:
        return self in (Kind.EQUAL, Kind.REFUSED)


@dataclass(frozen=True)
class Verdict:
    """How a network ended, in words, on which simulators it ran, and the seconds of each stage."""

    kind: Kind
    text: str = ""
    simulators: tuple[str, ...] = ()
    seconds: dict[str, float] = field(default_factory=dict)

    @classmethod
    def logged(cls, kind: str, text: str, simulators: list[str], seconds: dict[str, float]) -> Verdict:
        """As a log has it."""
        return cls(Kind(kind), text, tuple(simulators), seconds)

    def like(self, other: Verdict) -> bool:
        """Whether both failed in the same way."""
        return self.kind is other.kind and self.text.partition(":")[0] == other.text.partition(":")[0]


@dataclass
class _Candidate:
    """A network, what it was converted to, raw inputs (frames, ...), what each node makes of them, and how it ended."""

    network: Network
    graph: Graph
    planned: Plan
    raw: np.ndarray
    made: dict[str, np.ndarray]
    seconds: dict[str, float]
    fault: Verdict | None = None


def by_settings(networks: Sequence[Network], out: Path) -> ModelGraph:
    """hls4ml's graph of networks side by side, as accel converts them by their settings; ranges are measured on noise
    of the size of one.
    """
    built, settings = beside(networks)
    model, design = rewrite(built), parse_design(settings, "network")
    faults.check(model, design.io)
    noise = rows.joined([_noise(network) for network in networks])
    return convert.convert(model, design, ranges.measure(model, noise), out)


@dataclass(frozen=True)
class Judge:
    """Judges networks in the new ``folder``.

    Args:
        simulators: of the RTL.
        csim: whether the C simulation is among the witnesses.
        converted: makes hls4ml's graph of networks, to be written to a folder.
        affordable: whether a design is small enough to be simulated; else its verdict names no simulator.
    """

    simulators: tuple[str, ...]
    folder: Path
    csim: bool = True
    converted: Callable[[Sequence[Network], Path], ModelGraph] = by_settings
    affordable: Callable[[Plan], bool] = lambda planned: True

    def verdicts(self, networks: Sequence[Network]) -> list[Verdict]:
        """How each ends. The C simulation is compiled once for all of them, which have the same defaults.

        Only in a process's main thread: what takes longer than `PATIENCE` is interrupted and counts as a crash.
        """
        found = [_guarded(partial(self._prepared, network)) for network in networks]
        accepted = [one for one in found if isinstance(one, _Candidate)]
        if self.csim and accepted:
            fault = _guarded(partial(self._compared, accepted, "together"))
            for number, one in enumerate(accepted if fault else ()):  # whose it is shows alone
                alone = len(accepted) == 1
                one.fault = fault if alone else _guarded(partial(self._compared, [one], f"alone{number}"))
        for number, one in enumerate(accepted):
            one.fault = one.fault or _guarded(partial(self._simulated, one, f"rtl{number}"))
        return [one if isinstance(one, Verdict) else self._verdict(one) for one in found]

    def _verdict(self, one: _Candidate) -> Verdict:
        ran = self.simulators if self.affordable(one.planned) else ()
        return one.fault or Verdict(Kind.EQUAL, simulators=ran, seconds=one.seconds)

    def _prepared(self, network: Network) -> Verdict | _Candidate:
        """The network converted and planned, and what the integer model makes of raw inputs."""
        seconds: dict[str, float] = {}
        with _timed(seconds, "conversion"):
            try:
                graph = lower(self.converted([network], self.folder / "hls"))
                graph = random_graphs.paired(graph, 12 + network.seed % 16) if network.seed % 2 else graph
                planned = plan(graph)
            except AccelError as error:
                crash = any(words in str(error) for words in UNTOLD)
                return Verdict(Kind.CRASH if crash else Kind.REFUSED, str(error))
        with _timed(seconds, "integer model"):
            raw = _frames(graph, network.seed)
            return _Candidate(network, graph, planned, raw, golden.trace(graph, raw), seconds)

    def _compared(self, parts: Sequence[_Candidate], name: str) -> Verdict | None:
        """What is wrong between the C simulation and the integer model of networks side by side, which must also be the
        integer model of each alone.
        """
        seconds, raw = parts[0].seconds, rows.joined([part.raw for part in parts])
        with _timed(seconds, "compiler"):
            hls = self.converted([part.network for part in parts], self.folder / name)
            graph = lower(hls)
            convert.write(hls)
            try:
                csim = CSim(hls)
            except Refusal as error:
                return Verdict(Kind.REFUSED, str(error))
        with _timed(seconds, "C simulation"):
            try:
                expected, traced = csim.predict_raw(raw), csim.trace_raw(raw)
            except AccelError as error:
                if LIMIT in str(error):
                    return Verdict(Kind.REFUSED, str(error))
                raise
        ours, alone = golden.trace(graph, raw), rows.joined([_outputs(part) for part in parts])
        wrong = [name for name in ours if name in traced and np.any(ours[name].ravel() != traced[name].ravel())]
        if wrong or np.any(alone.ravel() != expected.ravel()):
            return Verdict(Kind.MISMATCH, f"integer model: not the C simulation's in {wrong or 'the output'}")
        return None

    def _simulated(self, one: _Candidate, name: str) -> Verdict | None:
        """What is wrong at full rate, with pauses on both sides, or, where that is soon built, within the network."""
        if not self.affordable(one.planned):
            return None
        rtl = project.write(project.generate(one.planned, "dut"), self.folder / name)
        for simulator in self.simulators:
            with _timed(one.seconds, simulator):
                inside = self.csim and simulator == tools.ICARUS
                if fault := _run(one, rtl, simulator) or (_inside(one, rtl, simulator) if inside else None):
                    return fault
        return None


def _guarded(work: Callable[[], Any]) -> Any:
    """What ``work`` gives; a verdict where it raises or takes too long."""
    signal.signal(signal.SIGALRM, _too_long)
    signal.alarm(PATIENCE)
    try:
        return work()
    except Exception as error:
        where = traceback.extract_tb(error.__traceback__)[-1]
        return Verdict(Kind.CRASH, f"{type(error).__name__} in {Path(where.filename).name}, {where.name}: {error}")
    finally:
        signal.alarm(0)


def _too_long(*_: object) -> None:
    raise TimeoutError(f"no end after {PATIENCE} s")


def _noise(network: Network) -> np.ndarray:
    shape = rows.shape(list(network.inputs.values()))
    return np.random.default_rng(network.seed).uniform(-1, 1, (16, *shape)).astype(np.float32)


def _frames(graph: Graph, seed: int) -> np.ndarray:
    """Bounds and whole range of the inputs' types, and numbers of the size that ranges were measured on."""
    rng = np.random.default_rng(seed)
    wide = random_graphs.frames(rng, graph, FRAMES // 2 + 1)
    usual = [
        from_float(rng.uniform(-1, 1, (FRAMES - len(wide), *tensor.shape)), tensor.type) for tensor in graph.inputs
    ]
    return np.concatenate([wide, rows.joined(usual)])


def _outputs(one: _Candidate) -> np.ndarray:
    """What the integer model puts out, as rows where there are several outputs."""
    given = dict(zip(golden.names(one.graph.inputs), rows.of(one.raw, one.graph.inputs), strict=True)) | one.made
    return rows.joined([given[tensor.name] for tensor in one.graph.outputs])


def _run(one: _Candidate, rtl: RtlFolder, simulator: str) -> Verdict | None:
    """What is wrong with what comes out, and when."""
    planned, outputs = one.planned, _outputs(one)
    for pace, frames in ((Pace(), max(FRAMES, planned.frames)), (PACE, FRAMES)):
        order = np.arange(frames) % FRAMES
        inputs, expected = (
            vectors.framed(one.raw[order], planned.sources),
            vectors.framed(outputs[order], planned.outputs),
        )
        result = bulk.check(rtl, inputs, expected, simulator, pace=pace, optimisation="-O0")
        if not result.passed:
            return Verdict(Kind.MISMATCH, f"{simulator}, {pace}: {result.mismatches} wrong, first {result.first}")
        cycles, due = (result.latency, result.ii), (planned.latency, planned.ii)
        if pace == Pace() and cycles != due:
            return Verdict(Kind.CYCLES, f"{simulator}: latency and II {cycles}, predicted {due}")
    return None


def _inside(one: _Candidate, rtl: RtlFolder, simulator: str) -> Verdict | None:
    """What is wrong with what a layer puts out."""
    planned = one.planned
    inputs, expected = vectors.framed(one.raw, planned.sources), vectors.framed(_outputs(one), planned.outputs)
    layers = {name: vectors.framed(one.made[name], [stream]) for name, stream in planned.made.items()}
    place = locate(rtl, inputs, expected, layers, simulator)
    return Verdict(Kind.MISMATCH, f"{simulator}: {place}") if place else None


@contextmanager
def _timed(seconds: dict[str, float], stage: str) -> Iterator[None]:
    """Add what the block takes to ``seconds``."""
    start = time.perf_counter()
    try:
        yield
    finally:
        seconds[stage] = seconds.get(stage, 0.0) + time.perf_counter() - start
