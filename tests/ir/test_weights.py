"""Weights against the text that hls4ml prints."""

from __future__ import annotations

import numpy as np
import pytest

from accel.ir.weights import printed


@pytest.mark.parametrize("step", [2.0**-10, 2.0**-12, 0.1])
def test_weights_are_those_that_areprinted(step):
    from hls4ml.model.types import FixedPrecisionType, WeightVariable

    data = np.random.default_rng(2).integers(-999, 999, (4, 5)) * step
    variable = WeightVariable("w", "w_t", FixedPrecisionType(16, 6), data)
    np.testing.assert_array_equal(printed(variable).ravel(), [float(text) for text in variable])
