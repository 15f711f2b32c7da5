"""What every layer generator gives back: instances of library modules in a chain of streams."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import singledispatch

import numpy as np

from accel.errors import AccelError
from accel.fixed import Fixed, Overflow
from accel.ir.graph import Node
from accel.rtl.timing import Sequencer, Spill, Splitter, Unit


@dataclass(frozen=True)
class Stream:
    """A stream between two modules: ``lanes`` elements of ``type`` a beat, ``beats`` a frame."""

    lanes: int
    type: Fixed
    beats: int

    @property
    def bits(self) -> int:
        """Bits of one beat."""
        return self.lanes * self.type.width


@dataclass(frozen=True, eq=False)
class Instance:
    """One module of the chain.

    ``parameters``: Verilog literals by name. ``memories``: text of its ``.mem`` files by name. ``timing`` makes the cycle model.
    ``multipliers`` and ``rom_bits``/``ram_bits`` are what the hardware holds, for the plan.
    """

    module: str
    name: str
    parameters: dict[str, str]
    output: Stream
    timing: Callable[[], Unit]
    memories: dict[str, str] = field(default_factory=dict)
    multipliers: int = 0
    memory_shapes: tuple[tuple[int, int], ...] = ()  # (words, bits) of each ROM and RAM


@singledispatch
def instances(node: Node, source: Stream) -> list[Instance]:
    """The modules that compute ``node`` from ``source``, in order. Registered by each layer family's file.

    Raises:
        AccelError: the hardware cannot do this exactly; names the layer, what came and what would work.
    """
    raise AccelError(f"layer '{node.name}': the RTL has no {type(node).__name__} yet")


def type_parameters(prefix: str, type_: Fixed, modes: bool = False) -> dict[str, str]:
    """``<prefix>Width``, ``Fraction``, ``Signed`` and with ``modes`` ``Rounding`` and ``Overflow`` of a type."""
    parameters = {
        f"{prefix}Width": str(type_.width),
        f"{prefix}Fraction": str(type_.fraction),
        f"{prefix}Signed": str(int(type_.signed)),
    }
    if modes:
        parameters[f"{prefix}Rounding"] = str(type_.rounding.code)
        parameters[f"{prefix}Overflow"] = str(type_.overflow.code)
    return parameters


def require_wrapping(node: Node, what: str, type_: Fixed) -> None:
    """Refuse an accumulator that saturates (its sums would depend on their order) or is unsigned."""
    if type_.overflow is not Overflow.WRAP or not type_.signed:
        raise AccelError(f"layer '{node.name}': {what} {type_}; expected a signed type that wraps, e.g. fixed<{type_.width},{type_.integer}>")


def pack(values: Iterable[int], width: int) -> int:
    """Two's complement fields side by side, the first one lowest."""
    mask = (1 << width) - 1
    fields = [format(int(value) & mask, f"0{width}b") for value in values]
    return int("".join(reversed(fields)) or "0", 2)


def literal(values: np.ndarray, width: int) -> str:
    """A Verilog constant of packed fields."""
    return f"{len(values) * width}'h{pack(values, width):x}"


def memory(words: np.ndarray, width: int) -> str:
    """Text for ``$readmemh``: one word a line; ``words`` (count, fields), field 0 lowest, each ``width`` bits."""
    digits = -(-words.shape[1] * width // 4)
    return "".join(f"{pack(word, width):0{digits}x}\n" for word in words)


def spill(name: str, source: Stream) -> Instance:
    """A buffer that ends the ready path, put before whatever holds its input for long."""
    return Instance("acc_spill", f"{name}_spill", {"Width": str(source.bits)}, source, Spill)


def with_lanes(node: Node, source: Stream, lanes: int) -> list[Instance]:
    """The modules that regroup ``source`` into beats of ``lanes`` elements: none where it has them.

    Raises:
        AccelError: neither size divides the other.
    """
    if source.lanes == lanes:
        return []
    gather, split = max(1, lanes // source.lanes), max(1, source.lanes // lanes)
    if source.lanes * gather != lanes * split:
        raise AccelError(
            f"layer '{node.name}': beats of {source.lanes} elements cannot become beats of {lanes}; expected one to divide the other"
        )
    output = Stream(lanes, source.type, source.beats * source.lanes // lanes)
    parameters = {"InBits": str(source.bits), "Gather": str(gather), "Split": str(split)}

    def timing() -> Unit:
        return Splitter(split) if split > 1 else Sequencer(1, gather, 1)

    return [Instance("acc_repack", f"{node.name}_repack", parameters, output, timing)]
