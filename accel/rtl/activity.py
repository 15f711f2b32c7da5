"""When each layer works on a frame: the control of the whole network, clock by clock."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from accel.rtl.circuit import Circuit
from accel.rtl.control import EDGE, OTHER
from accel.rtl.plan import Plan

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

    def watch(self, offered: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """One clock cycle: whether each input was ready, and of each unit whether it worked, and whether its output
        waited.
        """
        valid, kept, inputs = self._valid.copy(), self._state.copy(), len(offered)
        valid[:inputs] = offered
        given = valid[self._streams] & ~self._done
        ready, _ = self.step(offered, [True] * len(self._outs))
        full = valid[inputs:] & ~self._ready[inputs:]
        other = self._units[:, OTHER]
        fed = given[self._units[:, EDGE]] & ((other < 0) | given[other])
        working = fed | np.any(self._state != kept, axis=1)
        return np.array(ready), working & ~full, full


def activity(plan: Plan, stretches: int) -> tuple[Activity, ...]:
    """What each layer does while a frame alone goes through the hardware, in at most so many stretches of its latency;
    nothing where that is longer than `LONGEST`.
    """
    if plan.latency > LONGEST:
        return ()
    units = [placed.instance.timing for placed in plan.placed]
    circuit = _Watched(units, [placed.reads for placed in plan.placed], len(plan.sources), plan.ends)
    cycles, left = plan.latency + 1, np.array([source.beats for source in plan.sources])
    flags = np.zeros((2, cycles, len(units)), bool)
    for cycle in range(cycles):
        ready, flags[0, cycle], flags[1, cycle] = circuit.watch(left > 0)
        left -= (left > 0) & ready
    edges = np.linspace(0, cycles, min(stretches, cycles) + 1).astype(int)
    parts = np.add.reduceat(flags, edges[:-1], axis=1) / np.diff(edges)[None, :, None]
    last, found = -1, []
    for step in plan.steps:
        last += len(step.instances)
        if step.instances:
            found.append(Activity(step.node.name, *parts[:, :, last]))
    return tuple(found)
