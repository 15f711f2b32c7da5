"""One network through everything: C simulation, integer model and RTL must agree on every raw integer, and the RTL must
take exactly the predicted cycles.
"""

from __future__ import annotations

import signal
import time
import traceback
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path

import numpy as np

from accel.errors import AccelError
from accel.fixed import from_float
from accel.hls import convert, faults, ranges
from accel.hls.csim import CSim
from accel.intake.rewrite import rewrite
from accel.ir import golden
from accel.ir.graph import Graph
from accel.ir.lower import lower
from accel.rtl import project
from accel.rtl.folder import RtlFolder
from accel.rtl.layers import Stream
from accel.rtl.plan import Plan, plan
from accel.sim import bulk, tools
from accel.sim.drive import Pace
from accel.sim.locate import locate
from tests.conformance.networks import Network
from tests.rtl import random_graphs

FRAMES = 6
LIMIT = "ap_private.h"  # in what is told of a cast that the C simulation's number types do not have
UNTOLD = "hls4ml cannot convert this model"  # begins what is no refusal of ours but an exception of hls4ml's
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

    def like(self, other: Verdict) -> bool:
        """Whether both failed in the same way."""
        return self.kind is other.kind and self.text.partition(":")[0] == other.text.partition(":")[0]


def judge(network: Network, simulators: Sequence[str], folder: Path) -> Verdict:
    """Convert ``network`` in the new ``folder``, and compare the witnesses on each of the simulators.

    Only in a process's main thread: a network that takes longer than `PATIENCE` is interrupted and counts as a crash.
    """
    signal.signal(signal.SIGALRM, _too_long)
    signal.alarm(PATIENCE)
    try:
        return _judged(network, simulators, folder)
    except Exception as error:
        where = traceback.extract_tb(error.__traceback__)[-1]
        return Verdict(Kind.CRASH, f"{type(error).__name__} in {Path(where.filename).name}, {where.name}: {error}")
    finally:
        signal.alarm(0)


def _too_long(*_: object) -> None:
    raise TimeoutError(f"no end after {PATIENCE} s")


def _judged(network: Network, simulators: Sequence[str], folder: Path) -> Verdict:
    watch = _Watch()
    try:
        hls, graph, planned = _made(network, folder)
    except AccelError as error:
        return Verdict(Kind.CRASH if UNTOLD in str(error) else Kind.REFUSED, str(error))
    watch.lap("conversion")
    convert.write(hls)
    csim = CSim(hls)
    watch.lap("compiler")
    raw = _frames(graph, network.seed)
    try:
        expected, traced = csim.predict_raw(raw), csim.trace_raw(raw)
    except AccelError as error:
        if LIMIT in str(error):
            return Verdict(Kind.REFUSED, str(error))
        raise
    ours = golden.trace(graph, raw)
    wrong = [name for name in ours if name in traced and np.any(ours[name].ravel() != traced[name].ravel())]
    if wrong or np.any(ours[graph.nodes[-1].name].ravel() != expected.ravel()):
        return Verdict(Kind.MISMATCH, f"integer model: not the C simulation's in {wrong or 'the output'}")
    watch.lap("C simulation")
    rtl = project.write(project.generate(planned, "dut"), folder / "rtl")
    for simulator in simulators:
        fault = _simulated(planned, rtl, raw, ours, simulator)
        watch.lap(simulator)
        if fault:
            return fault
    return Verdict(Kind.EQUAL, simulators=tuple(simulators), seconds=watch.times)


def _made(network: Network, folder: Path):
    """The converted model, its integer graph and its plan; ranges are measured on noise of the size of one."""
    model = rewrite(network.build())
    faults.check(model, network.design.io)
    noise = np.random.default_rng(network.seed).uniform(-1, 1, (16, *network.shape)).astype(np.float32)
    hls = convert.convert(model, network.design, ranges.measure(model, noise), folder / "hls")
    graph = lower(hls)
    return hls, graph, plan(graph)


def _frames(graph: Graph, seed: int) -> np.ndarray:
    """Bounds and whole range of the input's type, and numbers of the size that ranges were measured on."""
    rng = np.random.default_rng(seed)
    wide = random_graphs.frames(rng, graph, FRAMES // 2 + 1)
    usual = from_float(rng.uniform(-1, 1, (FRAMES - len(wide), *graph.input.shape)), graph.input.type)
    return np.concatenate([wide, usual])


def _simulated(
    planned: Plan, rtl: RtlFolder, raw: np.ndarray, made: dict[str, np.ndarray], simulator: str
) -> Verdict | None:
    """What is wrong at full rate, with pauses on both sides, or, where that is soon built, within the network."""
    inputs = _beats(raw, planned.source)
    expected = _beats(made[planned.graph.nodes[-1].name], planned.output)
    for pace in (Pace(), PACE):
        result = bulk.check(rtl, inputs, expected, simulator, pace=pace, optimisation="-O0")
        if not result.passed:
            return Verdict(Kind.MISMATCH, f"{simulator}, {pace}: {result.mismatches} wrong, first {result.first}")
        cycles, due = (result.latency, result.ii), (planned.latency, planned.ii)
        if pace == Pace() and cycles != due:
            return Verdict(Kind.CYCLES, f"{simulator}: latency and II {cycles}, predicted {due}")
    if simulator == tools.ICARUS:
        streams = {step.node.name: step.instances[-1].output for step in planned.steps if step.instances}
        layers = {name: _beats(made[name], stream) for name, stream in streams.items()}
        if place := locate(rtl, inputs, expected, layers, simulator):
            return Verdict(Kind.MISMATCH, f"{simulator}: {place}")
    return None


def _beats(values: np.ndarray, stream: Stream) -> np.ndarray:
    return values.reshape(len(values), stream.beats, stream.lanes)


class _Watch:
    """Seconds of each stage, by name."""

    def __init__(self) -> None:
        self.times: dict[str, float] = {}
        self._since = time.perf_counter()

    def lap(self, stage: str) -> None:
        now = time.perf_counter()
        self.times[stage] = now - self._since
        self._since = now
