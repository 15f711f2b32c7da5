"""How `read.cpp` makes the input's integers of numbers."""

from __future__ import annotations

from dataclasses import dataclass

from accel.bare.terms import Term, number, typed
from accel.fixed import Rounding
from accel.ir.graph import Tensor

FAR = 1 << 62
"""Beyond this, a number is refused."""

ROUNDED = {
    Rounding.TRN: "std::floor(steps)",
    Rounding.TRN_ZERO: "std::trunc(steps)",
    Rounding.RND: "std::floor(steps + 0.5)",
    Rounding.RND_ZERO: "std::copysign(std::ceil(std::fabs(steps) - 0.5), steps)",
    Rounding.RND_INF: "std::round(steps)",
    Rounding.RND_MIN_INF: "std::ceil(steps - 0.5)",
    Rounding.RND_CONV: "std::nearbyint(steps)",
}


@dataclass(frozen=True)
class Reader:
    """How a double becomes a whole number of ``steps``, how that is limited, and the range that results."""

    rounded: str
    limited: Term
    images: bool

    @classmethod
    def of(cls, tensor: Tensor) -> Reader:
        """That of a network's input."""
        whole = Term("static_cast<integer>(whole)", -FAR, FAR, tensor.type.fraction, FAR.bit_length() - 1)
        images = len(tensor.shape) == 3 and tensor.channels == 1
        range_ = typed("", tensor.type)
        limited = whole.limited(tensor.type)
        return cls(
            ROUNDED[tensor.type.rounding], Term(limited.text, range_.lo, range_.hi, 0, tensor.type.width), images
        )

    @property
    def lowest(self) -> str:
        """The least integer of the input's type."""
        return number(self.limited.lo)

    @property
    def highest(self) -> str:
        """The greatest one."""
        return number(self.limited.hi)

    @property
    def bits(self) -> int:
        """The most that the magnitude of an integer takes."""
        return self.limited.bits
