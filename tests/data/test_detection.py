"""Boxes: overlap, suppression, and mean average precision against figures worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from accel.data import detection

BOX = (0, 0, 10, 10)
HALF = (0, 0, 10, 6)
FAR = (20, 20, 30, 30)


def test_overlap_is_the_common_part_of_the_union():
    found = detection.overlap(np.array(BOX), np.array([BOX, HALF, (5, 5, 15, 15), FAR]))
    np.testing.assert_allclose(found, [1, 0.6, 25 / 175, 0])


def test_the_best_of_boxes_of_one_thing_is_kept():
    kept = detection.best(np.array([(0.3, 1, *FAR), (0.5, 1, *HALF), (0.9, 2, *BOX)]))
    np.testing.assert_array_equal(kept, [(0.9, 2, *BOX), (0.3, 1, *FAR)])
    assert detection.best(np.zeros((0, 6))).shape == (0, 6)


def test_mean_average_precision_of_two_classes():
    truth = np.array([[(1, *BOX), (1, *FAR)], [(2, *BOX), (-1, -1, -1, -1, -1)]])
    found = [np.array([(0.9, 1, *BOX), (0.8, 1, *BOX), (0.7, 1, *FAR)]), np.array([(0.9, 1, *FAR)])]
    # class 1 by score: right, wrong (in frame 1), wrong (twice), right: recall 1/2 at 1, 1 at 2/4; class 2 is not found
    assert detection.mean_average_precision(found, truth) == pytest.approx((0.5 * 1 + 0.5 * 0.5 + 0) / 2)
    perfect = [np.array([(0.9, 1, *BOX), (0.8, 1, *FAR)]), np.array([(0.5, 2, *BOX)])]
    assert detection.mean_average_precision(perfect, truth) == 1
    assert detection.mean_average_precision([np.zeros((0, 6))] * 2, truth) == 0
