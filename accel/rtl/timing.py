"""Cycle-accurate models of the stream modules' control: their registers without the data.

Each mirrors one SystemVerilog module of ``lib/`` (named in its docstring) and is stepped once per clock.
``rtl/plan.py`` chains them to predict latency and initiation interval; simulation must agree to the cycle.
"""

from __future__ import annotations

from typing import Protocol

from accel.ir.graph import Window


class Unit(Protocol):
    """``valid``: out_valid_o at the start of the cycle, a register in every module."""

    valid: bool

    def ready(self, out_ready: bool) -> bool:
        """in_ready_o in this cycle."""

    def step(self, in_valid: bool, out_ready: bool) -> None:
        """The next clock edge."""


class Sequencer:
    """``acc_mvau``, and with ``cycles`` = ``beats`` = 1 every plain pipeline (``acc_cast``, ``acc_scale``, ...).

    Each beat is held for ``cycles`` and taken in the last; the last of ``beats`` gives an output beat, ``depth`` cycles
    later. Everything stops while that waits.
    """

    def __init__(self, cycles: int, beats: int, depth: int) -> None:
        self._last = cycles * beats - 1
        self._cycles = cycles
        self._count = 0
        self._pipe = 0
        self._mask = (1 << depth) - 1
        self._top = 1 << (depth - 1)
        self.valid = False

    def ready(self, out_ready: bool) -> bool:
        return (out_ready or not self.valid) and self._count % self._cycles == self._cycles - 1

    def step(self, in_valid: bool, out_ready: bool) -> None:
        if self.valid and not out_ready:
            return
        done = False
        if in_valid:
            done = self._gives(self._count)
            self._count = 0 if self._count == self._last else self._count + 1
        self._pipe = (self._pipe << 1 | done) & self._mask
        self.valid = bool(self._pipe & self._top)

    def _gives(self, count: int) -> bool:
        return count == self._last


class Pooler(Sequencer):
    """``acc_pool``: the last pixel of each window gives an output beat, 3 cycles later."""

    def __init__(self, window: Window) -> None:
        super().__init__(1, window.height * window.width, 3)
        (rows, columns), (down, across) = window.out_shape, window.kernel
        ends = (
            ((row + 1) * down - 1) * window.width - 1 + (column + 1) * across
            for row in range(rows)
            for column in range(columns)
        )
        self._ends = frozenset(ends)

    def _gives(self, count: int) -> bool:
        return count in self._ends


class Fifo:
    """``acc_fifo``: a buffer of ``depth`` beats, one of them on offer."""

    def __init__(self, depth: int) -> None:
        self.valid = False
        self._words = depth - 1
        self._waiting = 0

    def ready(self, out_ready: bool) -> bool:
        return self._waiting < self._words

    def step(self, in_valid: bool, out_ready: bool) -> None:
        push = in_valid and self._waiting < self._words
        if not (out_ready or not self.valid):
            self._waiting += push
        elif self._waiting:
            self._waiting += push - 1
        else:
            self.valid = push


class Splitter:
    """``acc_repack`` with ``split`` output beats per input beat."""

    def __init__(self, split: int) -> None:
        self.valid = False
        self._split = split
        self._count = 0

    def ready(self, out_ready: bool) -> bool:
        return not self.valid or (out_ready and self._count == self._split - 1)

    def step(self, in_valid: bool, out_ready: bool) -> None:
        take = self.ready(out_ready)
        if self.valid and out_ready:
            self._count = (self._count + 1) % self._split
        if take:
            self.valid = in_valid


class Windower:
    """``acc_window``."""

    def __init__(self, window: Window) -> None:
        rows, columns = window.out_shape
        self._lag = window.lag
        self._hits = bytearray(window.height * window.width)
        for row in range(rows):
            for column in range(columns):
                self._hits[row * window.stride[0] * window.width + column * window.stride[1]] = 1
        self._pixels = window.height * window.width
        self._position = 0
        self._lead = 0
        self._anchor = -1  # none
        self.valid = False

    def ready(self, out_ready: bool) -> bool:
        return out_ready or not self.valid

    def step(self, in_valid: bool, out_ready: bool) -> None:
        if self.valid and not out_ready:
            return
        if not in_valid and (self._position or self._anchor < 0):
            self.valid = False
            return
        starts = in_valid and self._position == 0
        if in_valid:
            self._position = (self._position + 1) % self._pixels
        begins = starts if self._lag == 0 else self._lead == 1
        if starts:
            self._lead = self._lag
        elif self._lead:
            self._lead -= 1
        if begins:
            self._anchor = 0
        elif self._anchor >= 0:
            self._anchor += 1
            if self._anchor == self._pixels:
                self._anchor = -1
        self.valid = self._anchor >= 0 and bool(self._hits[self._anchor])


class Recurrence:
    """``acc_gru`` and ``acc_lstm``: ``cycles`` a step from the beat that starts it, an output beat per step or per
    frame.

    Only a finished output beat that finds the one before still waiting stops it.
    """

    def __init__(self, cycles: int, steps: int, return_sequences: bool) -> None:
        self._cycles = cycles
        self._steps = steps
        self._each = return_sequences
        self._cycle = 0
        self._step = 0
        self.valid = False

    def ready(self, out_ready: bool) -> bool:
        return self._cycle == 0

    def step(self, in_valid: bool, out_ready: bool) -> None:
        last = self._cycle == self._cycles - 1
        emit = last and (self._each or self._step == self._steps - 1)
        if emit and self.valid and not out_ready:
            return
        self.valid = emit or (self.valid and not out_ready)
        if last:
            self._step = (self._step + 1) % self._steps
        if self._cycle or in_valid:
            self._cycle = 0 if last else self._cycle + 1
