"""C++ expressions that know which integers they can be, so that only what can matter is written: no limit that is never
reached, and 128 bits only where 64 are not enough.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import product

import numpy as np

from accel.fixed import Fixed, Overflow, Rounding, rule
from accel.kernels import SATURATE, assigned

CHOICE, SHIFT, SUM, PRODUCT, ATOM = range(5)
"""How tightly an expression holds together: what is looser than its place gets parentheses."""

_FAR = 1 << 1024
_PLAIN = 20  # powers of two up to this one are written as numbers


@dataclass(frozen=True)
class Term:
    """An expression, the least and the greatest integer that it can be, and its fractional bits.

    ``bits``: the most that a magnitude takes on the way to it. ``rank``: the place from which on it needs no
    parentheses.
    """

    text: str
    lo: int
    hi: int
    fraction: int
    bits: int = 0
    rank: int = ATOM

    def __post_init__(self) -> None:
        object.__setattr__(self, "bits", max(self.bits, self.lo.bit_length(), self.hi.bit_length()))

    @property
    def helped(self) -> bool:
        """Whether it calls a function of ``fixed.h``."""
        return re.search(r"\b(trn_zero|rnd\w*|wrap\w*|saturate|zero_outside)\(", self.text) is not None

    def at(self, rank: int) -> str:
        """The text for a place of this rank."""
        return self.text if self.rank >= rank else f"({self.text})"

    def __mul__(self, other: Term) -> Term:
        ends = [a * b for a, b in product((self.lo, self.hi), (other.lo, other.hi))]
        text = f"{self.at(PRODUCT)} * {other.at(ATOM)}"
        return Term(text, min(ends), max(ends), self.fraction + other.fraction, max(self.bits, other.bits), PRODUCT)

    def __add__(self, other: Term) -> Term:
        """The sum of two with as many fractional bits."""
        text, bits = f"{self.at(SUM)} + {other.at(SUM)}", max(self.bits, other.bits)
        return Term(text, self.lo + other.lo, self.hi + other.hi, self.fraction, bits, SUM)

    def __sub__(self, other: Term) -> Term:
        """The difference of two with as many fractional bits."""
        text, bits = f"{self.at(SUM)} - {other.at(PRODUCT)}", max(self.bits, other.bits)
        return Term(text, self.lo - other.hi, self.hi - other.lo, self.fraction, bits, SUM)

    def over(self, divisor: int, called: str = "") -> Term:
        """Divided by a positive number, the remainder dropped, as C++ does; by a variable ``called`` so, of which it is
        the least.
        """
        if divisor == 1 and not called:
            return self
        lo, hi = (abs(end) // divisor * (1 if end > 0 else -1) for end in (self.lo, self.hi))
        text = f"{self.at(PRODUCT)} / {called or number(divisor)}"
        return Term(text, lo, hi, self.fraction, max(self.bits, divisor.bit_length()), PRODUCT)

    def grown(self, bits: int) -> Term:
        """The same value with so many more fractional bits."""
        return replace(self * constant(1 << bits), fraction=self.fraction + bits) if bits else self

    def dropped(self, bits: int, rounding: Rounding) -> Term:
        """The value rounded to so many fewer fractional bits."""
        if bits == 0:
            return self
        far = Fixed(1, 1 - self.fraction + bits, True, rounding)
        moved = *rule(self.fraction, far)[:5], SATURATE, -_FAR, _FAR
        lo, hi = (assigned.py_func(end, moved) for end in (self.lo, self.hi))
        need, fraction = max(self.bits, bits) + 1, self.fraction - bits
        if rounding is Rounding.TRN:
            return Term(f"{self.at(ATOM)} >> {bits}", lo, hi, fraction, need, SHIFT)
        return Term(f"{rounding.value.lower()}({self.text}, {bits})", lo, hi, fraction, need)

    def moved(self, type_: Fixed) -> Term:
        """With the fractional bits of a type, rounded as it says, not yet limited."""
        more = type_.fraction - self.fraction
        return self.grown(more) if more >= 0 else self.dropped(-more, type_.rounding)

    def limited(self, type_: Fixed) -> Term:
        """What a type makes of an integer that already has its fractional bits."""
        lo, hi = rule(type_.fraction, type_)[-2:]
        if lo <= self.lo and self.hi <= hi:
            return self
        if type_.overflow is Overflow.WRAP:
            name = "wrap" if type_.signed else "wrap_unsigned"
            text, bits = f"{name}({self.text}, {type_.width})", max(self.bits, type_.width)
        else:
            name, bits = "zero_outside" if type_.overflow is Overflow.SAT_ZERO else "saturate", self.bits
            text = f"{name}({self.text}, {number(lo)}, {number(hi)})"
        return Term(text, lo, hi, type_.fraction, bits)

    def assigned(self, type_: Fixed) -> Term:
        """Assigned to a type: rounded, then limited (``accel.fixed.requantise``)."""
        return self.moved(type_).limited(type_)

    def called(self, name: str) -> Term:
        """A variable that holds it."""
        return replace(self, text=name, rank=ATOM)


def typed(text: str, type_: Fixed) -> Term:
    """A variable of a type."""
    return Term(text, rule(type_.fraction, type_)[-2], type_.hi, type_.fraction)


def among(text: str, entries: np.ndarray, fraction: int) -> Term:
    """One of an array's integers."""
    return Term(text, int(entries.min()), int(entries.max()), fraction)


def constant(value: int, fraction: int = 0) -> Term:
    """A number."""
    return Term(number(value), value, value, fraction)


def choice(condition: str, yes: Term, no: Term) -> Term:
    """One of two terms of as many fractional bits."""
    text = f"{condition} ? {yes.at(SUM)} : {no.text}"
    return Term(text, min(yes.lo, no.lo), max(yes.hi, no.hi), yes.fraction, max(yes.bits, no.bits), CHOICE)


def number(value: int) -> str:
    """An integer in C++."""
    bits = abs(value).bit_length() - 1
    if bits > _PLAIN and value == 1 << bits:
        return f"(integer{{1}} << {bits})"
    if value >= 1 << 63:
        return f"{value}u"
    return str(value) if value != -(1 << 63) else f"({value + 1} - 1)"
