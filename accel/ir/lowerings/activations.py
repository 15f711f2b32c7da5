"""Elementwise activations, by hls4ml's ``nnet_activation.h`` (io_parallel) and ``nnet_activation_stream.h``."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from functools import partial

import numpy as np

from accel.fixed import Fixed, from_float, requantise
from accel.ir import tables
from accel.ir.graph import Cast, Curve, Factor, Lookup, Node, Piece, Piecewise, Table, Tensor
from accel.ir.lowerings.base import Unsupported, integer, streams, tensor_of, type_of
from accel.ir.weights import raw_weights

ONE = Factor(np.ones(1, np.int64), Fixed(1, 1, signed=False))
HARD = ("hard_sigmoid", "hard_tanh")
SELU_SCALE = 1.0507009873554804934193349852946
SELU_PARALLEL = Fixed(16, 1, signed=False)


def activation(layer, source: Tensor) -> Node:
    """A cast, a function as a table, or one of `SHAPED`."""
    function = layer.get_attr("activation").lower()  # ONNX writes ReLU; hls4ml takes it so, too
    output = tensor_of(layer)
    if function in ("relu", "linear"):
        return Cast(layer.name, source, output, function == "relu")
    if function in tables.FUNCTIONS:
        return Lookup(layer.name, source, output, _table(layer, tables.FUNCTIONS[function]))
    if function in HARD:
        return hard(layer, source)
    if function in SHAPED:
        return SHAPED[function](layer, source, output)
    accepted = ", ".join(["relu", "linear", *tables.FUNCTIONS, *HARD, *SHAPED])
    raise Unsupported(f"layer '{layer.name}': activation '{function}'; the RTL has {accepted}")


def parametrised(layer, source: Tensor) -> Node:
    """Leaky and thresholded ReLU, ELU with its alpha; keras.layers.ReLU arrives as a thresholded ReLU at 0."""
    function = layer.get_attr("activation").lower().replace("_", "")
    output, value = tensor_of(layer), float(layer.get_attr("activ_param", 0) or 0)
    if function == "thresholdedrelu" and value == 0:
        return Cast(layer.name, source, output, relu=True)
    type_ = type_of(layer.types["param_t"])
    raw = from_float(np.array([value]), type_)
    if function == "thresholdedrelu":
        bound = above(Fraction(int(raw[0])) / Fraction(2) ** type_.fraction, source.type)
        return Piecewise(layer.name, source, output, (bound,), (0, Piece.SAME))
    if function == "leakyrelu":
        return _leaky(layer, source, output, Factor(raw, type_))
    if function == "elu":
        table = _table(layer, tables.elu)
        return Curve(layer.name, source, output, _narrowest(table, table.entries * raw, type_.fraction), ONE)
    raise Unsupported(f"layer '{layer.name}': activation '{function}'; the RTL has leakyrelu, thresholdedrelu, elu")


def prelu(layer, source: Tensor) -> Node:
    """A slope for each element below zero; one for each channel where all positions have the same."""
    raw, type_ = raw_weights(layer.weights["param"])
    raw = raw.reshape(source.positions, source.channels)
    slopes = raw[0] if (raw == raw[0]).all() else raw.reshape(-1)
    return _leaky(layer, source, tensor_of(layer), Factor(slopes, type_))


def _leaky(layer, source: Tensor, output: Tensor, factor: Factor) -> Node:
    bound = above(Fraction(0), source.type)
    return Piecewise(layer.name, source, output, (bound,), (Piece.SCALED, Piece.SAME), factor)


def hard(layer, source: Tensor) -> Node:
    """``clip(slope * x + shift, 0, 1)``, of which the hard tanh is twice as much less 1."""
    function, output = layer.get_attr("activation").lower(), tensor_of(layer)
    if function not in HARD or "slope_t" not in layer.types:
        raise Unsupported(
            f"layer '{layer.name}': activation '{function}' without a slope; expected {' or '.join(HARD)}"
        )
    types = [type_of(layer.types[f"{name}_t"]) for name in ("slope", "shift")]
    slope, shift = (
        int(from_float(np.array([float(layer.get_attr(name))]), type_)[0])
        for name, type_ in zip(("slope", "shift"), types, strict=True)
    )
    exact = source.type.fraction + types[0].fraction
    if slope <= 0 or exact < types[1].fraction:
        raise Unsupported(
            f"layer '{layer.name}': slope {slope * types[0].step:g} of {types[0]}, shift of {types[1]}; expected a "
            "positive slope, and as many fractional bits in it and the input as the shift has"
        )
    shift <<= exact - types[1].fraction
    # The first x of which slope * x + shift is no longer below 0, and that of which it is above 1.
    bounds = -(shift // slope), ((1 << exact) - shift) // slope + 1
    ends, factor = (0.0, 1.0), Factor(np.array([slope]), types[0], shift)
    if function == "hard_tanh":
        ends = (-1.0, 1.0)
        twice = Fixed(types[0].width + 1, types[0].integer + 1, types[0].signed)
        factor = Factor(np.array([2 * slope]), twice, 2 * shift - (1 << exact))
    low, high = (int(raw) for raw in from_float(np.array(ends), output.type))
    return Piecewise(layer.name, source, output, within(bounds, source.type), (low, Piece.SCALED, high), factor)


def _relu_up_to(largest: int, layer, source: Tensor, output: Tensor) -> Node:
    bounds = within((0, above(Fraction(largest), source.type)), source.type)
    most = int(from_float(np.array([float(largest)]), output.type)[0])
    return Piecewise(layer.name, source, output, bounds, (0, Piece.SAME, most))


def _elu(layer, source: Tensor, output: Tensor) -> Node:
    return Curve(layer.name, source, output, _table(layer, tables.elu), ONE)


def _selu(layer, source: Tensor, output: Tensor) -> Node:
    """The scale of the positive half is cast to the input's type in io_stream, to a type of its own in io_parallel."""
    type_ = source.type if streams(layer) else SELU_PARALLEL
    factor = Factor(from_float(np.array([SELU_SCALE]), type_), type_)
    return Curve(layer.name, source, output, _table(layer, tables.selu), factor)


