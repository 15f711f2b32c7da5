"""Pooling by loops on short integers against the same on Python's."""

from __future__ import annotations

import numpy as np
import pytest

from accel.fixed import Fixed, Overflow, Rounding, held
from accel.ir import golden_windows
from tests.rtl import random_graphs as make

WINDOWS = {"apart": ((2, 2), (2, 2), (0, 0, 0, 0)), "overlapping": ((3, 2), (1, 2), (1, 1, 0, 1))}


def drawn(rng: np.random.Generator) -> Fixed:
    """A type that may have any integer bits and modes."""
    width = int(rng.integers(1, 20))
    modes = (list(kind)[rng.integers(len(kind))] for kind in (Rounding, Overflow))
    return Fixed(width, int(rng.integers(-2, width + 3)), bool(rng.integers(2)), *modes)


@pytest.mark.parametrize("kind", ["max", "average"])
@pytest.mark.parametrize("name", WINDOWS)
def test_pooling_is_that_of_integers_of_any_size(kind: str, name: str) -> None:
    rng, (kernel, stride, pad) = np.random.default_rng(3), WINDOWS[name]
    held_exactly = []
    for _ in range(60):
        x = drawn(rng)
        accum = x if rng.integers(3) == 0 else drawn(rng)
        graph = make.pool((5, 6, 3), kernel, stride, kind, pad=pad, x=str(x), acc=str(accum), y=str(drawn(rng)))
        values = rng.integers(x.lo, x.hi + 1, (3, 5, 6, 3))
        want = golden_windows.pool_wide(graph.nodes[0], values)
        for given in (values, values.astype(held(x))):
            assert np.array_equal(golden_windows.pool(graph.nodes[0], given), want)
        held_exactly.append(accum.holds(x))
    assert 10 < sum(held_exactly) < 50
