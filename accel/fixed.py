"""Fixed-point types and exact requantisation, as Xilinx's ``ap_fixed`` defines them.

A value is a *raw* integer ``r`` that stands for ``r * 2**-fraction``. Everything here works on raw integers and never
rounds through floating point. Reference: UG1399 "Arbitrary Precision Fixed-Point Data Types"; the open
``ap_fixed_base.h`` that ships with hls4ml is what the tests compare with.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from accel.errors import AccelError

if TYPE_CHECKING:
    from accel.kernels import Rule

MOST_BITS = 64
MOST_INTEGER = 128
NARROW = 62
"""Bits of magnitudes that the loops on int64 take; Python's integers are used for more."""
_LONG = np.dtype(np.int64)
_LOWEST = -(1 << 63)


class _Mode(str, Enum):
    @property
    def code(self) -> int:
        """The mode's number in ``acc_pkg.sv``."""
        return list(type(self)).index(self)


class Rounding(_Mode):
    """What happens to the bits below the least significant one."""

    TRN = "TRN"  # toward minus infinity
    TRN_ZERO = "TRN_ZERO"  # toward zero
    RND = "RND"  # to nearest, ties toward plus infinity
    RND_ZERO = "RND_ZERO"  # to nearest, ties toward zero
    RND_INF = "RND_INF"  # to nearest, ties away from zero
    RND_MIN_INF = "RND_MIN_INF"  # to nearest, ties toward minus infinity
    RND_CONV = "RND_CONV"  # to nearest, ties to even


class Overflow(_Mode):
    """What happens to a value outside the type's range."""

    WRAP = "WRAP"  # drop the upper bits
    SAT = "SAT"  # clamp to the nearest bound
    SAT_ZERO = "SAT_ZERO"  # become zero
    SAT_SYM = "SAT_SYM"  # clamp to a range symmetric around zero


_BEYOND = {Overflow.WRAP: 0, Overflow.SAT: 1, Overflow.SAT_SYM: 1, Overflow.SAT_ZERO: 2}
"""The codes of ``accel.kernels``: WRAP, SATURATE, ZERO."""

_PATTERN = re.compile(
    r"(?:ap_)?(?P<u>u?)(?P<kind>fixed|int)\s*<\s*(?P<w>\d+)\s*(?:,\s*(?P<i>-?\d+)\s*)?"
    r"(?:,\s*(?:AP_)?(?P<r>[A-Z_]+)\s*)?(?:,\s*(?:AP_)?(?P<o>[A-Z_]+)\s*)?(?:,\s*0\s*)?>"
)


@dataclass(frozen=True)
class Fixed:
    """``ap_fixed<width, integer, rounding, overflow>``, or ``ap_ufixed`` where not ``signed``.

    ``width`` counts all bits, sign included; ``integer`` those left of the binary point (sign included; may be negative
    or above ``width``).
    """

    width: int
    integer: int
    signed: bool = True
    rounding: Rounding = Rounding.TRN
    overflow: Overflow = Overflow.WRAP

    @property
    def fraction(self) -> int:
        """Bits right of the binary point."""
        return self.width - self.integer

    @property
    def lo(self) -> int:
        """The smallest raw value."""
        return -(1 << (self.width - 1)) if self.signed else 0

    @property
    def hi(self) -> int:
        """The largest raw value."""
        return (1 << (self.width - self.signed)) - 1

    @property
    def step(self) -> float:
        """The value of one LSB."""
        return 2.0**-self.fraction

    def holds(self, other: Fixed) -> bool:
        """Whether every number of the type ``other`` is one of this type."""
        grow = self.fraction - other.fraction
        lo, hi = rule(self.fraction, self)[-2:]
        return grow >= 0 and lo <= other.lo << grow and other.hi << grow <= hi

    @classmethod
    def parse(cls, text: str) -> Fixed:
        """Read ``fixed<16,6>``, ``ap_ufixed<8,0,RND,SAT>``, ``int<8>`` and the like.

        Raises:
            AccelError: the text is not such a type, or one of more than 64 bits or of integer bits beyond +-128.
        """
        found = _PATTERN.fullmatch(text.strip())
        try:
            if not found or (found["kind"] == "fixed") == (found["i"] is None):
                raise ValueError
            width = int(found["w"])
            integer = width if found["kind"] == "int" else int(found["i"])
            rounding = Rounding(found["r"] or "TRN")
            overflow = Overflow(found["o"] or "WRAP")
            if width < 1:
                raise ValueError
        except ValueError:
            raise AccelError(
                f"precision '{text}' is not a fixed-point type; expected "
                "[u]fixed<width,integer[,rounding[,overflow]]> or "
                f"[u]int<width>, e.g. fixed<16,6,RND,SAT>; rounding: {', '.join(r.value for r in Rounding)}; "
                f"overflow: {', '.join(o.value for o in Overflow)}"
            ) from None
        if width > MOST_BITS or abs(integer) > MOST_INTEGER:
            raise AccelError(
                f"precision '{text[:60]}': expected 1 to {MOST_BITS} bits, -{MOST_INTEGER} to {MOST_INTEGER} integer"
            )
        return cls(width, integer, not found["u"], rounding, overflow)

    def __str__(self) -> str:
        modes = [self.rounding.value, self.overflow.value]
        if modes == ["TRN", "WRAP"]:
            modes = []
        elif modes[1] == "WRAP":
            modes = modes[:1]
        return f"{'' if self.signed else 'u'}fixed<{','.join([str(self.width), str(self.integer), *modes])}>"


