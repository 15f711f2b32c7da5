"""Scenes of digits: boxes are where the digits are, and none overlaps another."""

from __future__ import annotations

import numpy as np

from accel.data import detection, scenes


def digits():
    """Ten rings of ink, each of another height."""
    made = np.zeros((10, 28, 28, 1), np.float32)
    for kind in range(10):
        made[kind, 4 : 14 + kind, 6:20] = 1
        made[kind, 6 : 12 + kind, 8:18] = 0
    return made


def test_scenes_repeat_and_begin_alike():
    x, boxes = scenes.drawn(digits(), np.arange(10), 6, seed=1)
    again = scenes.drawn(digits(), np.arange(10), 4, seed=1)
    assert x.shape == (6, scenes.SIZE, scenes.SIZE, 1) and x.dtype == np.float32 and x.min() >= 0 and x.max() <= 1
    np.testing.assert_array_equal(x[:4], again[0])
    np.testing.assert_array_equal(boxes[:4], again[1])
    assert not np.array_equal(x, scenes.drawn(digits(), np.arange(10), 6, seed=2)[0])


def test_a_box_is_filled_by_its_digit_and_no_two_overlap():
    x, boxes = scenes.drawn(digits(), np.arange(10), 40, seed=0)
    for canvas, several in zip(x[..., 0], boxes, strict=True):
        there = several[several[:, 0] >= 0]
        assert 1 <= len(there) <= scenes.MOST
        for number, (kind, *box) in enumerate(there):
            top, left, bottom, right = map(int, box)
            assert 0 <= top < bottom <= scenes.SIZE and 0 <= left < right <= scenes.SIZE and kind in range(10)
            ring, middle = canvas[top : top + 2, left:right].mean(), canvas[top + 3 : bottom - 3, left + 3 : right - 3]
            assert ring > middle.mean() + 0.05
            assert not detection.overlap(np.array(box), np.delete(there, number, axis=0)[:, 1:]).any()
