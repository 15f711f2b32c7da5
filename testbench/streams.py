"""A minimal AXI4-Stream source and sink for cocotb.

Python wakes once or twice for each beat, not for each clock: while a stream stands still, it waits for the edge of
valid or ready. A value read right after a rising clock edge is the one from before the edge; a value written then
appears after it.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field

from cocotb.handle import SimHandleBase
from cocotb.triggers import Event, RisingEdge, Timer
from cocotb.utils import get_sim_time

PERIOD_NS = 10


def pattern(name: str, seed: int) -> Iterator[int]:
    """Cycles to wait before each beat: ``none`` 0, ``random`` 0 to 3, ``bursts`` 20 before each 8th,
    ``alternate`` 1.
    """
    dice = random.Random(seed)
    beat = 0
    while True:
        yield {"none": 0, "random": dice.randrange(4), "bursts": 20 * (beat % 8 == 7), "alternate": 1}[name]
        beat += 1


def cycle_now() -> int:
    """Clock periods since the start of the simulation."""
    return int(get_sim_time("ns")) // PERIOD_NS


@dataclass
class Channel:
    """The signals of one stream; ``last`` is None where there is no TLAST."""

    clock: SimHandleBase
    data: SimHandleBase
    valid: SimHandleBase
    ready: SimHandleBase
    last: SimHandleBase | None
    wakeups: int = 0

    async def edge(self) -> None:
        """The next rising clock edge."""
        self.wakeups += 1
        await RisingEdge(self.clock)

    async def skip(self, cycles: int) -> None:
        """``cycles`` rising edges, in two wake-ups."""
        if cycles > 1:
            self.wakeups += 1
            await Timer((cycles - 1) * PERIOD_NS + PERIOD_NS // 2, "ns")
        if cycles:
            await self.edge()


@dataclass
class Source:
    """Drives a stream; ``first`` is the cycle of the first transfer, ``sent`` counts them."""

    channel: Channel
    first: int | None = None
    sent: int = 0

    async def send(self, beats: list[int], per_frame: int, waits: Iterator[int]) -> None:
        """Send beats, TLAST on each ``per_frame``-th; starts right after a clock edge."""
        channel = self.channel
        for index, beat in enumerate(beats):
            if wait := next(waits):
                channel.valid.value = 0
                await channel.skip(wait)
            channel.data.value = beat
            if channel.last is not None:
                channel.last.value = int(index % per_frame == per_frame - 1)
            channel.valid.value = 1
            await channel.edge()
            while channel.ready.value != 1:
                channel.wakeups += 1
                await RisingEdge(channel.ready)
                await channel.edge()
            self.sent += 1
            if self.first is None:
                self.first = cycle_now()
        channel.valid.value = 0


@dataclass(frozen=True)
class Beat:
    """A received beat: ``data`` is None if bits of it (or TLAST) are unknown."""

    data: int | None
    last: bool
    unstable: bool
    cycle: int


@dataclass
class Sink:
    """Receives a stream and checks that a beat that waits stays as it is."""

    channel: Channel
    beats: list[Beat] = field(default_factory=list)

    async def receive(self, waits: Iterator[int], due: int, done: Event) -> None:
        """Take beats for ever, and set ``done`` at the ``due``-th; starts right after a clock edge."""
        channel = self.channel
        while True:
            wait = next(waits)
            channel.ready.value = int(wait == 0)
            await channel.edge()
            while channel.valid.value != 1:
                channel.wakeups += 1
                await RisingEdge(channel.valid)
                await channel.edge()
            unstable = await self._hold(wait) if wait else False
            data, last = str(channel.data.value), "0" if channel.last is None else str(channel.last.value)
            known = set(data + last) <= {"0", "1"}
            self.beats.append(Beat(int(data, 2) if known else None, known and last == "1", unstable, cycle_now()))
            if len(self.beats) == due:
                done.set()

    async def _hold(self, cycles: int) -> bool:
        """Keep ready low for ``cycles`` with a beat waiting, then take it; True if it moved or valid dropped."""
        channel = self.channel
        held, unstable = str(channel.data.value), False
        for left in reversed(range(cycles)):
            channel.ready.value = int(left == 0)
            await channel.edge()
            while channel.valid.value != 1:
                unstable = True
                await channel.edge()
            unstable |= str(channel.data.value) != held
        return unstable
