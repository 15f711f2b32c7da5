"""The weights of hls4ml's layers as its C++ has them."""

from __future__ import annotations

import re

import numpy as np

from accel.fixed import Fixed, from_float


def raw_weights(variable) -> tuple[np.ndarray, Fixed]:
    """Raw integers as csim has them: the printed decimal text, parsed to double, assigned to the type."""
    type_ = Fixed.parse(str(variable.type.precision))
    return from_float(printed(variable), type_), type_


def printed(variable) -> np.ndarray:
    """The doubles that C++ reads in the decimal text that hls4ml prints of a weight variable.

    Whole multiples of 2**-n are printed exactly with n decimals, so these need no text.
    """
    from hls4ml.model.types import WeightVariable

    decimals = re.fullmatch(r"{:\.(\d+)f}", variable.precision_fmt)
    if decimals and type(variable).__next__ is WeightVariable.__next__:
        values = variable.data.astype(np.float64)
        scaled = np.ldexp(values, int(decimals[1]))
        if np.array_equal(scaled, np.rint(scaled)):
            return values
    return np.array([float(text) for text in variable]).reshape(variable.data.shape)
