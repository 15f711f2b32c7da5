"""Accumulators that cannot overflow, and the bounds that they are made by."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from accel.fixed import Fixed, Overflow, Rounding, from_float, to_float

if TYPE_CHECKING:
    from hls4ml.model.layers import Layer

DSP_PORT = 25
GATES = ("sigmoid", "hard_sigmoid", "keras2_hard_sigmoid")
"""Functions that stay within 0..1."""


def accum_bound(weights: np.ndarray, bias: np.ndarray, reach: float) -> float:
    """The largest magnitude of sum(w * x) + b over all |x| <= reach, for weights (..., n_out), of a depthwise kernel
    (..., n_out, 1), and bias (n_out,).
    """
    return float((np.abs(weights).reshape(-1, len(bias)).sum(axis=0) * reach + np.abs(bias)).max())


def integer_bits(largest: float) -> int:
    """Bits left of the point, without a sign, for magnitudes up to `largest`; negative below 0.5, 0 for 0."""
    return math.floor(math.log2(largest)) + 1 if largest > 0 else 0


def exact(given: Fixed, layer: Layer, fixed: dict[str, Fixed]) -> Fixed:
    """Holds every sum of products of an input of type `given`, exactly.

    And reaches up to the result's lowest bit: `ap_fixed` cannot round a number of which that bit is beyond the highest.
    """
    fraction = max(given.fraction + fixed["weight"].fraction, fixed["bias"].fraction)
    integer = 1 + integer_bits(_bound(layer, fixed, "weight", "bias", magnitude(given)))
    integer = max(integer, -fixed["result"].fraction)
    return Fixed(integer + fraction, integer)


def recurrent(given: Fixed, layer: Layer, fixed: dict[str, Fixed]) -> Fixed:
    """Holds W.x + b + U.h + c for any x of type `given` and any h, with up to the tables' fraction, and gates up to 1,
    which hls4ml's kernels keep in this type, too.
    """
    largest = _bound(layer, fixed, "weight", "bias", magnitude(given))
    hidden = 1.0 if bounded(layer) else magnitude(fixed["result"])
    largest += _bound(layer, fixed, "recurrent_weight", "recurrent_bias", hidden)
    integer = max(2, 1 + integer_bits(largest))
    fraction = min(fixed["table"].fraction, max(DSP_PORT - integer, fixed["result"].fraction))
    if not bounded(layer):
        fraction = max(fraction, fixed["result"].fraction)
    return Fixed(integer + fraction, integer)


def bounded(layer: Layer) -> bool:
    """Whether h stays within -1..1: GRU, a mean of h and a table of -1..1 by a gate; LSTM, a product of two tables."""
    return layer.get_attr("activation") in ("tanh", *GATES) and layer.get_attr("recurrent_activation") in GATES


def _bound(layer: Layer, fixed: dict[str, Fixed], weight: str, bias: str, reach: float) -> float:
    values, offset = (
        to_float(from_float(layer.weights[kind].data, nearest(fixed[kind])), fixed[kind]) for kind in (weight, bias)
    )
    return accum_bound(values, offset, reach)


def nearest(fixed: Fixed) -> Fixed:
    """`fixed` with the modes weights are brought into it by: to nearest, and no further than its bounds."""
    return replace(fixed, rounding=Rounding.RND_CONV, overflow=Overflow.SAT)


def magnitude(fixed: Fixed) -> float:
    """The largest magnitude a value of the type has."""
    return max(-fixed.lo, fixed.hi) * fixed.step


def pool(given: Fixed, layer: Layer) -> Fixed:
    """The input's type for a maximum; for an average, signed, room for the sum and as many more fractional bits."""
    if layer.get_attr("pool_op").lower() == "max":
        return given
    window = layer.get_input_variable().size() // layer.get_output_variable().size()
    if layer.get_attr("pool_width"):
        window = layer.get_attr("pool_width") * layer.get_attr("pool_height", 1)
    extra, sign = math.ceil(math.log2(window)), not given.signed
    return Fixed(given.width + 2 * extra + sign, given.integer + extra + sign)
