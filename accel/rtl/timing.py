"""What the control of each stream module is: a ``Unit`` of plain numbers, whose kind mirrors a SystemVerilog module.

``rtl/circuit.py`` steps all units of a network together, to predict latency and initiation interval; simulation must
agree to the cycle.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from accel.ir.graph import Window
from accel.rtl.control import APPENDER, FIFO, RECURRENCE, REPEATER, SEQUENCER, SHAPER, SHUFFLER, SPLITTER, WINDOWER

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
    return Unit(SEQUENCER, (cycles, beats, depth, cycles // parts))


def emptied(unit: Unit) -> Unit:
    """The same where it holds least: a pipeline that stops as a whole may have nothing behind the beat that waits."""
    if unit.kind != SEQUENCER:
        return unit
    cycles, beats, _, share = unit.parameters
    return replace(unit, parameters=(cycles, beats, 1, share))


def pooler(window: Window) -> Unit:
    """``acc_pool``: the last pixel of each window gives an output beat, 3 cycles later."""
    marks = np.zeros((window.height, window.width), np.uint8)
    (rows, columns), (down, across) = window.out_shape, window.kernel
    marks[down - 1 : rows * down : down, across - 1 : columns * across : across] = 1
    return Unit(SEQUENCER, (1, marks.size, 3, 1), marks.tobytes())


def fifo(depth: int) -> Unit:
    """``acc_fifo``: a buffer of ``depth`` beats, one of them on offer."""
    return Unit(FIFO, (depth - 1,))


def splitter(split: int) -> Unit:
    """``acc_repack`` with ``split`` output beats per input beat."""
    return Unit(SPLITTER, (split,))


def reverser(beats: int) -> Unit:
    """``acc_reverse`` of frames of ``beats``."""
    return Unit(SHUFFLER, (beats, 1))


def permuter(words: int) -> Unit:
    """``acc_permute`` of frames of ``words``."""
    return Unit(SHUFFLER, (words, 2))


def shaper(steps: np.ndarray) -> Unit:
    """``acc_pad`` and ``acc_upsample``: an output beat a cycle. ``steps``: of each output beat of a frame, or of a row,
    1 where an input beat must be there, 3 where it is taken.
    """
    return Unit(SHAPER, (steps.size,), steps.astype(np.uint8).tobytes())


def windower(window: Window) -> Unit:
    """``acc_window``."""
    marks = np.zeros((window.height, window.width), np.uint8)
    (rows, columns), (down, across) = window.out_shape, window.stride
    marks[: rows * down : down, : columns * across : across] = 1
    return Unit(WINDOWER, (marks.size, window.lag), marks.tobytes())


def recurrence(cycles: int, steps: int, return_sequences: bool, taken: int, fold: int, rounds: int) -> Unit:
    """``acc_gru`` and ``acc_lstm``: ``cycles`` a step, an output beat per step or per frame. A step takes a beat in its
    cycle ``taken``, and every ``fold`` cycles from there on until it has ``rounds`` of them.

    It stops where that beat is not there, and where a finished output beat finds the one before still waiting.
    """
    return Unit(RECURRENCE, (cycles, steps, int(return_sequences), taken, fold, rounds))


def appender(first: int, second: int) -> Unit:
    """``acc_append``: ``first`` beats of one stream, then ``second`` of the other, and so on."""
    return Unit(APPENDER, (first, second))


def repeater(words: int, times: int) -> Unit:
    """``acc_repeat``: ``words`` beats, and the same again until they came ``times``."""
    return Unit(REPEATER, (words, times))
