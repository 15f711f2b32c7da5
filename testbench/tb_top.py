"""cocotb tests of a design with one AXI4-Stream in and one out. ``ACCEL_BENCH`` names the bench.json that says what to
run.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import cocotb
from cocotb.clock import Clock
from cocotb.handle import SimHandleBase
from cocotb.triggers import ClockCycles, Event, First, Timer

from accel.rtl.interface import Stream
from accel.sim import vectors
from accel.sim.bench import ENVIRONMENT, Bench
from accel.sim.compare import compare
from testbench.checker import begin, collect, record
from testbench.streams import PERIOD_NS, Channel, Sink, Source, cycle_now, pattern

BENCH = Bench.load(Path(os.environ[ENVIRONMENT]))
INPUTS, EXPECTED = BENCH.frames()
begin()

RESET_CYCLES = 8
DRAIN_CYCLES = 256  # in which a beat too many would come
PATIENCE = 100_000  # cycles without a beat after which a design whose latency is not predicted counts as stuck


class Testbench:
    """Wires clock, reset, source and sink to the design's ports."""

    def __init__(self, dut: SimHandleBase) -> None:
        ports = BENCH.interface.ports
        self.clock = getattr(dut, ports.clock)
        self.reset_pin = getattr(dut, ports.reset)
        self.asserted = int(not ports.reset_active_low)
        self.inward = self._channel(dut, BENCH.interface.input)
        self.outward = self._channel(dut, BENCH.interface.output)
        Clock(self.clock, PERIOD_NS, "ns").start()

    def _channel(self, dut: SimHandleBase, stream: Stream) -> Channel:
        names = [BENCH.interface.port(stream, signal) for signal in ("data", "valid", "ready", "last")]
        return Channel(self.clock, *(getattr(dut, name) if name else None for name in names))

    async def reset(self) -> None:
        """Hold reset with the streams at rest, and begin anew with an empty source and sink."""
        self.source, self.sink = Source(self.inward), Sink(self.outward)
        self.inward.valid.value = 0
        self.outward.ready.value = 0
        self.reset_pin.value = self.asserted
        await ClockCycles(self.clock, RESET_CYCLES)
        self.reset_pin.value = 1 - self.asserted

    async def stream(self, frames: int, idle: str = "none", backpressure: str = "none") -> None:
        """Send the first ``frames`` frames and receive until all beats came, or none for too long."""
        beats = packed(frames)
        due, done = frames * BENCH.interface.output.beats, Event()
        receiving = cocotb.start_soon(self.sink.receive(pattern(backpressure, BENCH.seed + 1), due, done))
        sending = cocotb.start_soon(self.source.send(beats, BENCH.interface.input.beats, pattern(idle, BENCH.seed)))
        progress = None
        while not done.is_set() and progress != (progress := (self.source.sent, len(self.sink.beats))):
            await First(done.wait(), Timer(patience() * PERIOD_NS, "ns"))
        await Timer(DRAIN_CYCLES * PERIOD_NS, "ns")
        sending.cancel()
        receiving.cancel()

    async def break_off(self) -> None:
        """Send a frame and a half, taking what comes meanwhile, and stop in the middle of it."""
        per_frame = BENCH.interface.input.beats
        receiving = cocotb.start_soon(self.sink.receive(pattern("alternate", BENCH.seed), 0, Event()))
        beats = (2 * packed(1))[: per_frame * 3 // 2]
        sending = cocotb.start_soon(self.source.send(beats, per_frame, pattern("none", BENCH.seed)))
        await First(sending.complete, Timer(patience() * PERIOD_NS, "ns"))
        sending.cancel()
        receiving.cancel()
        await ClockCycles(self.clock, 1)

    def judge(self, name: str, frames: int) -> tuple[int | None, int | None]:
        """Compare, record and fail on a mismatch; returns latency and II as measured."""
        output = BENCH.interface.output
        start = self.source.first if self.source.first is not None else cycle_now()
        beats = collect(self.sink.beats, output, self.outward.last is not None, start)
        difference = compare(beats, EXPECTED[:frames])
        latency, ii = beats.latency(output.beats), beats.ii(output.beats)
        wakeups = self.inward.wakeups + self.outward.wakeups
        figures = {"frames": frames, "latency": latency, "ii": ii, "cycles": cycle_now(), "wakeups": wakeups}
        record({"test": name, **figures}, difference)
        assert not difference.count, "\n".join([f"{difference.count} mismatches", *map(str, difference.first)])
        return latency, ii


def packed(frames: int) -> list[int]:
    """The beats of the first ``frames`` input frames as the data port takes them."""
    return vectors.to_ints(vectors.pack_stream(INPUTS[:frames], BENCH.interface.input))


def patience() -> int:
    """Cycles without a transfer after which the design counts as stuck."""
    if BENCH.interface.latency is None:
        return PATIENCE
    return 4 * (BENCH.interface.latency + (BENCH.interface.ii or 0)) + 1000


def planned(frames: int, **parameters: tuple[str, ...]) -> Callable[[Callable], object]:
    """Makes cocotb tests, one for each combination of ``parameters``, of a function that has frames to
    run; else none.
    """

    def register(function: Callable) -> object:
        if not frames:
            return function
        return cocotb.test()(cocotb.parametrize(**parameters)(function) if parameters else function)

    return register


@planned(BENCH.back_to_back)
async def back_to_back(dut: SimHandleBase) -> None:
    """Full rate; latency and II are measured and must be the predicted ones."""
    bench = Testbench(dut)
    await bench.reset()
    await bench.stream(BENCH.back_to_back)
    measured = bench.judge("back_to_back", BENCH.back_to_back)
    predicted = (BENCH.interface.latency, BENCH.interface.ii)
    for what, found, due in zip(("latency", "II"), measured, predicted, strict=True):
        assert not BENCH.timing or due is None or found is None or found == due, (
            f"{what} is {found} cycles, predicted {due}"
        )


@planned(BENCH.patterns, idle=BENCH.idle, backpressure=BENCH.backpressure)
async def patterns(dut: SimHandleBase, idle: str, backpressure: str) -> None:
    """Every idle pattern with every backpressure pattern."""
    bench = Testbench(dut)
    await bench.reset()
    await bench.stream(BENCH.patterns, idle, backpressure)
    bench.judge(f"patterns: idle {idle}, backpressure {backpressure}", BENCH.patterns)


@planned(BENCH.reset)
async def reset_in_frame(dut: SimHandleBase) -> None:
    """Reset with a frame half sent (and, where outputs come that early, half received); then whole frames are right."""
    bench = Testbench(dut)
    await bench.reset()
    await bench.break_off()
    await bench.reset()
    await bench.stream(BENCH.reset)
    bench.judge("reset_in_frame", BENCH.reset)


@planned(BENCH.all_vectors)
async def all_vectors(dut: SimHandleBase) -> None:
    """A long run at full rate."""
    bench = Testbench(dut)
    await bench.reset()
    await bench.stream(BENCH.all_vectors)
    bench.judge("all_vectors", BENCH.all_vectors)
