"""cocotb tests of a design with AXI4-Streams. ``ACCEL_BENCH`` names the bench.json that says what to run."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import cocotb
from cocotb.clock import Clock
from cocotb.handle import SimHandleBase
from cocotb.task import Task
from cocotb.triggers import ClockCycles, Combine, Event, First, Timer

from accel.rtl.interface import Stream
from accel.sim import vectors, watch
from accel.sim.bench import ENVIRONMENT, Bench
from accel.sim.compare import compare_all, measured
from testbench.checker import begin, collect, record
from testbench.streams import PERIOD_NS, Channel, Sink, Source, cycle_now, pattern

BENCH = Bench.load(Path(os.environ[ENVIRONMENT]))
INPUTS, EXPECTED = BENCH.frames()
begin()

RESET_CYCLES = 8
DRAIN_CYCLES = 256  # in which a beat too many would come
PATIENCE = 100_000  # cycles without a beat after which a design whose latency is not predicted counts as stuck


class Testbench:
    """Wires clock, reset, sources and sinks to the design's ports."""

    def __init__(self, dut: SimHandleBase) -> None:
        ports = BENCH.interface.ports
        self.dut, self.stalled = dut, ""
        self.clock = getattr(dut, ports.clock)
        self.reset_pin = getattr(dut, ports.reset)
        self.asserted = int(not ports.reset_active_low)
        self.inward = [self._channel(dut, stream) for stream in BENCH.interface.inputs]
        self.outward = [self._channel(dut, stream) for stream in BENCH.interface.outputs]
        Clock(self.clock, PERIOD_NS, "ns").start()

    def _channel(self, dut: SimHandleBase, stream: Stream) -> Channel:
        names = [BENCH.interface.port(stream, signal) for signal in ("data", "valid", "ready", "last")]
        return Channel(self.clock, *(getattr(dut, name) if name else None for name in names))

    async def reset(self) -> None:
        """Hold reset with the streams at rest, and begin anew with empty sources and sinks."""
        self.sources, self.sinks = list(map(Source, self.inward)), list(map(Sink, self.outward))
        for channel in self.inward:
            channel.valid.value = 0
        for channel in self.outward:
            channel.ready.value = 0
        self.reset_pin.value = self.asserted
        await ClockCycles(self.clock, RESET_CYCLES)
        self.reset_pin.value = 1 - self.asserted

    async def stream(self, frames: int, idle: str = "none", backpressure: str = "none") -> None:
        """Send the first ``frames`` frames and receive until all beats came, or none for too long."""
        tasks, events = [], []
        for number, (sink, stream) in enumerate(zip(self.sinks, BENCH.interface.outputs, strict=True)):
            due, waits = frames * stream.beats, pattern(backpressure, BENCH.seed + 1 + 2 * number)
            events.append(Event())
            tasks.append(cocotb.start_soon(sink.receive(waits, due, events[-1])))
        tasks += self._send([packed(frames, number) for number in range(len(self.sources))], idle)
        progress = None
        for done in events:
            while not done.is_set() and progress != (progress := self._progress()):
                await First(done.wait(), Timer(patience() * PERIOD_NS, "ns"))
        await Timer(DRAIN_CYCLES * PERIOD_NS, "ns")
        self.stalled = "" if all(done.is_set() for done in events) else self._state()
        for task in tasks:
            task.cancel()

    def _state(self) -> str:
        """The state of every stream inside, where the design says which it has."""
        flags = []
        for number, name in enumerate(BENCH.interface.streams):
            values = (str(getattr(self.dut, signal).value) for signal in watch.handshake(number))
            flags.append((name, *values))
        self.dut._log.error("no beat moved for %d cycles: %s", patience(), told := watch.told(flags))
        return told

    async def break_off(self) -> None:
        """Send a frame and a half, taking what comes meanwhile, and stop in the middle of it."""
        waits = (pattern("alternate", BENCH.seed + number) for number in range(len(self.sinks)))
        tasks = [cocotb.start_soon(s.receive(own, 0, Event())) for s, own in zip(self.sinks, waits, strict=True)]
        beats = [packed(1, number) for number in range(len(self.sources))]
        sending = self._send([(2 * own)[: len(own) * 3 // 2] for own in beats], "none")
        await First(Combine(*(task.complete for task in sending)), Timer(patience() * PERIOD_NS, "ns"))
        for task in (*tasks, *sending):
            task.cancel()
        await ClockCycles(self.clock, 1)

    def _send(self, beats: list[list[int]], idle: str) -> list[Task]:
        """Begin to send each input's beats."""
        tasks = []
        for number, (source, stream) in enumerate(zip(self.sources, BENCH.interface.inputs, strict=True)):
            waits = pattern(idle, BENCH.seed + 2 * number)
            tasks.append(cocotb.start_soon(source.send(beats[number], stream.beats, waits)))
        return tasks

    def _progress(self) -> tuple[int, ...]:
        """Beats of every stream so far."""
        return *(source.sent for source in self.sources), *(len(sink.beats) for sink in self.sinks)

    def judge(self, name: str, frames: int) -> tuple[int | None, int | None]:
        """Compare, record and fail on a mismatch; returns latency and II as measured."""
        outputs = BENCH.interface.outputs
        start = min((source.first for source in self.sources if source.first is not None), default=cycle_now())
        beats = [
            collect(sink.beats, stream, sink.channel.last is not None, start)
            for sink, stream in zip(self.sinks, outputs, strict=True)
        ]
        difference = compare_all(beats, EXPECTED[:frames], outputs)
        latency, ii = measured(beats, BENCH.interface)
        wakeups = sum(channel.wakeups for channel in (*self.inward, *self.outward))
        figures = {"frames": frames, "latency": latency, "ii": ii, "cycles": cycle_now(), "wakeups": wakeups}
        figures["stalled"] = self.stalled
        record({"test": name, **figures}, difference)
        assert not difference.count, "\n".join([f"{difference.count} mismatches", *map(str, difference.first)])
        return latency, ii


def packed(frames: int, number: int) -> list[int]:
    """The beats of an input's first ``frames`` frames as its data port takes them."""
    return vectors.to_ints(vectors.pack_stream(INPUTS[number][:frames], BENCH.interface.inputs[number]))


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
    timing = bench.judge("back_to_back", BENCH.back_to_back)
    predicted = (BENCH.interface.latency, BENCH.interface.ii)
    for what, found, due in zip(("latency", "II"), timing, predicted, strict=True):
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
