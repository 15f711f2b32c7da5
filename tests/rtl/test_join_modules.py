"""The modules that fork and join streams, alone and through resets, and those before a join: a FIFO with a memory that
is read a cycle ahead, and repeats.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from accel.fixed import Fixed
from accel.ir.graph import Concatenate, Merge, Operation, Tensor
from accel.rtl.layers import Instance, Stream
from accel.rtl.layers.base import branch_end, deepened
from accel.rtl.timing import repeater
from tests.rtl import join_bench
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


CASES = {
    "acc_fifo": deep_fifo(67),
    **{f"acc_repeat-{words}x{times}": repeat(words, times) for words, times in ((1, 3), (4, 2), (3, 5))},
}


@pytest.mark.icarus
@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_every_cycle(case: Case, tmp_path: Path) -> None:
    drive = schedule(case)
    assert run(case, drive, tmp_path) == transcript(case, drive)


def merge(operation: Operation, types: tuple[str, str, str], lanes: tuple[int, int] = (3, 3)) -> join_bench.Joint:
    (a, b), result = (
        (Tensor((7, count), Fixed.parse(own)) for count, own in zip(lanes, types, strict=False)),
        types[2],
    )
    return join_bench.case(Merge("m", a, Tensor((7, max(lanes)), Fixed.parse(result)), (b,), operation))


def concatenate(a: tuple[int, ...], b: tuple[int, ...], axis: int, types: tuple[str, str, str]) -> join_bench.Joint:
    shape = tuple(n + m * (place == axis) for place, (n, m) in enumerate(zip(a, b, strict=True)))
    a_type, b_type, result = map(Fixed.parse, types)
    return join_bench.case(Concatenate("c", Tensor(a, a_type), Tensor(shape, result), (Tensor(b, b_type),), axis))


PLAIN, FINE, UNSIGNED = "fixed<8,3>", "fixed<9,2>", "ufixed<7,4>"
JOINED = {
    **{f"acc_merge-{own.value}": merge(own, (PLAIN, FINE, "fixed<9,4,RND,SAT>")) for own in Operation},
    **{f"acc_merge-{own.value}-u": merge(own, (UNSIGNED, PLAIN, "fixed<10,5,TRN_ZERO>")) for own in Operation},
    "acc_merge-one-a": merge(Operation.SUBTRACT, (FINE, PLAIN, "fixed<9,4,RND_CONV>"), (1, 3)),
    "acc_merge-one-b": merge(Operation.MULTIPLY, (FINE, UNSIGNED, "ufixed<9,4,TRN,SAT>"), (3, 1)),
    "acc_beside": concatenate((6, 2), (6, 3), 1, (PLAIN, FINE, "fixed<8,4,RND,SAT_SYM>")),
    "acc_beside-u": concatenate((6, 3), (6, 1), 1, (UNSIGNED, UNSIGNED, "ufixed<5,3,RND>")),
    "acc_append": concatenate((2, 3, 2), (2, 1, 2), 1, (PLAIN, FINE, "fixed<8,4,RND,SAT>")),
    "acc_append-u": concatenate((1, 2), (4, 2), 0, (UNSIGNED, PLAIN, "fixed<6,4>")),
}


@pytest.mark.icarus
@pytest.mark.parametrize("name", JOINED)
def test_every_cycle_and_beat_of_two_streams(name: str, tmp_path: Path) -> None:
    joint, drive = JOINED[name], join_bench.schedule(3)
    expected = join_bench.transcript(joint, drive)
    assert len({line.split()[2] for line in expected}) > 5
    assert join_bench.run(joint, drive, tmp_path) == expected


@pytest.mark.icarus
@pytest.mark.parametrize("ways", [2, 3])
def test_a_fork_gives_each_beat_once_to_every_reader(ways: int, tmp_path: Path) -> None:
    drive = join_bench.schedule(1 + ways)
    assert join_bench.fork(ways, drive, tmp_path) == join_bench.forked(ways, drive)
