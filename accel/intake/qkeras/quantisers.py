"""QKeras' quantisers as its files name them, and the weights that they make: formulas of QKeras 0.9.0, `quantizers.py`.

QKeras computes ``x + (q - x)`` in float32, whose rounding it does not mean; here it is ``q``.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from accel.errors import AccelError, near
from accel.fixed import Fixed, Overflow, Rounding

EPSILON = np.float32(1e-7)
UNROLLS = 5
TERNARY_THRESHOLD = 0.33

_STOCHASTIC = {"use_stochastic_rounding": False}  # at inference it rounds as without
_NOISE = {"qnoise_factor": 1.0, "var_name": None, "use_ste": True, "use_variables": False}
_AXES = {"scale_axis": None, "elements_per_scale": None, "min_po2_exponent": None, "max_po2_exponent": None}
_BITS = {"bits": 8, "integer": 0, "symmetric": 0, "keep_negative": True, "alpha": None} | _STOCHASTIC
_POWER = _STOCHASTIC | {"quadratic_approximation": False, "log2_rounding": "rnd"} | _NOISE
_SOFT = {"temperature": 6.0, "use_real_sigmoid": True}

SIGNATURES: dict[str, dict[str, Any]] = {
    "quantized_bits": _BITS | _NOISE | _AXES | {"post_training_scale": None},
    "quantized_relu": {"bits": 8, "integer": 0, "use_sigmoid": 0, "negative_slope": 0.0}
    | _STOCHASTIC
    | {"relu_upper_bound": None, "is_quantized_clip": True, "enable_fast_inference": False}
    | _NOISE,
    "quantized_tanh": {"bits": 8} | _STOCHASTIC | {"symmetric": False, "use_real_tanh": False},
    "quantized_sigmoid": {"bits": 8, "symmetric": False, "use_real_sigmoid": False} | _STOCHASTIC,
    "binary": {"use_01": False, "alpha": None} | _STOCHASTIC | _AXES,
    "stochastic_binary": {"alpha": None} | _SOFT,
    "ternary": {"alpha": None, "threshold": None} | _STOCHASTIC | {"number_of_unrolls": UNROLLS},
    "stochastic_ternary": {"alpha": None, "threshold": None} | _SOFT | {"number_of_unrolls": UNROLLS},
    "quantized_po2": {"bits": 8, "max_value": None} | _POWER,
    "quantized_relu_po2": {"bits": 8, "max_value": None, "negative_slope": 0} | _POWER,
}
"""Their settings in the order of their arguments, and the defaults."""

ONLY = {"qnoise_factor": 1.0, **_AXES}
"""Settings that are read with this value only."""


@dataclass(frozen=True)
class Quantiser:
    """One of `SIGNATURES` with all its settings."""

    kind: str
    settings: Mapping[str, Any]

    def __getattr__(self, name: str) -> Any:
        try:
            return self.settings[name]
        except KeyError:
            raise AttributeError(name) from None

    @property
    def automatic(self) -> bool:
        """Its scale follows from the numbers that it quantises."""
        return isinstance(self.settings.get("alpha"), str)

    @property
    def type(self) -> Fixed | None:
        """That of all its values, where it is one of fixed point without a scale."""
        if self.kind != "quantized_bits" or self.bits - self.keep_negative < 1:
            return None
        if self.automatic or self.settings["alpha"] not in (None, 1):
            return None
        overflow = Overflow.SAT_SYM if self.symmetric and self.keep_negative else Overflow.SAT
        signed = bool(self.keep_negative)
        return Fixed(int(self.bits), int(self.integer) + signed, signed, Rounding.RND_CONV, overflow)


def parse(given: Any, trained: bool = False) -> Quantiser | None:
    """A quantiser as a file has it: its class and settings, or Python's text for it, which is read and never run; None
    where there is none. One for `trained` numbers gets a scale of its own where it has none.

    Raises:
        AccelError: it is none that is known, or has settings that are not.
    """
    if given is None or given == "":
        return None
    kind, settings = _of_text(given) if isinstance(given, str) else (given.get("class_name"), given.get("config", {}))
    if kind not in SIGNATURES:
        raise AccelError(f"quantiser {kind}; {near(str(kind), SIGNATURES)}")
    known = SIGNATURES[kind]
    if unknown := [key for key in settings if key not in known]:
        raise AccelError(f"{kind} with {unknown[0]}={settings[unknown[0]]}; expected {', '.join(known)}")
    settings = {**known, **settings}
    for key, value in ONLY.items():
        if settings.get(key, value) != value:
            raise AccelError(f"{kind} with {key}={settings[key]}; expected {value}")
    kind = kind.removeprefix("stochastic_")
    settings = {**SIGNATURES[kind], **settings}
    if trained and settings.get("alpha", 1) is None:
        settings |= {"alpha": "auto_po2"} | ({"symmetric": True} if "symmetric" in settings else {})
    if isinstance(settings.get("alpha"), str) and "symmetric" in settings:
        settings["symmetric"] = True
    return Quantiser(kind, settings)


def _of_text(text: str) -> tuple[str, dict[str, Any]]:
    """`quantized_bits(4, 0, alpha=1)`: the name and the settings, which are literals."""
    try:
        called = ast.parse(text.strip(), mode="eval").body
        if isinstance(called, ast.Name):
            return called.id, {}
        name = called.func.id
        given = [ast.literal_eval(argument) for argument in called.args]
        named = {word.arg: ast.literal_eval(word.value) for word in called.keywords}
    except (SyntaxError, ValueError, AttributeError) as error:
        raise AccelError(f"quantiser '{text[:60]}'; expected text such as quantized_bits(6,0,alpha=1)") from error
    return name, dict(zip(SIGNATURES.get(name, {}), given, strict=False)) | named


def quantised(values: np.ndarray, quantiser: Quantiser | None) -> tuple[np.ndarray, np.ndarray | float]:
    """What it makes of trained `values`: numbers of fixed point, and the factor, one or of each last axis' index, that
    they are still to be multiplied by where that is no power of two, else 1.0. Float64.

    Raises:
        AccelError: it is none for trained numbers.
    """
    if quantiser is None:
        return np.asarray(values, np.float64), 1.0
    if quantiser.kind not in MAKERS:
        raise AccelError(f"{quantiser.kind} of trained numbers; expected one of {', '.join(MAKERS)}")
    whole, scale = MAKERS[quantiser.kind](np.asarray(values, np.float32), quantiser)
    whole, scale = np.asarray(whole, np.float64), np.asarray(scale, np.float64)
    scale = np.where(scale == 0, 1.0, scale)  # of a channel of zeros
    if np.all(np.frexp(scale)[0] == 0.5) or not np.any(whole):
        return whole * scale, 1.0
    return whole, scale.reshape(-1) if scale.size > 1 else float(scale.reshape(-1)[0])


Made = tuple[np.ndarray, np.ndarray]


def _axis(x: np.ndarray) -> tuple[int, ...]:
    return tuple(range(x.ndim - 1)) if x.ndim > 1 else (0,)


def _power(scale: np.ndarray) -> np.ndarray:
    """The nearest power of two."""
    return np.float32(2) ** np.round(np.log(scale + EPSILON) / np.float32(np.log(2.0)))


def _fitted(x: np.ndarray, q: np.ndarray, alpha: Any) -> np.ndarray:
    """The factor of `q` nearest to `x` by least squares, of each channel (`_get_scale`)."""
    if not isinstance(alpha, str):
        return np.float32(1.0 if alpha is None else alpha)
    if x.ndim > 1:
        qx, qq = (np.mean(product, axis=_axis(x), keepdims=True, dtype=np.float32) for product in (x * q, q * q))
    else:
        qx, qq = x * q, q * q
    scale = qx / (qq + EPSILON)
    return _power(scale) if alpha == "auto_po2" else scale


def _bits(x: np.ndarray, quantiser: Quantiser) -> Made:
    unsigned = quantiser.bits - quantiser.keep_negative
    m, m_i = np.float32(2.0**unsigned), np.float32(2.0**quantiser.integer)
    if quantiser.automatic:
        return _scaled(x / m_i, quantiser, m, m_i)
    alpha = np.float32(1.0 if quantiser.alpha is None else quantiser.alpha)
    if unsigned > 0:
        low = quantiser.keep_negative * (-m + quantiser.symmetric)
        return m_i * np.clip(np.round(x * m / m_i), low, m - 1) / m, alpha
    sign = np.where(x >= 0, 1.0, -1.0)
    return sign if quantiser.keep_negative else (sign + 1) / 2, alpha


def _scaled(x: np.ndarray, quantiser: Quantiser, m: np.ndarray, m_i: np.ndarray) -> Made:
    levels = np.float32((2 ** (quantiser.bits - 1) - 1) * 2)

    def whole(scale: np.ndarray) -> np.ndarray:
        return np.sign(x) * np.minimum(np.floor(np.abs(x) / scale + np.float32(0.5)), levels / 2)

    if quantiser.settings.get("post_training_scale") is not None:
        scale = np.asarray(quantiser.post_training_scale, np.float32) / m
        return m_i * whole(scale) / m, scale * m
    scale = np.max(np.abs(x), axis=_axis(x), keepdims=True) * 2 / levels
    if quantiser.alpha == "auto":
        scale = np.where(scale == 0, np.float32(1), scale)
        return m_i * whole(scale) / m, scale * m
    scale = _power(scale)
    for _ in range(UNROLLS):
        z = whole(scale)
        scale = _fitted(x, z, "auto_po2")
    return m_i * z / m, scale * m


def _binary(x: np.ndarray, quantiser: Quantiser) -> Made:
    sign = np.where(x >= 0, np.float32(1), np.float32(-1))
    sign = (sign + 1) / 2 if quantiser.use_01 else sign
    return sign, _fitted(x, sign, quantiser.alpha)


def _ternary(x: np.ndarray, quantiser: Quantiser) -> Made:
    if not quantiser.automatic:
        threshold = TERNARY_THRESHOLD if quantiser.threshold is None else quantiser.threshold
        return np.sign(x) * (np.abs(x) >= np.float32(threshold)), _fitted(x, x, quantiser.alpha)
    scale = 2 * np.max(np.abs(x), axis=_axis(x), keepdims=True) / np.float32(3)
    scale = _power(scale) if "po2" in quantiser.alpha else scale
    for _ in range(quantiser.number_of_unrolls):
        v = scale * np.round(x / np.where(scale == 0, np.float32(1), scale))
        q = np.sign(x) * (np.abs(v) >= scale / 2)
        scale = _fitted(x, q.astype(np.float32), quantiser.alpha)
    return q, scale


def _powers(x: np.ndarray, quantiser: Quantiser, low: int, high: int) -> np.ndarray:
    """Powers of two nearest to magnitudes `x` (`_clip_power_of_two`)."""
    seen = np.maximum(x, EPSILON)
    seen = seen if quantiser.max_value is None else np.minimum(seen, np.float32(quantiser.max_value))
    twice = bool(quantiser.quadratic_approximation)
    log = np.log(np.sqrt(seen) if twice else seen) / np.float32(np.log(2.0))
    rounded = np.floor(log) if quantiser.log2_rounding == "floor" else np.round(log)
    exponent = np.where(x < EPSILON, low, (1 + twice) * np.clip(rounded, low, high))
    return np.float32(2) ** exponent.astype(np.float32)


def _exponents(quantiser: Quantiser, bits: int) -> tuple[int, int]:
    bits -= quantiser.max_value is None or quantiser.max_value > 1
    high = int(2**bits) - 1
    return -int(2**bits), 2 * (high // 2) if quantiser.quadratic_approximation else high


def _po2(x: np.ndarray, quantiser: Quantiser) -> Made:
    return np.where(x >= 0, 1, -1) * _powers(np.abs(x), quantiser, *_exponents(quantiser, quantiser.bits - 1)), 1.0


def _relu_po2(x: np.ndarray, quantiser: Quantiser) -> Made:
    if quantiser.negative_slope:
        raise AccelError(f"quantized_relu_po2 with negative_slope={quantiser.negative_slope}; expected 0")
    return _powers(np.maximum(x, 0), quantiser, *_exponents(quantiser, quantiser.bits)), 1.0


MAKERS: dict[str, Callable[[np.ndarray, Quantiser], Made]] = {
    "quantized_bits": _bits,
    "binary": _binary,
    "ternary": _ternary,
    "quantized_po2": _po2,
    "quantized_relu_po2": _relu_po2,
}
"""By kind, for trained numbers: integers or numbers of fixed point, and the scale that they are multiplied by."""
