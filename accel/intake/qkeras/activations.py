"""QKeras' quantisers of what layers put out, as layers of Keras and the types that they bring it into."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from accel.errors import AccelError
from accel.fixed import Fixed, Overflow, Rounding
from accel.intake.keras2.layers import FUNCTIONS, Settings
from accel.intake.keras2.weights import Arrays
from accel.intake.qkeras.quantisers import TERNARY_THRESHOLD, Quantiser, parse

SIGN = Fixed(1, 1, True, Rounding.TRN, Overflow.SAT)
"""Holds -1 and 0: what is below 0, and what is not."""

THIRD = Fixed(2, 2, True, Rounding.RND_INF, Overflow.SAT_SYM)
"""Holds -1, 0 and 1: 0 is what is nearer to 0 than a half."""


@dataclass(frozen=True)
class Step:
    """A layer of Keras: its class, settings without its name, weights, types, and what its name has behind that of the
    layer of QKeras.
    """

    kind: str
    settings: Settings
    suffix: str = ""
    arrays: Arrays = field(default_factory=list)
    types: dict[str, Fixed] = field(default_factory=dict)


def steps(given: Any) -> list[Step]:
    """The layers that do what an activation does: a name of Keras', or a quantiser as a file has it.

    Raises:
        AccelError: it is another one, or cannot be brought into fixed point.
    """
    if isinstance(given, dict) and given.get("class_name") == "function":
        given = given.get("config")
    if given is None or given == "linear":
        return []
    if isinstance(given, str) and given in FUNCTIONS:
        return [Step("Activation", {"activation": given}, f"_{given}")]
    if isinstance(given, str) and given in BINARY_NET:
        return list(BINARY_NET[given])
    quantiser = parse(given)
    if quantiser.kind not in RULES:
        raise AccelError(f"{quantiser.kind} of what a layer puts out; expected one of {', '.join(RULES)}")
    if quantiser.automatic:
        raise AccelError(f"{quantiser.kind} with alpha={quantiser.alpha} of what a layer puts out; expected a number")
    return RULES[quantiser.kind](quantiser)


def scaled(factor: Any, offset: Any, suffix: str) -> list[Step]:
    """A factor and offset, each one number or a list of one for each channel; none where they change nothing."""
    if factor == 1.0 and offset == 0.0:
        return []
    return [Step("Rescaling", {"scale": factor, "offset": offset}, suffix)]


def _cast(type_: Fixed, function: str = "linear") -> list[Step]:
    suffix = "_cast" if function == "linear" else f"_{function}"
    return [Step("Activation", {"activation": function}, suffix, types={"result": type_})]


def _alpha(quantiser: Quantiser) -> float:
    return 1.0 if quantiser.alpha is None else float(quantiser.alpha)


def _bits(quantiser: Quantiser) -> list[Step]:
    if quantiser.bits - quantiser.keep_negative < 1:
        factor = _alpha(quantiser) * (2 if quantiser.keep_negative else 1)
        return [*_cast(SIGN), *scaled(factor, _alpha(quantiser), "_scale")]
    overflow = Overflow.SAT_SYM if quantiser.symmetric and quantiser.keep_negative else Overflow.SAT
    signed = bool(quantiser.keep_negative)
    type_ = Fixed(int(quantiser.bits), int(quantiser.integer) + signed, signed, Rounding.RND_CONV, overflow)
    return [*_cast(type_), *scaled(_alpha(quantiser), 0.0, "_scale")]


def _relu(quantiser: Quantiser) -> list[Step]:
    for key in ("use_sigmoid", "negative_slope"):
        if getattr(quantiser, key):
            raise AccelError(f"quantized_relu with {key}={getattr(quantiser, key)}; expected 0")
    type_ = Fixed(int(quantiser.bits), int(quantiser.integer), False, Rounding.RND_CONV, Overflow.SAT)
    bound = None if quantiser.is_quantized_clip else quantiser.relu_upper_bound
    if bound is not None and bound < type_.hi * type_.step:
        raise AccelError(f"quantized_relu with relu_upper_bound={bound}; expected at least {type_.hi * type_.step}")
    return _cast(type_, "relu")


def _tanh(quantiser: Quantiser) -> list[Step]:
    overflow = Overflow.SAT_SYM if quantiser.symmetric else Overflow.SAT
    type_ = Fixed(int(quantiser.bits), 1, True, Rounding.RND_CONV, overflow)
    return _cast(type_, "tanh" if quantiser.use_real_tanh else "linear")


def _sigmoid(quantiser: Quantiser) -> list[Step]:
    if quantiser.symmetric:
        raise AccelError("quantized_sigmoid with symmetric=True; expected False")
    type_ = Fixed(int(quantiser.bits), 0, False, Rounding.RND_CONV, Overflow.SAT)
    if quantiser.use_real_sigmoid:
        return _cast(type_, "sigmoid")
    return [*scaled(0.5, 0.5, "_half"), *_cast(type_)]


def _binary(quantiser: Quantiser) -> list[Step]:
    """alpha (2 s + 1), or alpha (s + 1) of 0 and 1, where s is -1 below 0."""
    factor = 1.0 if quantiser.use_01 else 2.0
    return [*_cast(SIGN), *scaled(factor * _alpha(quantiser), _alpha(quantiser), "_scale")]


def _ternary(quantiser: Quantiser) -> list[Step]:
    threshold = TERNARY_THRESHOLD if quantiser.threshold is None else float(quantiser.threshold)
    return [*scaled(0.5 / threshold, 0.0, "_threshold"), *_cast(THIRD), *scaled(_alpha(quantiser), 0.0, "_scale")]


BINARY_NET = {
    "binary_tanh": (
        *scaled(-1.0, 0.0, "_turned"),
        *_cast(SIGN),
        *scaled(-2.0, -1.0, "_scale"),
    ),
    "ternary_tanh": _cast(Fixed(2, 2, True, Rounding.RND_CONV, Overflow.SAT_SYM)),
    "relu1": [Step("ReLU", {"max_value": 1.0})],
}
"""BinaryNet's functions, by name: 1 above 0 and else -1; the nearest of -1, 0 and 1; what is in 0..1."""

RULES: dict[str, Callable[[Quantiser], list[Step]]] = {
    "quantized_bits": _bits,
    "quantized_relu": _relu,
    "quantized_tanh": _tanh,
    "quantized_sigmoid": _sigmoid,
    "binary": _binary,
    "ternary": _ternary,
}
"""By kind."""
