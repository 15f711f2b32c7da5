"""What the two drivers that need no Python while they run have in common: how to pace a run, and what it gives."""

from __future__ import annotations

from dataclasses import dataclass

from accel.rtl.interface import Interface
from accel.sim.compare import Beats

_QUIET = 200_000  # cycles without a transfer after which a design whose latency is not predicted counts as stuck


@dataclass(frozen=True)
class Pace:
    """Percent of the cycles in which the source offers nothing new (``idle``) and the sink is not ready (``stall``)."""

    idle: int = 0
    stall: int = 0
    seed: int = 1


@dataclass(frozen=True, eq=False)
class Run:
    """The beats that came, the cycles and seconds it took, and the traced layers' beats as lines of
    hexadecimal digits.
    """

    beats: Beats
    cycles: int
    seconds: float
    traces: dict[str, tuple[str, ...]]


def patience(interface: Interface, pace: Pace) -> int:
    """Cycles without a transfer after which a run ends."""
    if interface.latency is None:
        return _QUIET
    busy = 100 - max(pace.idle, pace.stall)
    return 4 * (interface.latency + (interface.ii or 0)) * 100 // busy + 10_000


def port_macros(interface: Interface) -> dict[str, str]:
    """The ports' names, by the names the drivers call them; IN_LAST and OUT_LAST only where there is TLAST."""
    macros = {"CLOCK": interface.ports.clock, "RESET": interface.ports.reset}
    macros["RESET_ACTIVE"] = str(int(not interface.ports.reset_active_low))
    for side, stream in (("IN", interface.input), ("OUT", interface.output)):
        for signal in ("data", "valid", "ready", "last"):
            if name := interface.port(stream, signal):
                macros[f"{side}_{signal.upper()}"] = name
    return macros
