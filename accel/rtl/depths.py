"""How deep the FIFOs at the ends of branches have to be: found by running the control alone, which no data changes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from accel.rtl.circuit import Circuit
from accel.rtl.interface import FEWEST, timing
from accel.rtl.timing import Unit, emptied, fifo

FRAMES = 5
"""Simulated back to back behind as many as are under way at a time; the last that another follows gives the steady
state.
"""

SHALLOWEST = 2
"""Beats that ``acc_fifo`` holds at least."""

UNLIMITED = 1 << 40


@dataclass(frozen=True)
class Net:
    """The units of a network as `Circuit` takes them, and the beats of a frame at each input and output."""

    units: tuple[Unit, ...]
    reads: tuple[tuple[int, ...], ...]
    beats_in: tuple[int, ...]
    outputs: tuple[int, ...]
    beats_out: tuple[int, ...]

    def sized(self, depths: Mapping[int, int]) -> Net:
        """The same with FIFOs of other depths, by the number of the unit; one of 0 is left out."""
        inputs = len(self.beats_in)
        numbers = list(range(inputs))  # of the streams
        units, reads = [], []
        for place, (unit, read) in enumerate(zip(self.units, self.reads, strict=True)):
            depth = depths.get(place)
            if depth == 0:
                numbers.append(numbers[read[0]])
                continue
            units.append(unit if depth is None else fifo(depth))
            reads.append(tuple(numbers[stream] for stream in read))
            numbers.append(inputs + len(units) - 1)
        outputs = tuple(numbers[stream] for stream in self.outputs)
        return Net(tuple(units), tuple(reads), self.beats_in, outputs, self.beats_out)

    def circuit(self) -> Circuit:
        """Its control, after a reset."""
        return Circuit(self.units, self.reads, len(self.beats_in), self.outputs)

    def completes(self) -> bool:
        """Whether nothing ever stops, however slowly beats come and go: a full FIFO cannot count on room in a pipeline,
        which may stop with nothing between its ends; nor can a window count on being flushed behind a frame, for the
        next one may begin, and stop.
        """
        return all(completed for _, completed in self.emptied_runs())

    def emptied_runs(self) -> Iterator[tuple[Circuit, bool]]:
        """The control where each pipeline holds one beat, the one at its end, after some frames, and whether they came
        out: with inputs that always offer a beat, with inputs that do it only when nothing moves any more, and with
        windows that are flushed only then, as the next frame's first pixel may come before.
        """
        net = replace(self, units=tuple(map(emptied, self.units)))
        for slowly, lazily in ((False, False), (True, False), (False, True)):
            circuit = net.circuit()
            yield circuit, circuit.completes(self.beats_in, self.beats_out, slowly=slowly, lazily=lazily)

    def frame_ends(self, frames: int = FRAMES, due: Sequence[int] | None = None) -> np.ndarray:
        """When each of so many frames ends at each output, int64 (outputs, frames).

        Raises:
            ValueError: the streams come to a stop before that, or a frame ends later than it is ``due``.
        """
        return self.circuit().frame_ends(self.beats_in, self.beats_out, frames, due)


def settled(ends: np.ndarray) -> int:
    """How many frames it takes, if these end so, until one begins that has to wait for all before it: pipelines and
    FIFOs that are not full yet take frames in whatever becomes of them.
    """
    first, *_, before, last, _ = ends.max(axis=0).tolist()
    return FRAMES + first // max(1, last - before)


def steady(ends: np.ndarray) -> bool:
    """Whether frames that wait for all before them, if they end so, do it at one pace at each output; the last, which
    none follows, as it likes.
    """
    paces = np.diff(ends[:, -FRAMES:-1])
    return bool((paces == paces[:, :1]).all())


@lru_cache(maxsize=256)
def least(net: Net, joins: tuple[tuple[int, ...], ...]) -> tuple[tuple[int, ...], np.ndarray]:
    """The least depths of FIFOs, 0 for none, with which no frame ends later than with unlimited ones at full rate, nor
    frames at changing paces, and with which the streams never stop, however slowly beats come and go; and when frames
    end with them at full rate, int64 (outputs, frames).

    One word less in any of them, and frames end later or unevenly, or the streams can stop. Designs that differ in
    their types alone have the same units.

    Args:
        joins: the numbers of the units whose depths are to be found, in order, together those before one join.

    Raises:
        ValueError: the streams stop, however deep the FIFOs are.
    """
    places = [place for fifos in joins for place in fifos]
    search = _Search(net, places)
    for fifos in (*joins, *((place,) for place in places)):  # two that read one stream can only be left out together
        search.accepts(dict.fromkeys(fifos, 0))
    shrunk = True
    while shrunk:
        shrunk = sum(search.shrinks(place) for place in places)
    return tuple(search.depths[place] for place in places), search.ends


def needed(ends: np.ndarray) -> int:
    """How many frames have to run for the initiation interval to be seen, if they end so."""
    count = ends.shape[1]
    while count > FEWEST and timing(ends[:, : count - 1]) == timing(ends):
        count -= 1
    return count


class _Search:
    """The depths found so far, and the `ends` of frames with them.

    With unlimited FIFOs it is seen how many beats wait at most: at full rate, and where no pipeline holds more than the
    one that waits at its end, which is when FIFOs have to hold most (`_safe`).
    """

    def __init__(self, net: Net, places: Sequence[int]) -> None:
        self._net = net
        unlimited = net.sized(dict.fromkeys(places, UNLIMITED))
        circuit, self.ends = _run(unlimited, FRAMES)
        if (frames := settled(self.ends)) > FRAMES:
            circuit, self.ends = _run(unlimited, frames)
        runs = list(unlimited.emptied_runs()) if places else []
        if not all(completed for _, completed in runs):
            raise ValueError("the streams stop when pipelines are empty")
        self._safe = {place: max(empty.waited(place) for empty, _ in runs) + 1 for place in places}
        self.depths = {place: max(circuit.waited(place), self._safe[place]) + SHALLOWEST for place in places}

    def accepts(self, changes: Mapping[int, int]) -> bool:
        """Whether these depths will do, too; then they are taken."""
        depths = self.depths | changes
        net = self._net.sized(depths)
        try:
            ends = net.frame_ends(self.ends.shape[1], self.ends.max(axis=0))
        except ValueError:
            return False
        if steady(self.ends) and not steady(ends):
            return False
        scarce = any(depth < self._safe[place] for place, depth in depths.items())
        if scarce and not net.completes():
            return False
        self.depths, self.ends = depths, ends
        return True

    def shrinks(self, place: int) -> bool:
        """Make a FIFO as small as it may be beside the others; whether it was larger."""
        before, step = self.depths[place], 1
        while (depth := self.depths[place] - step) >= SHALLOWEST and self.accepts({place: depth}):
            step *= 2
        low = max(depth + 1, SHALLOWEST)  # the least that may do: ``depth`` was refused, or is below all
        while low < self.depths[place]:
            depth = (low + self.depths[place]) // 2
            if not self.accepts({place: depth}):
                low = depth + 1
        return self.depths[place] < before


def _run(net: Net, frames: int) -> tuple[Circuit, np.ndarray]:
    """The control after so many frames, and when they ended."""
    circuit = net.circuit()
    return circuit, circuit.frame_ends(net.beats_in, net.beats_out, frames)
