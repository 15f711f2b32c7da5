"""Types that lose nothing: for what a network that came quantised has between its quantisers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from accel.fixed import Fixed
from accel.hls import accumulators

if TYPE_CHECKING:
    from hls4ml.model.layers import Layer

WIDEST_WEIGHT = 20
"""Bits: a tensor of float32's 24 that needs more was never in fixed point."""

WIDEST_RESULT = 52
"""Bits of a tensor between quantisers; beyond, the C simulation's doubles do not hold it."""


def weights(values: np.ndarray) -> Fixed | None:
    """The narrowest signed type that holds all of ``values``; None where that is wider than `WIDEST_WEIGHT`."""
    values = np.asarray(values, np.float64)
    values = values[values != 0]
    if not values.size:
        return Fixed(2, 1)
    mantissa, exponent = np.frexp(values)
    whole = np.ldexp(mantissa, 53).astype(np.int64)
    lowest = np.log2((whole & -whole).astype(np.float64)).astype(np.int64) + exponent - 53  # the last bit that is set
    finest = int(lowest.min())
    if int(exponent.max()) - finest > WIDEST_WEIGHT:
        return None
    raw = np.ldexp(values, -finest).astype(np.int64)
    width = 1 + max(int(raw.max()).bit_length(), (-int(raw.min()) - 1).bit_length(), 1)
    return Fixed(width, width + finest) if width <= WIDEST_WEIGHT else None


def result(layer: Layer, given: Sequence[Fixed], fixed: Mapping[str, Fixed]) -> Fixed | None:
    """The type that holds all that `layer` can make of inputs of the types ``given``, its weights' types being
    ``fixed``; None where there is none, as of a table, or it is wider than `WIDEST_RESULT`.
    """
    made = None
    if layer.class_name in JOINS:
        made = JOINS[layer.class_name](layer, given)
    elif given and layer.class_name in RULES:
        made = RULES[layer.class_name](layer, given[0], fixed)
    return made if made and made.width <= WIDEST_RESULT else None


def _all_of(layer: Layer, given: Sequence[Fixed]) -> Fixed:
    """The narrowest that holds the numbers of all types."""
    fraction, signed = max(type_.fraction for type_ in given), any(type_.signed for type_ in given)
    integer = max(type_.integer + (signed and not type_.signed) for type_ in given)
    return Fixed(max(integer + fraction, 1), integer, signed)


def _merged(layer: Layer, given: Sequence[Fixed]) -> Fixed | None:
    """Element by element, of two."""
    both, operation = _all_of(layer, given), layer.get_attr("op").lower()
    if operation in ("maximum", "minimum"):
        return both
    if operation in ("add", "subtract"):
        return Fixed(both.width + 1, both.integer + 1, both.signed or operation == "subtract")
    if operation == "multiply":
        a, b = given
        return Fixed(a.width + b.width, a.integer + b.integer, both.signed)
    return None


def _products(layer: Layer, given: Fixed, fixed: Mapping[str, Fixed]) -> Fixed:
    return accumulators.exact(given, layer, {**fixed, "result": given})


def _scaled(layer: Layer, given: Fixed, fixed: Mapping[str, Fixed]) -> Fixed:
    """x * scale + bias, of each channel."""
    fraction = max(given.fraction + fixed["scale"].fraction, fixed["bias"].fraction)
    largest = max(accumulators.magnitude(fixed[kind]) for kind in ("scale", "bias"))
    scale, bias = (np.minimum(np.abs(layer.weights[kind].data), largest) for kind in ("scale", "bias"))
    most = float((scale * accumulators.magnitude(given) + bias).max())
    integer = 1 + accumulators.integer_bits(most)
    return Fixed(max(integer + fraction, 1), integer)


def _activation(layer: Layer, given: Fixed, fixed: Mapping[str, Fixed]) -> Fixed | None:
    function = layer.get_attr("activation").lower()
    if function == "linear":
        return given
    plain = function == "relu" or not float(layer.get_attr("activ_param", 0) or 0)
    if "relu" not in function or not plain or given.width < 2:
        return None
    return Fixed(given.width - given.signed, given.integer - given.signed, False)


def _pooled(layer: Layer, given: Fixed, fixed: Mapping[str, Fixed]) -> Fixed:
    return accumulators.pool(given, layer)


RULES: dict[str, Callable[[Layer, Fixed, Mapping[str, Fixed]], Fixed | None]] = {
    **dict.fromkeys(("Dense", "Conv1D", "Conv2D", "PointwiseConv1D", "PointwiseConv2D"), _products),
    **dict.fromkeys(("DepthwiseConv1D", "DepthwiseConv2D"), _products),
    **dict.fromkeys(("BatchNormalization", "ApplyAlpha"), _scaled),
    **dict.fromkeys(("Activation", "ParametrizedActivation"), _activation),
    **dict.fromkeys(("Pooling1D", "Pooling2D", "GlobalPooling1D", "GlobalPooling2D"), _pooled),
}
"""By hls4ml's classes."""

JOINS: dict[str, Callable[[Layer, Sequence[Fixed]], Fixed | None]] = {"Merge": _merged, "Concatenate": _all_of}
"""Those of layers that read several tensors."""
