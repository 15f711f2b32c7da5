"""QONNX's quantisers, as Brevitas and FINN export them: formulas of qonnx 1.0.0, `custom_op/general`.

One of a constant is computed at once. One of a tensor becomes a linear activation with a type, where its scale is a
power of two; another scale becomes two layers of numbers that multiply, before it and behind.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache

import numpy as np

from accel.fixed import Fixed, Overflow, Rounding
from accel.intake.onnx.elementwise import rescaled
from accel.intake.onnx.layout import Value
from accel.intake.onnx.nodes import Given, Node, operator
from accel.intake.onnx.refusal import Unreadable

ROUNDINGS = {
    "ROUND": Rounding.RND_CONV,
    "HALF_EVEN": Rounding.RND_CONV,
    "FLOOR": Rounding.TRN,
    "DOWN": Rounding.TRN_ZERO,
    "HALF_UP": Rounding.RND_INF,
    "HALF_DOWN": Rounding.RND_ZERO,
}
"""QONNX's names of those that `ap_fixed` has: HALF_UP is away from zero, HALF_DOWN toward it."""

SIGN = Fixed(1, 1, True, Rounding.TRN, Overflow.SAT)
"""Holds -1 and 0: what is below 0, and what is not."""


def whole(bits: float, signed: bool, narrow: bool) -> tuple[float, float]:
    """The least and the greatest integer of a quantiser."""
    if signed:
        return -(2.0 ** (bits - 1)) + narrow, 2.0 ** (bits - 1) - 1
    return 0.0, 2.0**bits - 1 - narrow


def rounded(values: np.ndarray, mode: str) -> np.ndarray:
    """Rounded to integers.

    Raises:
        Unreadable: the mode is none of `ROUNDINGS`.
    """
    rules: dict[Rounding, Callable[[np.ndarray], np.ndarray]] = {
        Rounding.RND_CONV: np.round,
        Rounding.TRN: np.floor,
        Rounding.TRN_ZERO: np.trunc,
        Rounding.RND_INF: lambda x: np.sign(x) * np.floor(np.abs(x) + 0.5),
        Rounding.RND_ZERO: lambda x: np.sign(x) * np.ceil(np.abs(x) - 0.5),
    }
    return rules[_rounding(mode)](values)


def _rounding(mode: str) -> Rounding:
    if mode.upper() not in ROUNDINGS:
        raise Unreadable(f"rounding_mode={mode}; expected {', '.join(ROUNDINGS)}")
    return ROUNDINGS[mode.upper()]


def of_constant(node: Node, given: Sequence[np.ndarray]) -> np.ndarray:
    """What a quantiser makes of a constant, in float32 as qonnx; a scale that is no power of two is noted.

    Raises:
        Unreadable: it is none that is known.
    """
    values, scale, *more = (np.asarray(array, np.float32) for array in given)
    if node.kind == "BipolarQuant":
        made = np.where(values >= 0, np.float32(1), np.float32(-1)) * scale
    elif node.kind in ("Quant", "IntQuant"):
        zero, bits = more
        if float(bits) == 1 and node.get("signed", 1):
            made = (np.where(values / scale + zero >= 0, np.float32(1), np.float32(-1)) - zero) * scale
        else:
            low, high = whole(float(bits), bool(node.get("signed", 1)), bool(node.get("narrow", 0)))
            integers = rounded(np.clip(values / scale + zero, low, high), node.get("rounding_mode", "ROUND"))
            made = (integers - zero) * scale
    else:
        raise Unreadable("of a constant; expected Quant or BipolarQuant")
    if not _powers(scale):
        node.layers.scales.append(scale.reshape(-1).astype(np.float64))
    return made.astype(np.float32)


def _powers(scale: np.ndarray) -> bool:
    return bool(np.all(np.frexp(np.asarray(scale, np.float64))[0] == 0.5))