@lru_cache(maxsize=4096)
def rule(fraction: int, dst: Fixed) -> Rule:
    """The assignment of values of ``fraction`` fractional bits to ``dst`` as the loops of ``accel.kernels`` take it."""
    drop = max(fraction - dst.fraction, 0)
    half = (1 << drop) >> 1
    below = half - (drop > 0)  # what lets a tie stay below
    add, negative, odd = {
        Rounding.TRN: (0, 0, 0),
        Rounding.TRN_ZERO: (0, (1 << drop) - 1, 0),
        Rounding.RND: (half, 0, 0),
        Rounding.RND_MIN_INF: (below, 0, 0),
        Rounding.RND_INF: (half, below - half, 0),
        Rounding.RND_ZERO: (below, half - below, 0),
        Rounding.RND_CONV: (below, 0, half - below),
    }[dst.rounding]
    # ap_fixed keeps -1 in a single bit, where a symmetric range would be 0 alone.
    lo = -max(dst.hi, 1) if dst.overflow is Overflow.SAT_SYM and dst.signed else dst.lo
    return max(dst.fraction - fraction, 0), drop, add, negative, odd, _BEYOND[dst.overflow], lo, dst.hi


def fits(bits: int, fraction: int, dst: Fixed) -> bool:
    """Whether 64 bits are enough to assign integers of magnitudes of ``bits`` bits, with ``fraction`` fractional
    bits, to ``dst``.
    """
    grow = dst.fraction - fraction
    return dst.width <= NARROW and -grow <= NARROW and (grow <= 0 or bits + grow <= NARROW)


def held(type_: Fixed) -> np.dtype:
    """The dtype of tensors of a type from layer to layer: short where it can be, for moving integers costs more than
    computing them; Python's where int64 is not enough.
    """
    if type_.width > NARROW:
        return np.dtype(object)
    short = np.iinfo(np.int16)
    return np.dtype(np.int16 if short.min <= type_.lo and type_.hi <= short.max else np.int64)


def requantise(
    raw: np.ndarray, fraction: int, dst: Fixed, kind: np.dtype = _LONG, least: int | None = None
) -> np.ndarray:
    """Assign values of ``fraction`` fractional bits to the type ``dst``: round, then limit.

    Args:
        raw: integers below 2**63 in magnitude, or Python integers of any size (dtype object); any shape.
        fraction: fractional bits of ``raw``.
        dst: the destination type.
        kind: the dtype wanted.
        least: assigned in place of what is below it (0, by a ReLU); nothing is where it is None.

    Returns:
        raw integers of ``dst``, same shape; of ``kind`` unless ``dst`` is wider than 62 bits.
    """
    from accel import kernels

    raw = np.asarray(raw)
    if raw.dtype == object or not fits(_bits(raw) if dst.fraction > fraction else 0, fraction, dst):
        rule_, raw = rule(fraction, dst), raw if least is None else np.maximum(raw, least)
        exactly = np.frompyfunc(lambda value: kernels.assigned.py_func(int(value), rule_), 1, 1)
        return np.asarray(exactly(raw.astype(object))).astype(object if dst.width > NARROW else kind)
    made, kept = np.empty(raw.shape, kind), raw.dtype if raw.dtype == np.int16 else _LONG
    flat = np.ascontiguousarray(raw, kept).reshape(-1)
    kernels.assign(flat, _LOWEST if least is None else least, rule(fraction, dst), made.reshape(-1))
    return made


def _bits(raw: np.ndarray) -> int:
    """Bits that the largest magnitude in ``raw`` takes."""
    return max(int(raw.max(initial=0)).bit_length(), int(raw.min(initial=0)).bit_length())


def from_float(values: np.ndarray, dst: Fixed) -> np.ndarray:
    """Assign doubles to ``dst`` exactly, as ``ap_fixed(double)`` does; same shape, raw integers.

    Infinity counts as 2**1024: WRAP makes it 0, the saturating modes clamp it.

    Raises:
        AccelError: a value is not a number.
    """
    from accel import kernels

    values = np.asarray(values, dtype=np.float64)
    if fits(NARROW, dst.fraction + 3, dst):
        made = np.empty(values.shape, np.int64)
        flat = np.ascontiguousarray(values).reshape(-1)
        if kernels.assign_doubles(flat, 2.0 ** (dst.fraction + 2), rule(dst.fraction + 3, dst), made.reshape(-1)):
            return made
    if np.isnan(values).any():
        raise AccelError(
            f"cannot make {dst} of nan; expected numbers (a training that diverged leaves nan in its weights)"
        )
    return requantise(_whole(values), 1074, dst)


def _whole(values: np.ndarray) -> np.ndarray:
    """Doubles as Python integers, in units of 2**-1074 (the smallest double); infinity as 2**1024."""
    mantissa, exponent = np.frexp(np.where(np.isinf(values), np.sign(values), values))
    exponent = np.where(np.isinf(values), 1025, exponent)
    shift = np.maximum(exponent + 1074 - 53, 0).astype(object)  # denormals are whole multiples already
    whole = np.ldexp(mantissa, np.minimum(53, exponent + 1074)).astype(np.int64).astype(object)
    return whole << shift


def to_float(raw: np.ndarray, src: Fixed) -> np.ndarray:
    """The float64 values of raw integers of ``src``."""
    return np.asarray(raw).astype(np.float64) * src.step
