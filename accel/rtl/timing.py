"""Cycle-accurate models of the stream modules' control: their registers without the data.

A ``Unit`` says what a module is; one compiled function steps all units of a network together. Each kind mirrors one
SystemVerilog module of ``lib/``. ``rtl/plan.py`` wires them to predict latency and initiation interval; simulation must
agree to the cycle.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from accel.compiled import compiled
from accel.ir.graph import Window

_SEQUENCER, _FIFO, _SPLITTER, _WINDOWER, _RECURRENCE, _REVERSER = range(6)

_KIND, _MARKS, _FIRST, _SECOND, _THIRD, _FOURTH = range(6)
"""A row of the compiled units: kind, where its marks begin (-1: none), its parameters."""

_REGISTERS = 3
"""What a unit keeps besides valid (out_valid_o, a register in every module), at most."""

_MOVING = -1

_DEEPEST = 62


@dataclass(frozen=True)
class Unit:
    """The control of one module: use the functions below to make one.

    ``parameters``: what its kind is made with. ``marks``: by position in a frame, 1 where a beat comes of it.
    """

    kind: int
    parameters: tuple[int, ...]
    marks: bytes = b""


def sequencer(cycles: int, beats: int, depth: int, parts: int = 1) -> Unit:
    """``acc_mvau``, and with ``cycles`` = ``beats`` = 1 every plain pipeline (``acc_cast``, ``acc_scale``, ...).

    Each beat is held for ``cycles`` and taken in the last; the last of ``beats`` gives ``parts`` output beats, each
    ``depth`` cycles behind its share of the cycles. Everything stops while one waits.
    """
    if not 1 <= depth <= _DEEPEST:
        raise ValueError(f"a pipeline of {depth} stages; expected 1 to {_DEEPEST}")
    return Unit(_SEQUENCER, (cycles, beats, depth, cycles // parts))


def pooler(window: Window) -> Unit:
    """``acc_pool``: the last pixel of each window gives an output beat, 3 cycles later."""
    marks = np.zeros((window.height, window.width), np.uint8)
    (rows, columns), (down, across) = window.out_shape, window.kernel
    marks[down - 1 : rows * down : down, across - 1 : columns * across : across] = 1
    return Unit(_SEQUENCER, (1, marks.size, 3, 1), marks.tobytes())


def fifo(depth: int) -> Unit:
    """``acc_fifo``: a buffer of ``depth`` beats, one of them on offer."""
    return Unit(_FIFO, (depth - 1,))


def splitter(split: int) -> Unit:
    """``acc_repack`` with ``split`` output beats per input beat."""
    return Unit(_SPLITTER, (split,))


def reverser(beats: int) -> Unit:
    """``acc_reverse`` of frames of ``beats``."""
    return Unit(_REVERSER, (beats,))


def windower(window: Window) -> Unit:
    """``acc_window``."""
    marks = np.zeros((window.height, window.width), np.uint8)
    (rows, columns), (down, across) = window.out_shape, window.stride
    marks[: rows * down : down, : columns * across : across] = 1
    return Unit(_WINDOWER, (marks.size, window.lag), marks.tobytes())


def recurrence(cycles: int, steps: int, return_sequences: bool) -> Unit:
    """``acc_gru`` and ``acc_lstm``: ``cycles`` a step from the beat that starts it, an output beat per step or per
    frame.

    Only a finished output beat that finds the one before still waiting stops it.
    """
    return Unit(_RECURRENCE, (cycles, steps, int(return_sequences)))


class Circuit:
    """Units that read each other's streams, after a reset.

    Stream 0 is the circuit's input, stream i + 1 what unit i makes; the last unit makes the circuit's output.

    Args:
        units: each after the one it reads.
        reads: the stream that each unit reads.
    """

    def __init__(self, units: Sequence[Unit], reads: Sequence[int]) -> None:
        self._units = np.zeros((len(units), _FOURTH + 1), np.int64)
        marked = 0
        for row, unit in zip(self._units, units, strict=True):
            row[:_FIRST] = unit.kind, marked if unit.marks else -1
            row[_FIRST : _FIRST + len(unit.parameters)] = unit.parameters
            marked += len(unit.marks)
        self._marks = np.frombuffer(b"".join(unit.marks for unit in units), np.uint8)
        self._reads = np.array(reads, np.int64)
        self._state = np.zeros((len(units), _REGISTERS), np.int64)
        self._still = np.full(len(units), _MOVING, np.int8)
        self._valid, self._ready = np.zeros((2, len(units) + 1), np.bool_)

    @property
    def _registers(self) -> tuple[np.ndarray, ...]:
        return self._units, self._marks, self._reads, self._state, self._valid, self._ready, self._still

    def step(self, in_valid: bool, out_ready: bool) -> tuple[bool, bool]:
        """One clock cycle and the edge that ends it: in_ready_o and out_valid_o in this cycle."""
        out_valid = bool(self._valid[-1])
        _cycle(*self._registers, bool(in_valid), bool(out_ready))
        return bool(self._ready[0]), out_valid

    def frame_ends(self, beats_in: int, beats_out: int, frames: int) -> list[int]:
        """Cycles, from the first input transfer, at which each frame's last output beat is transferred; input is always
        valid and output always ready.

        Raises:
            ValueError: the streams come to a stop before that.
        """
        ends = np.zeros(frames, np.int64)
        # No unit works longer than its parameters say without a beat that moves.
        patience = int(self._units[:, _FIRST:].sum()) + len(self._units)
        delivered = _frame_ends(*self._registers, beats_in * frames, beats_out, ends, patience)
        if delivered < frames:
            raise ValueError(f"the streams stop in frame {delivered + 1} of {frames}")
        return ends.tolist()


@compiled
def _frame_ends(units, marks, reads, state, valid, ready, still, to_send, beats_out, ends, patience):
    """Fill ``ends``; how many of them there are once all came, or none of the streams moved for ``patience`` cycles."""
    delivered = received = cycle = idle = 0
    while delivered < len(ends) and idle < patience:
        received += valid[-1]
        if received == beats_out:
            ends[delivered] = cycle
            delivered, received = delivered + 1, 0
        moved = _cycle(units, marks, reads, state, valid, ready, still, to_send > 0, True)
        to_send -= to_send > 0 and ready[0]
        idle = 0 if moved else idle + 1
        cycle += 1
    return delivered


@compiled
def _cycle(units, marks, reads, state, valid, ready, still, in_valid, out_ready):
    """Ready of all streams in this cycle and the next clock edge; whether a beat was transferred.

    Who reads a stream steps before who makes it, so that it sees valid as it was before the edge. A unit that a clock
    edge left as it was is ``still`` until other flags reach it.
    """
    valid[0], ready[-1] = in_valid, out_ready
    moved = valid[-1] and out_ready
    for i in range(len(units) - 1, -1, -1):
        offered, taken = valid[reads[i]], ready[i + 1]
        if still[i] == 2 * offered + taken:
            moved |= offered and ready[reads[i]]
            continue
        kept = valid[i + 1], state[i, 0], state[i, 1], state[i, 2]
        kind, first, second, third = units[i, _KIND], units[i, _FIRST], units[i, _SECOND], units[i, _THIRD]
        fourth = units[i, _FOURTH]
        if kind == _SEQUENCER:
            made = _sequencer(first, second, third, fourth, marks, units[i, _MARKS], kept, offered, taken)
        elif kind == _FIFO:
            made = _fifo(first, kept, offered, taken)
        elif kind == _SPLITTER:
            made = _splitter(first, kept, offered, taken)
        elif kind == _WINDOWER:
            made = _windower(first, second, marks, units[i, _MARKS], kept, offered, taken)
        elif kind == _REVERSER:
            made = _reverser(first, kept, offered, taken)
        else:
            made = _recurrence(first, second, third, kept, offered, taken)
        ready[reads[i]], valid[i + 1], state[i, 0], state[i, 1], state[i, 2] = made
        moved |= offered and ready[reads[i]]
        still[i] = 2 * offered + taken if made[1:] == kept else _MOVING
    return moved


# Each kind below takes its parameters, the registers it keeps, the first of them valid, whether a beat is offered to it
# and its own is taken; it gives ready in this cycle, and the registers after the clock edge.


@compiled
def _sequencer(cycles, beats, depth, share, marks, marked, kept, offered, taken):
    """Keeps the cycle of the beat, the beat of the frame, and what is in the pipeline, a bit a stage."""
    valid, cycle, beat, pipe = kept
    last = cycle == cycles - 1
    if valid and not taken:
        return False, valid, cycle, beat, pipe
    done = False
    if offered:
        ends = beat == beats - 1
        if (cycle + 1) % share == 0:
            done = ends if marked < 0 else marks[marked + beat] == 1
        if last:
            beat = 0 if ends else beat + 1
        cycle = 0 if last else cycle + 1
    pipe = (pipe << 1 | done) & ((1 << depth) - 1)
    return last, pipe >> (depth - 1) == 1, cycle, beat, pipe


@compiled
def _fifo(words, kept, offered, taken):
    """Keeps the beats that wait behind the one on offer."""
    valid, waiting, _, _ = kept
    ready = waiting < words
    push = offered and ready
    if valid and not taken:
        waiting += push
    elif waiting:
        waiting += push - 1
    else:
        valid = push
    return ready, valid, waiting, 0, 0


@compiled
def _splitter(split, kept, offered, taken):
    """Keeps which part is on offer."""
    valid, part, _, _ = kept
    last = part == split - 1
    ready = not valid or (taken and last)
    if valid and taken:
        part = 0 if last else part + 1
    return ready, offered if ready else valid, part, 0, 0


@compiled
def _reverser(beats, kept, offered, taken):
    """Keeps the beat of the frame that comes in, and how many are left of the one that goes out."""
    valid, beat, left, _ = kept
    reads = left > 0 and (not valid or taken)
    ready = beat + left < beats or left == 0 or (beat + left == beats and reads)
    if reads:
        valid, left = True, left - 1
    elif taken:
        valid = False
    if offered and ready:
        beat += 1
        if beat == beats:
            beat, left = 0, beats
    return ready, valid, beat, left, 0


@compiled
def _windower(pixels, lag, marks, marked, kept, offered, taken):
    """Keeps the pixel to come, the pixels until the first window ends, and one more than the pixel whose window is on
    offer (0: none is).
    """
    valid, pixel, lead, anchor = kept
    if valid and not taken:
        return False, valid, pixel, lead, anchor
    if not offered and (pixel or not anchor):
        return True, False, pixel, lead, anchor
    starts = offered and pixel == 0
    if offered:
        pixel = 0 if pixel == pixels - 1 else pixel + 1
    begins = starts if lag == 0 else lead == 1
    if starts:
        lead = lag
    elif lead:
        lead -= 1
    if begins:
        anchor = 1
    elif anchor:
        anchor = 0 if anchor == pixels else anchor + 1
    return True, anchor > 0 and marks[marked + anchor - 1] == 1, pixel, lead, anchor


@compiled
def _recurrence(cycles, steps, every, kept, offered, taken):
    """Keeps the cycle of the time step and the step of the frame."""
    valid, cycle, step, _ = kept
    ready, last = cycle == 0, cycle == cycles - 1
    ends = last and step == steps - 1
    emits = ends or (last and every == 1)
    waits = valid and not taken
    if emits and waits:
        return ready, valid, cycle, step, 0
    if last:
        step = 0 if ends else step + 1
    if cycle or offered:
        cycle = 0 if last else cycle + 1
    return ready, emits or waits, cycle, step, 0
