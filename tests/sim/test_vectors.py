"""Packing: exact for every lane width, either sign, and refusals that say what was expected."""

from __future__ import annotations

import numpy as np
import pytest

from accel.errors import AccelError
from accel.rtl.interface import Stream
from accel.sim import vectors


@pytest.mark.parametrize("signed", [True, False])
@pytest.mark.parametrize("lane_bits", [1, 7, 8, 11, 16, 24, 31, 32, 33, 48, 62])
def test_pack_and_back(lane_bits: int, signed: bool) -> None:
    low, high = (-(1 << lane_bits - 1), 1 << lane_bits - 1) if signed else (0, 1 << lane_bits)
    values = np.random.default_rng(lane_bits).integers(low, high, (50, 5))
    values[0], values[1] = low, high - 1
    words = vectors.pack(values, lane_bits)
    assert words.shape == (50, -(-5 * lane_bits // 32))
    assert np.array_equal(vectors.unpack(words, 5, lane_bits, lane_bits, signed), values)
    whole = [sum((int(v) & (1 << lane_bits) - 1) << k * lane_bits for k, v in enumerate(row)) for row in values]
    assert vectors.to_ints(words) == whole
    assert np.array_equal(vectors.from_ints(whole, words.shape[1]), words)


def test_sign_extension_is_of_the_width() -> None:
    words = vectors.pack(np.array([[0b0101, 0b1101]]), 8)
    assert vectors.unpack(words, 2, 8, 4, True).tolist() == [[5, -3]]
    assert vectors.unpack(words, 2, 8, 4, False).tolist() == [[5, 13]]
    assert vectors.unpack(words, 2, 8, 8, True).tolist() == [[5, 13]]


def test_many_beats_are_cut_into_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    values = np.random.default_rng(0).integers(-100, 100, (1000, 3))
    whole = vectors.pack(values, 12)
    monkeypatch.setattr(vectors, "_CHUNK", 100)
    assert np.array_equal(vectors.pack(values, 12), whole)
    assert np.array_equal(vectors.unpack(whole, 3, 12, 12, True), values)


def test_hex_text() -> None:
    words = vectors.pack(np.array([[1, -1, 2], [0, 5, -7]]), 16)
    text = vectors.to_hex(words)
    assert text == "00000002ffff0001\n" + "0000fff900050000\n"
    back, unknown = vectors.from_hex([*text.split(), "000x0000zzzz1111"], 2)
    assert np.array_equal(back[:2], words) and unknown.tolist() == [False, False, True]


@pytest.mark.parametrize(
    ("frames", "message"),
    [
        (np.zeros((2, 4, 3), int), "expected"),
        (np.zeros((0, 8, 3), int), "expected"),
        (np.zeros((2, 8, 3)), "raw integers"),
        (np.full((2, 8, 3), 8), "4 bits hold -8 to 7"),
    ],
)
def test_refusals(frames: np.ndarray, message: str) -> None:
    stream = Stream("s_axis", 3, 8, 4, 0, True, 8)
    with pytest.raises(AccelError, match=message):
        vectors.pack_stream(frames, stream)


def test_lane_too_wide() -> None:
    with pytest.raises(AccelError, match="65 bits"):
        vectors.pack(np.zeros((1, 1), np.int64), 65)
