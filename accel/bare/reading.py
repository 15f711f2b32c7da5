"""How `read.cpp` makes the inputs' integers of numbers."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate

from accel.bare.terms import Term, number, typed
from accel.bare.text import numbered
from accel.fixed import Rounding
from accel.ir.graph import Graph, Tensor

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
class Own:
    """How a double becomes an integer of one input: a whole number of ``steps``, that ``limited``, and the range that
    results. ``number`` is behind the names of what is its own, ``end`` where it ends in a frame of all inputs, and
    ``called`` what it is called.
    """

    tensor: Tensor
    number: str
    end: int
    called: str

    @property
    def rounded(self) -> str:
        """The whole number."""
        return ROUNDED[self.tensor.type.rounding]

    @property
    def limited(self) -> Term:
        """What is left of it."""
        whole = Term("static_cast<integer>(whole)", -FAR, FAR, self.tensor.type.fraction, FAR.bit_length() - 1)
        range_ = typed("", self.tensor.type)
        return Term(whole.limited(self.tensor.type).text, range_.lo, range_.hi, 0, self.tensor.type.width)

    @property
    def lowest(self) -> str:
        """The least integer of the input's type."""
        return number(self.limited.lo)

    @property
    def highest(self) -> str:
        """The greatest one."""
        return number(self.limited.hi)


@dataclass(frozen=True)
class Reader:
    """How frames are read: of each input its ``own``, one behind the other."""

    own: tuple[Own, ...]

    @classmethod
    def of(cls, graph: Graph) -> Reader:
        """That of a network."""
        several = len(graph.inputs) > 1
        ends = accumulate(tensor.size for tensor in graph.inputs)
        numbers = numbered("", len(graph.inputs))
        return cls(
            tuple(
                Own(tensor, number, end, f"the input '{tensor.name}'" if several else "the network's input")
                for tensor, number, end in zip(graph.inputs, numbers, ends, strict=True)
            )
        )

    @property
    def several(self) -> bool:
        """Whether there is more than one input."""
        return len(self.own) > 1

    @property
    def size(self) -> int:
        """Numbers in a frame."""
        return self.own[-1].end

    @property
    def images(self) -> bool:
        """Whether a frame can be an image without colours."""
        first = self.own[0].tensor
        return not self.several and len(first.shape) == 3 and first.channels == 1

    @property
    def bits(self) -> int:
        """The most that the magnitude of an integer takes."""
        return max(own.limited.bits for own in self.own)
