"""When each layer works on a frame: the control of the whole network, clock by clock."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from accel.rtl.plan import Plan
from accel.rtl.timing import Circuit

LONGEST = 400_000
"""Cycles of a frame that is followed."""


@dataclass(frozen=True, eq=False)
class Activity:
    """The parts of equally long stretches of a frame in which a layer's last module was busy, and full: its output
    waited. In the others it waited for its input.
    """

    name: str
    busy: np.ndarray
    full: np.ndarray


class _Watched(Circuit):
    """A circuit whose flags and registers are looked at, cycle by cycle."""

    def watch(self, offered: bool) -> tuple[bool, np.ndarray, np.ndarray]:
        """One clock cycle: whether the input was ready, and of each unit whether it worked, and whether its output
        waited.
        """
        valid, kept = self._valid.copy(), self._state.copy()
        valid[0] = offered
        ready, _ = self.step(offered, True)
        full = valid[1:] & ~self._ready[1:]
        working = valid[:-1] | np.any(self._state != kept, axis=1)
        return ready, working & ~full, full


def activity(plan: Plan, stretches: int) -> tuple[Activity, ...]:
    """What each layer does while a frame alone goes through the hardware, in at most so many stretches of its latency;
    nothing where that is longer than `LONGEST`.
    """
    if plan.latency > LONGEST:
        return ()
    units = [instance.timing for instance in plan.instances]
    circuit = _Watched(units, range(len(units)))
    cycles, left = plan.latency + 1, plan.source.beats
    flags = np.zeros((2, cycles, len(units)), bool)
    for cycle in range(cycles):
        ready, flags[0, cycle], flags[1, cycle] = circuit.watch(left > 0)
        left -= left > 0 and ready
    edges = np.linspace(0, cycles, min(stretches, cycles) + 1).astype(int)
    parts = np.add.reduceat(flags, edges[:-1], axis=1) / np.diff(edges)[None, :, None]
    last, found = -1, []
    for step in plan.steps:
        last += len(step.instances)
        if step.instances:
            found.append(Activity(step.node.name, *parts[:, :, last]))
    return tuple(found)
