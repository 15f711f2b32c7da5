"""The control of a whole network, clock by clock: the modules' registers without the data.

``rtl/timing.py`` says what the units are, ``rtl/control.py`` steps them.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from accel.rtl import control
from accel.rtl.control import EDGE, FIRST, FOREVER, MOVING, OTHER
from accel.rtl.timing import Unit

_REGISTERS = 3
"""What a unit keeps besides valid (out_valid_o, a register in every module), at most."""


class Circuit:
    """Units that read each other's streams, after a reset.

    Streams are numbered: the circuit's inputs first, then what each unit makes. A stream that several read is forked
    (``acc_fork``): each of them takes a beat when it can, and the next one is on offer when all have.

    Args:
        units: each behind those that it reads.
        reads: the streams that each unit reads, one or two.
        inputs: how many streams come from outside.
        outputs: the streams that go outside.
    """

    def __init__(
        self, units: Sequence[Unit], reads: Sequence[tuple[int, ...]], inputs: int, outputs: Sequence[int]
    ) -> None:
        readers = [*reads, *((stream,) for stream in outputs)]
        edges = sorted(
            (stream, reader, place) for reader, own in enumerate(readers) for place, stream in enumerate(own)
        )
        number = {(reader, place): edge for edge, (_, reader, place) in enumerate(edges)}
        self._units = np.zeros((len(units), OTHER + 1), np.int64)
        marked = 0
        for row, unit, reader in zip(self._units, units, range(len(units)), strict=True):
            row[:FIRST] = unit.kind, marked if unit.marks else -1
            row[FIRST : FIRST + len(unit.parameters)] = unit.parameters
            row[EDGE:] = number[reader, 0], number.get((reader, 1), -1)
            marked += len(unit.marks)
        self._marks = np.frombuffer(b"".join(unit.marks for unit in units), np.uint8)
        self._streams = np.array([stream for stream, _, _ in edges], np.int64)
        self._spans = np.searchsorted(self._streams, np.arange(inputs + len(units) + 1))
        self._outs = np.array([number[len(units) + place, 0] for place in range(len(outputs))], np.int64)
        self._state = np.zeros((len(units), _REGISTERS), np.int64)
        self._still = np.full(len(units), MOVING, np.int8)
        self._done, self._takes = np.zeros((2, len(edges)), np.bool_)
        self._valid, self._ready = np.zeros((2, inputs + len(units)), np.bool_)
        self._inputs = inputs

    @property
    def _registers(self) -> tuple[np.ndarray, ...]:
        wires = self._units, self._marks, self._streams, self._spans, self._outs
        return *wires, self._state, self._still, self._done, self._takes, self._valid, self._ready

    def step(self, offered: Sequence[bool], taken: Sequence[bool]) -> tuple[tuple[bool, ...], tuple[bool, ...]]:
        """One clock cycle and the edge that ends it.

        Args:
            offered: in_valid_i of each input in this cycle.
            taken: out_ready_i of each output.

        Returns:
            in_ready_o of each input, out_valid_o of each output.
        """
        self._valid[: self._inputs] = offered
        valid = self._valid[self._streams[self._outs]] & ~self._done[self._outs]
        control.cycle(*self._registers, np.array(taken, np.bool_), True)
        return tuple(self._ready[: self._inputs].tolist()), tuple(valid.tolist())

    def frame_ends(
        self, beats_in: Sequence[int], beats_out: Sequence[int], frames: int, due: Sequence[int] | None = None
    ) -> np.ndarray:
        """Cycles, from the first transfer at an input, at which each frame's last beat is transferred at each output,
        int64 (outputs, frames); inputs are always valid and outputs always ready.

        Args:
            beats_in, beats_out: of a frame, of each input and output.
            due: the cycles by which frames are expected at all outputs.

        Raises:
            ValueError: the streams come to a stop before that, or a frame is late.
        """
        ends = np.zeros((len(beats_out), frames), np.int64)
        limits = np.full(frames, FOREVER) if due is None else np.array(due, np.int64)
        delivered = self._run(beats_in, beats_out, ends, limits, (False, False))
        if delivered < frames:
            raise ValueError(f"the streams stop in frame {delivered + 1} of {frames}")
        return ends

    def completes(
        self, beats_in: Sequence[int], beats_out: Sequence[int], *, slowly: bool, lazily: bool, frames: int = 3
    ) -> bool:
        """Whether all frames come out where an input always offers a beat, or `slowly`, only when nothing moves any
        more; and where windows are flushed when no pixel comes, or `lazily`, only when nothing else moves any more.
        """
        ends, limits = np.zeros((len(beats_out), frames), np.int64), np.full(frames, FOREVER)
        return self._run(beats_in, beats_out, ends, limits, (slowly, lazily)) == frames

    def _run(
        self,
        beats_in: Sequence[int],
        beats_out: Sequence[int],
        ends: np.ndarray,
        due: np.ndarray,
        pace: tuple[bool, bool],
    ) -> int:
        to_send = np.array(beats_in, np.int64) * ends.shape[1]
        wanted = np.array(beats_out, np.int64)
        return control.frame_ends(*self._registers, to_send, wanted, ends, due, pace)

    def waited(self, unit: int) -> int:
        """The most beats that ever waited in a FIFO, behind the one on offer."""
        return int(self._state[unit, 1])
