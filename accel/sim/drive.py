"""What the two drivers that need no Python while they run have in common: how to pace a run, and what it gives."""

from __future__ import annotations

from dataclasses import dataclass

from accel.rtl.interface import Interface
from accel.sim.compare import Beats
from accel.sim.vectors import words_per_beat

_QUIET = 200_000  # cycles without a transfer after which a design whose latency is not predicted counts as stuck


@dataclass(frozen=True)
class Pace:
    """Percent of the cycles in which the source offers nothing new (``idle``) and the sink is not ready (``stall``)."""

    idle: int = 0
    stall: int = 0
    seed: int = 1


@dataclass(frozen=True, eq=False)
class Run:
    """The beats that came at each output, the cycles and seconds it took, and the traced layers' beats as lines of
    hexadecimal digits.
    """

    outputs: tuple[Beats, ...]
    cycles: int
    seconds: float
    traces: dict[str, tuple[str, ...]]


def patience(interface: Interface, pace: Pace) -> int:
    """Cycles without a transfer after which a run ends."""
    if interface.latency is None:
        return _QUIET
    busy = 100 - max(pace.idle, pace.stall)
    return 4 * (interface.latency + (interface.ii or 0)) * 100 // busy + 10_000


def asserted(interface: Interface) -> int:
    """The level of the reset pin that resets."""
    return int(not interface.ports.reset_active_low)


def port_table(interface: Interface) -> str:
    """The streams' ports for the C++ driver: ``SOURCE(data, valid, ready, words, beats, statement)``, then ``SINK(data,
    valid, ready, words, beats, last)``, a line each.
    """
    lines = []
    for kind, streams in (("SOURCE", interface.inputs), ("SINK", interface.outputs)):
        for stream in streams:
            data, valid, ready, last = (interface.port(stream, s) for s in ("data", "valid", "ready", "last"))
            told = {"SOURCE": f"top.{last} = last" if last else "(void)last", "SINK": f"top.{last}" if last else "0"}
            size = f"{words_per_beat(stream.lanes, stream.lane_bits)}, {stream.beats}"
            lines.append(f"{kind}({data}, {valid}, {ready}, {size}, {told[kind]})\n")
    return "".join(lines)
