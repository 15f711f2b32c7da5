"""Every kind of difference is found at its place, and counted."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from accel.errors import AccelError
from accel.rtl.interface import Interface, Stream
from accel.sim.compare import Beats, compare, compare_all, measured
from accel.sim.result import Kind, Mismatch, SimResult

EXPECTED = np.arange(5 * 4 * 3).reshape(5, 4, 3)  # 5 frames of 4 beats of 3 lanes


def beats(**changes) -> Beats:
    n = 20
    right = Beats(
        values=EXPECTED.reshape(n, 3).copy(),
        unknown=np.zeros(n, bool),
        last=np.arange(n) % 4 == 3,
        unstable=np.zeros(n, bool),
        cycles=np.arange(n) * 2 + 7,
    )
    return dataclasses.replace(right, **changes)


def stream(count: int, prefix: str = "m_axis") -> Stream:
    return Stream(prefix, 3, 8, 8, 0, True, count)


def test_equal_is_no_difference() -> None:
    found = compare(beats(), EXPECTED)
    assert found.count == 0 and found.first == ()
    assert compare(beats(last=None), EXPECTED).count == 0


def test_value() -> None:
    got = beats()
    got.values[6, 2] += 1
    got.values[9, 0] -= 1
    found = compare(got, EXPECTED)
    assert found.count == 2
    assert found.first == (Mismatch("output", 1, 2, 2, 20, 21), Mismatch("output", 2, 1, 0, 27, 26))
    assert str(found.first[0]) == "output: frame 1, beat 2, lane 2: expected 20, got 21"


@pytest.mark.parametrize("flag", ["unknown", "unstable", "last"])
def test_flags(flag: str) -> None:
    got = beats()
    getattr(got, flag)[5] ^= True
    found = compare(got, EXPECTED)
    assert found.count == 1
    assert (found.first[0].frame, found.first[0].beat, found.first[0].kind) == (1, 1, Kind(flag))
    assert "frame 1, beat 1: " in str(found.first[0])


def test_missing_and_extra() -> None:
    short = Beats(*(column[:18] for column in dataclasses.astuple(beats())))
    found = compare(short, EXPECTED)
    assert found.count == 2 and found.first == (Mismatch("output", 4, 2, None, 54, None, Kind.MISSING),)
    found = compare(beats(), EXPECTED[:4])
    assert found.count == 4 and found.first == (Mismatch("output", 4, 0, None, None, 48, Kind.EXTRA),)


def test_at_most_ten_are_described() -> None:
    found = compare(beats(values=EXPECTED.reshape(20, 3) + 1), EXPECTED)
    assert found.count == 60 and len(found.first) == 10


def design(*counts: int, frames: int = 4) -> Interface:
    return Interface("top", (), tuple(map(stream, counts)), frames=frames)


def test_latency_and_ii() -> None:
    assert measured([beats()], design(4)) == (13, 8)
    assert measured([beats()], design(4, frames=6)) == (13, None), "the pace shows later only"
    assert measured([beats()], design(6)) == (17, None), "three whole frames"
    assert measured([beats()], design(21)) == (None, None)


@pytest.mark.parametrize(
    ("ends", "ii"),
    [
        ((30, 10, 10, 5), 10),  # neither the first nor the last interval
        ((10, 10, 23, 20, 20, 5), 23),  # those between are uneven
        ((10, 40, 10, 23, 20, 5), 23),  # three of them are looked at
    ],
)
def test_pace_of_uneven_frames(ends: tuple[int, ...], ii: int) -> None:
    own = beats(values=np.zeros((len(ends) + 1, 3)), cycles=np.cumsum((7, *ends)))
    assert measured([own], design(1)) == (7, ii)


def test_a_frame_ends_with_its_last_output() -> None:
    late = beats(cycles=np.arange(20) * 3)
    assert measured([beats(), late], design(4, 4)) == (13, 12)
    assert measured([late, beats()], design(4, 2)) == (9, 12)


def test_outputs_are_called_by_their_ports() -> None:
    rows, ends = np.concatenate([EXPECTED.reshape(5, 12)] * 2, axis=1), [stream(4, "m_axis_a"), stream(4, "m_axis_b")]
    assert compare_all([beats(), beats()], rows, ends).count == 0
    wrong = beats()
    wrong.values[6, 2] += 1
    found = compare_all([beats(), wrong], rows, ends)
    assert found.count == 1 and str(found.first[0]).startswith("m_axis_b: frame 1, beat 2, lane 2: expected 20")
    with pytest.raises(AccelError, match=r"shape \(5, 23\) came; expected \(frames, 24\)"):
        compare_all([beats(), beats()], rows[:, 1:], ends)


def test_require() -> None:
    red = SimResult("icarus", 5, 1, Mismatch("output", 1, 2, 2, 20, 21), 9, 8, 100, 1.0)
    with pytest.raises(AccelError, match="frame 1, beat 2, lane 2: expected 20, got 21"):
        red.require()
    with pytest.raises(AccelError, match="not one frame"):
        SimResult("icarus", 0, 0, None, None, None, 0, 0.0).require()
    green = SimResult("icarus", 5, 0, None, 9, 8, 100, 2.0)
    assert green.require() is green and green.to_dict()["cycles_per_second"] == 50
