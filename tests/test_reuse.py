from __future__ import annotations

import numpy as np
import pytest

from accel.errors import AccelError
from accel.reuse import check_factor, computed, sharing, valid_factors


def test_each_valid_factor_shares_the_products_evenly():
    for n_in, n_out in ((1, 1), (6, 4), (9, 16), (10, 7)):
        factors = valid_factors(n_in, n_out)
        assert factors == sorted(set(factors)) and {1, n_in, n_in * n_out} <= set(factors)
        assert factors == [factor for factor in range(1, n_in * n_out + 1) if n_in * n_out % factor == 0]
        for factor in factors:
            fold, rounds = sharing(factor, n_in)
            assert fold * rounds == factor and n_in % fold == n_out % rounds == 0


def test_others_are_refused_with_their_neighbours():
    check_factor("layer 'a': reuse factor", 18, 9, 4)
    with pytest.raises(
        AccelError,
        match="layer 'a': reuse factor 8 is not valid for its 9 x 4 product; valid ones nearby: 3, 4, 6, 9, 12, 18",
    ):
        check_factor("layer 'a': reuse factor", 8, 9, 4)
    with pytest.raises(AccelError, match="nearby: 1, 2, 4$"):
        check_factor("layer 'a': reuse factor", 64, 2, 2)


def kernel(taps: int, groups: int, inputs: int, outputs: int) -> np.ndarray:
    """Ones between the channels of the same group, (taps, inputs, outputs), each second tap zero."""
    apart = np.arange(groups).repeat(inputs // groups)[:, None] == np.arange(groups).repeat(outputs // groups)
    return apart * (np.arange(taps) % 2 == 0)[:, None, None]


@pytest.mark.parametrize(("groups", "inputs", "outputs"), [(1, 3, 4), (3, 3, 6), (2, 4, 6), (4, 4, 4)])
def test_zeros_of_a_kernel_are_not_computed(groups: int, inputs: int, outputs: int):
    found, taps = computed(kernel(5, groups, inputs, outputs), 1)
    assert found == groups
    np.testing.assert_array_equal(taps, [0, 2, 4])


def test_as_many_zeros_stay_as_the_factor_takes():
    weights = kernel(5, 2, 4, 6)
    groups, taps = computed(weights, 12)
    assert (groups, list(taps)) == (2, [0, 2, 4])  # 6 inputs of each of 6 outputs
    groups, taps = computed(weights, 16)
    assert (groups, list(taps)) == (2, [0, 1, 2, 4])  # 16 divides 48, not 36
    groups, taps = computed(weights, 40)
    assert (groups, len(taps)) == (1, 5)  # 40 divides the whole product's 120 alone


def test_a_kernel_of_zeros_keeps_a_tap():
    assert [len(taps) for _, taps in [computed(np.zeros((3, 1, 1)), 1)]] == [1]
