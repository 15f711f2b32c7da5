"""Exact comparison of the beats a simulation gave with the expected frames: one rule for all drivers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from accel.rtl.interface import Interface, Stream, timing
from accel.sim import vectors
from accel.sim.result import OUTPUT, Kind, Mismatch


@dataclass(frozen=True, eq=False)
class Beats:
    """Transferred beats in order.

    ``values``: int64 (n, lanes). The others are (n,): ``unknown``: some bit was x or z; ``last``: TLAST, None where
    there is none; ``unstable``: valid dropped or data changed while the beat waited; ``cycles``: clock cycles after the
    transfer of the first input beat.
    """

    values: np.ndarray
    unknown: np.ndarray
    last: np.ndarray | None
    unstable: np.ndarray
    cycles: np.ndarray


def measured(got: Sequence[Beats], design: Interface) -> tuple[int | None, int | None]:
    """Latency and initiation interval of the frames that came whole, as ``interface.timing`` has them; no interval
    where they are fewer than the design needs to show it.
    """
    each = [beats.cycles[stream.beats - 1 :: stream.beats] for beats, stream in zip(got, design.outputs, strict=True)]
    whole = min(map(len, each))
    latency, ii = timing(np.array([own[:whole] for own in each]))
    return latency, ii if whole >= design.frames else None


@dataclass(frozen=True)
class Difference:
    """How many lanes, beats and flags are wrong, and the first few in order of place."""

    count: int
    first: tuple[Mismatch, ...]


def compare_all(got: Sequence[Beats], expected: np.ndarray, streams: Sequence[Stream], shown: int = 10) -> Difference:
    """Compare the beats of all outputs with their frames; each is called by its ports, one alone `OUTPUT`."""
    names = [OUTPUT] if len(streams) == 1 else [stream.prefix for stream in streams]
    each = zip(got, vectors.apart(expected, streams), names, strict=True)
    found = [compare(beats, frames, name, shown) for beats, frames, name in each]
    first = sorted((place for one in found for place in one.first), key=lambda place: place.frame)
    return Difference(sum(one.count for one in found), tuple(first[:shown]))


def compare(got: Beats, expected: np.ndarray, layer: str = OUTPUT, shown: int = 10) -> Difference:
    """Compare beats with int64 (frames, beats, lanes); at most ``shown`` of the differences are described."""
    frames, per_frame, _ = expected.shape
    wanted = expected.reshape(frames * per_frame, -1)
    n = min(len(got.values), len(wanted))
    last = np.zeros((n, 0), bool)
    if got.last is not None:
        due = np.arange(n) % per_frame == per_frame - 1
        last = (got.last[:n] != due)[:, None]
    wrong = got.values[:n] != wanted[:n]
    wrong[got.unknown[:n]] = False
    flags = np.hstack([got.unstable[:n, None], got.unknown[:n, None], wrong, last])
    count = int(flags.sum()) + abs(len(got.values) - len(wanted))
    places = [
        (beat, column) for beat in np.flatnonzero(flags.any(axis=1))[:shown] for column in np.flatnonzero(flags[beat])
    ]
    first = [_describe(layer, int(beat), int(column), got, wanted, per_frame) for beat, column in places]
    if len(wanted) > n:
        first.append(Mismatch(layer, *divmod(n, per_frame), None, int(wanted[n, 0]), None, Kind.MISSING))
    if len(got.values) > n:
        first.append(Mismatch(layer, *divmod(n, per_frame), None, None, int(got.values[n, 0]), Kind.EXTRA))
    return Difference(count, tuple(first[:shown]))


def _describe(layer: str, beat: int, column: int, got: Beats, wanted: np.ndarray, per_frame: int) -> Mismatch:
    """The difference in ``column`` of a beat's flags: unstable, unknown, its lanes, last."""
    lanes = wanted.shape[1]
    place = (layer, *divmod(beat, per_frame))
    if column == 0:
        return Mismatch(*place, None, None, None, Kind.UNSTABLE)
    if column == 1:
        return Mismatch(*place, None, int(wanted[beat, 0]), None, Kind.UNKNOWN)
    if column < lanes + 2:
        lane = column - 2
        return Mismatch(*place, lane, int(wanted[beat, lane]), int(got.values[beat, lane]))
    is_last = bool(got.last[beat])
    return Mismatch(*place, None, int(not is_last), int(is_last), Kind.LAST)
