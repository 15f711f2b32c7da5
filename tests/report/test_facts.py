"""Where a report says that a network's function is lost."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.report.test_write import REPORT


@pytest.mark.parametrize(
    ("ratios", "layer"),
    [([60.0, 19.0, 5.0], 1), ([60.0, 25.0, 40.0], 1), ([None, 60.0, 61.0], 1), ([12.0, None, 3.0], 0)],
)
def test_the_first_poor_layer_else_the_worst(ratios, layer):
    rows = tuple(replace(REPORT.layers[0], name=str(i), sqnr=ratio) for i, ratio in enumerate(ratios))
    assert replace(REPORT, layers=rows).lost_in is rows[layer]


def test_nothing_is_lost_where_nothing_was_compared():
    assert REPORT.lost_in is None
