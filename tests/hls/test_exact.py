from __future__ import annotations

from itertools import product
from types import SimpleNamespace

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


OPERATIONS = {
    "add": np.add,
    "subtract": np.subtract,
    "multiply": np.multiply,
    "maximum": np.maximum,
    "minimum": np.minimum,
}
TYPES = (Fixed(4, 2), Fixed(3, 3, False), Fixed(5, 1, False), Fixed(3, -1), Fixed(4, 6))


@pytest.mark.parametrize("operation", OPERATIONS)
def test_the_type_of_a_merge_holds_whatever_it_makes(operation: str) -> None:
    layer = SimpleNamespace(class_name="Merge", get_attr=lambda name: operation)
    for types in product(TYPES, repeat=2):
        a, b = (np.arange(type_.lo, type_.hi + 1) * type_.step for type_ in types)
        made = OPERATIONS[operation](a[:, None], b[None])
        type_ = exact.result(layer, types, {})
        assert np.array_equal(to_float(from_float(made, type_), type_), made)
        assert type_.width <= sum(one.width for one in types) + 8


def test_the_type_of_a_concatenation_holds_all_parts_and_no_more() -> None:
    layer = SimpleNamespace(class_name="Concatenate")
    assert exact.result(layer, (Fixed(4, 2), Fixed(4, 1)), {}) == Fixed(5, 2)
    assert exact.result(layer, (Fixed(4, 2), Fixed(4, 2, False)), {}) == Fixed(5, 3)
    assert exact.result(layer, (Fixed(4, 2, False), Fixed(3, 3, False)), {}) == Fixed(5, 3, False)
    assert exact.result(layer, (Fixed(50, 2), Fixed(4, 20)), {}) is None


def test_a_mean_of_two_has_no_such_type() -> None:
    layer = SimpleNamespace(class_name="Merge", get_attr=lambda name: "average")
    assert exact.result(layer, (Fixed(4, 2), Fixed(4, 2)), {}) is None
