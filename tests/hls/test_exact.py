from __future__ import annotations

import numpy as np
import pytest

from accel.fixed import Fixed, from_float, to_float
from accel.hls import exact


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([0.5, -0.25, 0.75], Fixed(3, 1)),
        ([-1.0, 1.0], Fixed(2, 2)),
        ([-1.0, 0.0], Fixed(2, 2)),
        ([-2.0, 1.5], Fixed(3, 2)),
        ([0.0, 0.0], Fixed(2, 1)),
        ([8.0, 24.0], Fixed(3, 6)),
        ([2.0**-12, -(2.0**-10)], Fixed(3, -9)),
        ([1.0, 2.0**-18], Fixed(20, 2)),
        ([1.0, 2.0**-19], None),
        ([0.1], None),
    ],
)
def test_the_narrowest_type_of_weights(values: list[float], expected: Fixed | None) -> None:
    assert exact.weights(np.array(values, np.float32)) == expected


def test_the_narrowest_type_holds_every_value_and_none_narrower_does() -> None:
    rng = np.random.default_rng(2)
    for _ in range(200):
        fraction, most = int(rng.integers(-6, 12)), int(rng.integers(1, 500))
        values = rng.integers(-most, most + 1, 9) * 2.0**-fraction
        type_ = exact.weights(values)
        assert np.array_equal(to_float(from_float(values, type_), type_), values)
        for narrower in (Fixed(type_.width - 1, type_.integer - 1), Fixed(type_.width - 1, type_.integer)):
            if type_.width > 2 and np.any(values):
                assert not np.array_equal(to_float(from_float(values, narrower), narrower), values)