def _silu(layer, source: Tensor, output: Tensor) -> Node:
    return Curve(layer.name, source, output, _table(layer, tables.sigmoid))


def _binary_tanh(layer, source: Tensor, output: Tensor) -> Node:
    """-1 below 0, else 1; into a single bit (``ap_uint<1>``) 0 and 1."""
    bit = str(layer.get_output_variable().type.precision) == "uint<1>"
    low, high = (int(raw) for raw in from_float(np.array([0.0 if bit else -1.0, 1.0]), output.type))
    return Piecewise(layer.name, source, output, within((0,), source.type), (low, high))


def _ternary_tanh(layer, source: Tensor, output: Tensor) -> Node:
    """-1, 0 and 1 with thresholds at -1 and 1 (io_stream), or at those for twice x in x's type (io_parallel)."""
    type_, (low, none, high) = source.type, from_float(np.array([-1.0, 0.0, 1.0]), output.type).tolist()
    one = above(Fraction(1), type_)
    if streams(layer):
        minus = above(Fraction(-1), type_)
        return Piecewise(layer.name, source, output, within((minus, one), type_), (low, none, high))
    return Piecewise(layer.name, source, output, *_steps_of_twice(type_, (low, none, high)))


def _steps_of_twice(type_: Fixed, values: tuple[int, int, int]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Where twice x, assigned to the type of x, wraps or passes -1 and 1, and the value from each such bound on."""
    low, none, high = values
    minus, one, span = above(Fraction(-1), type_), above(Fraction(1), type_), 1 << type_.width
    ends = (type_.lo, minus, one, type_.hi + 1)
    turns = {-((shift - end) // 2) for shift in (-span, 0, span) for end in ends}  # where 2 * x + shift reaches an end
    starts = [type_.lo, *sorted(turn for turn in turns if type_.lo < turn <= type_.hi)]
    twice = requantise(2 * np.array(starts, object), type_.fraction, type_)
    made = [high if x >= one else none if x >= minus else low for x in twice]
    return (*starts[1:], type_.hi + 1), (*made, made[-1])


def above(value: Fraction, type_: Fixed) -> int:
    """The least raw integer of a type that stands for more than ``value``; at most one more than its largest."""
    return within((math.floor(value * Fraction(2) ** type_.fraction) + 1,), type_)[0]


def within(bounds: tuple[int, ...], type_: Fixed) -> tuple[int, ...]:
    """Bounds that lie outside a type at its ends."""
    return tuple(min(max(bound, type_.lo), type_.hi + 1) for bound in bounds)


def _table(layer, builder: Callable[[int, Fixed], Table]) -> Table:
    return builder(integer(layer, "table_size"), type_of(layer.types["table_t"]))


def _narrowest(table: Table, entries: np.ndarray, more: int) -> Table:
    """The table with other entries, of so many more fractional bits, in the narrowest signed type."""
    width = 1 + int(max(entries.max(), ~entries.min())).bit_length()
    fraction = table.type.fraction + more
    return Table(table.function, entries, Fixed(width, width - fraction), table.scale, table.offset)


SHAPED: dict[str, Callable[..., Node]] = {
    "relu1": partial(_relu_up_to, 1),
    "relu6": partial(_relu_up_to, 6),
    "elu": _elu,
    "selu": _selu,
    "silu": _silu,
    "swish": _silu,
    "binary_tanh": _binary_tanh,
    "ternary_tanh": _ternary_tanh,
}
"""Functions without a parameter, by hls4ml's name."""