@operator("Quant", "IntQuant")
def quant(node: Node, x: Given, scale: Given, zero: Given, bits: Given) -> Value:
    """(clip(round(x / scale)) * scale, of so many bits."""
    x, scale = node.value(x), _constant(node, scale, "the scale")
    width, signed = _bits(node, bits), bool(node.get("signed", 1))
    _expect_zero(node, zero)
    if width == 1 and signed:
        return _bipolar(node, x, scale)
    return _cast(node, x, 1 / scale, scale, _type(node, width, signed, node.get("rounding_mode", "ROUND")))


@operator("BipolarQuant")
def bipolar_quant(node: Node, x: Given, scale: Given) -> Value:
    """scale, or -scale below 0."""
    return _bipolar(node, node.value(x), _constant(node, scale, "the scale"))


@operator("Trunc")
def trunc(node: Node, x: Given, scale: Given, zero: Given, *bits: Given) -> Value:
    """What is in steps of `scale` without its last bits: version 1 says how many are left and counts on in steps of
    `scale`, version 2 has a scale for what comes out.
    """
    x, scale = node.value(x), _constant(node, scale, "the scale")
    _expect_zero(node, zero)
    mode = node.get("rounding_mode", "FLOOR")
    if len(bits) == 3:
        given, made = _constant(node, bits[1], "the output's scale"), _bits(node, bits[2])
        return _cast(node, x, 1 / given, given, _type(node, made, bool(node.get("signed", 1)), mode))
    before, behind = (_bits(node, one) for one in bits)
    type_ = Fixed(before + 2, before + 2, True, _rounding(mode), Overflow.WRAP)
    return _cast(node, x, 2.0 ** (behind - before) / scale, scale, type_)


def _constant(node: Node, given: Given, what: str) -> np.ndarray:
    return np.asarray(node.constant(given, what), np.float64)


def _bits(node: Node, given: Given) -> int:
    value = node.constant(given, "the number of bits")
    if value.size != 1 or float(value.item()) % 1 or not 1 <= float(value.item()) <= 32:
        raise Unreadable(f"{np.ravel(value).tolist()} bits; expected one whole number from 1 to 32")
    return int(value.item())


def _expect_zero(node: Node, given: Given) -> None:
    zero = node.constant(given, "the zero point")
    if np.any(zero != 0):
        raise Unreadable(f"a zero point of {np.ravel(zero)[:4].tolist()}; expected 0")


def _type(node: Node, bits: int, signed: bool, mode: str) -> Fixed:
    """The type of the integers."""
    narrow = bool(node.get("narrow", 0))
    if narrow and not signed:
        raise Unreadable("narrow=1 with signed=0; expected narrow=0")
    return Fixed(bits, bits, signed, _rounding(mode), Overflow.SAT_SYM if narrow else Overflow.SAT)


def _bipolar(node: Node, x: Value, scale: np.ndarray) -> Value:
    """scale (2 s + 1), where s is -1 below 0."""
    return rescaled(node, _typed(node, x, SIGN), 2 * scale, scale)


def _cast(node: Node, x: Value, before: np.ndarray, behind: np.ndarray, type_: Fixed) -> Value:
    """x times `before` as integers of a type, times `behind`: a shift of the type, where that is all the same."""
    if before.size == behind.size == 1 and before.item() * behind.item() == 1 and _powers(behind):
        shift = int(np.log2(behind.item()))
        shifted = Fixed(type_.width, type_.integer + shift, type_.signed, type_.rounding, type_.overflow)
        return _typed(node, x, shifted)
    x = rescaled(node, x, before, 0.0)
    return rescaled(node, _typed(node, x, type_), behind, 0.0)


def _typed(node: Node, x: Value, type_: Fixed) -> Value:
    """`x` in a type."""

    def made():
        given = x.make()
        layer = node.layers.layer("Activation", node.name, "linear")
        node.layers.types[layer.name] = {"result": type_}
        return layer(given)

    return Value(x.axes, x.stored, cache(made))
