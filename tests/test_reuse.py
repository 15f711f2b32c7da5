from __future__ import annotations

import pytest

from accel.errors import AccelError
from accel.reuse import check_factor, sharing, valid_factors


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
