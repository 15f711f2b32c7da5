"""Beats as integers, as packed 32-bit words and as hexadecimal text.

Everywhere a stream's values are int64 arrays (frames, beats, lanes); those of several streams stand side by side in
rows (frames, elements). Lane k of a beat lies in bits ``[k*lane_bits +: lane_bits]``; words are little-endian, the
lowest first.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np

from accel.errors import AccelError
from accel.rtl.interface import Stream

_CHUNK = 1 << 18  # values unpacked to single bits at a time


def words_per_beat(lanes: int, lane_bits: int) -> int:
    """32-bit words that hold one beat."""
    return -(-lanes * lane_bits // 32)


def pack(beats: np.ndarray, lane_bits: int) -> np.ndarray:
    """Pack int64 (n, lanes) into uint32 (n, words); each value's low ``lane_bits`` (at most 64) count."""
    n, lanes = beats.shape
    _check_lane(lane_bits)
    words = np.zeros((n, 4 * words_per_beat(lanes, lane_bits)), np.uint8)
    step = max(1, _CHUNK // lanes)
    for at in range(0, n, step):
        part = np.ascontiguousarray(beats[at : at + step], "<i8")
        bits = np.unpackbits(part.view(np.uint8).reshape(-1, lanes, 8), axis=2, bitorder="little")
        flat = bits[:, :, :lane_bits].reshape(len(part), -1)
        packed = np.packbits(flat, axis=1, bitorder="little")
        words[at : at + step, : packed.shape[1]] = packed
    return words.view("<u4")


def unpack(words: np.ndarray, lanes: int, lane_bits: int, width: int, signed: bool) -> np.ndarray:
    """Unpack uint32 (n, words) into int64 (n, lanes).

    The low ``width`` of each lane's ``lane_bits`` are read as a two's complement number where ``signed``.
    """
    _check_lane(lane_bits)
    n = len(words)
    out = np.empty((n, lanes), np.int64)
    step = max(1, _CHUNK // lanes)
    for at in range(0, n, step):
        part = np.ascontiguousarray(words[at : at + step], "<u4").view(np.uint8)
        flat = np.unpackbits(part, axis=1, count=lanes * lane_bits, bitorder="little")
        bits = flat.reshape(-1, lanes, lane_bits)[:, :, :width]
        fill = np.broadcast_to(bits[:, :, -1:] * signed, (*bits.shape[:2], 64 - width))
        whole = np.packbits(np.concatenate([bits, fill], axis=2), axis=2, bitorder="little")
        out[at : at + step] = whole.view("<i8")[:, :, 0]
    return out


def _check_lane(lane_bits: int) -> None:
    if not 1 <= lane_bits <= 64:
        raise AccelError(f"a lane of {lane_bits} bits cannot be simulated; expected 1 to 64")


def stream_words(stream: Stream) -> int:
    """32-bit words that hold one beat of ``stream``."""
    return words_per_beat(stream.lanes, stream.lane_bits)


class Beats(Protocol):
    """What a stream says of itself: beats a frame, lanes a beat."""

    @property
    def beats(self) -> int: ...

    @property
    def lanes(self) -> int: ...


def framed(values: np.ndarray, streams: Sequence[Beats]) -> np.ndarray:
    """Values (frames, ...) as a stream has them, (frames, beats, lanes); as rows for several streams."""
    if len(streams) > 1:
        return values.reshape(len(values), -1)
    return values.reshape(len(values), streams[0].beats, streams[0].lanes)


def apart(frames: np.ndarray, streams: Sequence[Stream]) -> list[np.ndarray]:
    """Each stream's frames (frames, beats, lanes), from those of all, which are rows where there are several.

    Raises:
        AccelError: the rows have not as many elements as the streams together.
    """
    if len(streams) == 1:
        return [frames]
    sizes = [stream.beats * stream.lanes for stream in streams]
    if frames.ndim != 2 or frames.shape[1] != sum(sizes):
        names = ", ".join(stream.prefix for stream in streams)
        raise AccelError(
            f"vectors of shape {frames.shape} came; expected (frames, {sum(sizes)}), the elements of {names}"
        )
    parts = np.split(frames, np.cumsum(sizes)[:-1], axis=1)
    return [part.reshape(-1, s.beats, s.lanes) for part, s in zip(parts, streams, strict=True)]


def beside(frames: Sequence[np.ndarray]) -> np.ndarray:
    """The inverse of ``apart``."""
    return frames[0] if len(frames) == 1 else np.concatenate([part.reshape(len(part), -1) for part in frames], axis=1)


def pack_stream(frames: np.ndarray, stream: Stream) -> np.ndarray:
    """Frames (frames, beats, lanes) of ``stream`` as uint32 (frames * beats, words).

    Raises:
        AccelError: the array does not have the stream's shape, or a value does not fit its type.
    """
    check(frames, stream)
    return pack(frames.reshape(-1, stream.lanes), stream.lane_bits)


def unpack_stream(words: np.ndarray, stream: Stream) -> np.ndarray:
    """Beats of ``stream``, uint32 (n, words), as int64 (n, lanes).

    Where the stream is ``extended``, the padding counts as part of the number, so that wrong padding is a wrong value.
    """
    width = stream.lane_bits if stream.extended else stream.width
    return unpack(words, stream.lanes, stream.lane_bits, width, stream.signed)


def check(frames: np.ndarray, stream: Stream) -> None:
    """Refuse an array that is not int64 (frames, beats, lanes) of ``stream`` within its range."""
    wanted = f"({stream.prefix}: frames, {stream.beats} beats, {stream.lanes} lanes)"
    if frames.ndim != 3 or frames.shape[1:] != (stream.beats, stream.lanes) or not len(frames):
        raise AccelError(f"vectors of shape {frames.shape} came where {wanted} was expected")
    if not np.issubdtype(frames.dtype, np.integer):
        raise AccelError(f"vectors of type {frames.dtype} came where raw integers (int64) {wanted} were expected")
    low, high = (
        (-(1 << stream.width - 1), (1 << stream.width - 1) - 1) if stream.signed else (0, (1 << stream.width) - 1)
    )
    if frames.min() < low or frames.max() > high:
        raise AccelError(
            f"{stream.prefix} carries values {frames.min()} to {frames.max()}; {stream.width} bits hold {low} to {high}"
        )


def to_ints(words: np.ndarray) -> list[int]:
    """Each beat of uint32 (n, words) as one Python integer."""
    size = words.shape[1] * 4
    raw = np.ascontiguousarray(words, "<u4").tobytes()
    return [int.from_bytes(raw[at : at + size], "little") for at in range(0, len(raw), size)]


def from_ints(values: list[int], words: int) -> np.ndarray:
    """The inverse of ``to_ints``: uint32 (len(values), words)."""
    raw = b"".join(value.to_bytes(4 * words, "little") for value in values)
    return np.frombuffer(raw, "<u4").reshape(len(values), words)


def to_hex(words: np.ndarray) -> str:
    """One line of hexadecimal digits a beat, most significant first, as ``$readmemh`` reads it."""
    digits = words.shape[1] * 8
    return "".join(f"{value:0{digits}x}\n" for value in to_ints(words))


def from_hex(lines: list[str], words: int) -> tuple[np.ndarray, np.ndarray]:
    """Beats as a simulator prints them, x and z included.

    Returns:
        uint32 (n, words), and bool (n,): which beats had unknown digits (they count as 0).
    """
    unknown = np.array([not set(line.lower()).isdisjoint("xz") for line in lines], bool)
    values = [0 if bad else int(line, 16) for line, bad in zip(lines, unknown, strict=True)]
    return from_ints(values, words), unknown
