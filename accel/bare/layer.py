"""Each node of the integer graph as one C++ function with its formula; `accel.ir.golden` has the same in numpy."""

from __future__ import annotations

from dataclasses import dataclass
from functools import singledispatch

import numpy as np

from accel.bare.render import render
from accel.bare.terms import Term
from accel.bare.text import by, numbered, words
from accel.errors import AccelError
from accel.ir import graph as ir


@dataclass(frozen=True, eq=False)
class Constant:
    """An array of raw integers in C++: its name, whose rows ``index`` counts, and what to say of it."""

    name: str
    values: np.ndarray
    told: str
    index: str = ""


@dataclass(frozen=True, eq=False)
class Layer:
    """A function ``name`` and the text of its file; ``bits``: the most that the magnitude of an integer takes in it."""

    name: str
    text: str
    constants: tuple[Constant, ...]
    bits: int

    @property
    def title(self) -> str:
        """What it does, in words: the file's first line."""
        return self.text.partition("\n")[0].partition(": ")[2].removesuffix(".")


def made(
    kind: str, node: ir.Node, name: str, constants: list[Constant], legend: list[tuple[str, str]], *terms: Term, **more
) -> Layer:
    """The layer of template ``kind``: ``legend`` says what its variables are, ``terms`` are all that it computes."""
    stored = [(constant_.name, f"{by(constant_.values.shape)}, {constant_.told}") for constant_ in constants]
    *given, end = [
        (array, f"{by(t.shape)}, {words(t.type)}")
        for array, t in zip([*numbered("in", len(node.inputs)), "out"], [*node.inputs, node.output], strict=True)
    ]
    rows = [*given, *stored, *legend, end]
    helped = any(term.helped for term in terms)
    text = render(f"{kind}.cpp.j2", node=node, name=name, legend=rows, constants=constants, helped=helped, **more)
    return Layer(name, text, tuple(constants), max(term.bits for term in terms) if terms else 0)


@singledispatch
def layer(node: ir.Node, name: str) -> Layer:
    """The function called ``name`` of a node.

    Raises:
        AccelError: it cannot be written exactly; says why.
    """
    raise AccelError(f"no plain C++ of a {type(node).__name__}")


def place(array: str, indices: list[str]) -> str:
    """An element of an array."""
    return array + "".join(f"[{index}]" for index in indices)


def shaped(node: ir.Node, *shape: int) -> None:
    """Refuse a node whose output has another shape."""
    if node.output.shape != shape:
        raise AccelError(f"results {by(node.output.shape)}; expected {by(shape)}")
