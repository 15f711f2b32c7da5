"""The modules before a join, alone and through resets: a FIFO with a memory that is read a cycle ahead, and repeats."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from accel.fixed import Fixed
from accel.rtl.layers import Instance, Stream
from accel.rtl.layers.base import branch_end, deepened
from accel.rtl.timing import repeater
from tests.rtl.random_graphs import raw
from tests.rtl.stream_bench import Case, run, schedule, transcript

FRAMES, BYTE = 12, Fixed(8, 3)


def deep_fifo(depth: int) -> Case:
    x = raw(np.random.default_rng(1), (FRAMES, depth + 9, 1), BYTE)
    return Case(deepened(branch_end("x", Stream(1, BYTE, depth + 9)), depth), x, BYTE.width, x)


def repeat(words: int, times: int) -> Case:
    """Two blocks a frame."""
    x = raw(np.random.default_rng(1), (FRAMES, 2 * words, 1), BYTE)
    expected = np.repeat(x.reshape(FRAMES, 2, 1, words), times, axis=2).reshape(FRAMES, -1, 1)
    parameters = {"Width": str(BYTE.width), "Words": str(words), "Times": str(times)}
    made = Stream(1, BYTE, expected.shape[1])
    return Case(Instance("acc_repeat", "x", parameters, made, repeater(words, times)), x, BYTE.width, expected)


@pytest.mark.icarus
@pytest.mark.parametrize("case", [deep_fifo(67), repeat(1, 3), repeat(4, 2), repeat(3, 5)])
def test_every_cycle(case: Case, tmp_path: Path) -> None:
    drive = schedule(case)
    assert run(case, drive, tmp_path) == transcript(case, drive)
