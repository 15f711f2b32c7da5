"""What every layer generator gives back: instances of library modules in a chain of streams."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import singledispatch

import numpy as np

from accel.errors import AccelError
from accel.fixed import Fixed, Overflow, Rounding
from accel.ir.graph import Join, Node, Window
from accel.rtl.timing import Unit, fifo, sequencer, splitter

READY_MODULES = 8
"""Modules in a row through which ``ready`` may pass in a cycle."""

LUT_WORDS = 64
"""Words of a memory that are in look-up tables; more are in block RAMs."""


@dataclass(frozen=True)
class Stream:
    """A stream between two modules: ``lanes`` elements of ``type`` a beat, ``beats`` a frame.

    ``burst``: beats that come in quick succession before a pause, as the windows of a row do where the next row has
    none. ``passed``: modules before it, one behind the other, through which ``ready`` passes in one cycle.
    """

    lanes: int
    type: Fixed
    beats: int
    burst: int = 1
    passed: int = 0

    @property
    def bits(self) -> int:
        """Bits of one beat."""
        return self.lanes * self.type.width


@dataclass(frozen=True, eq=False)
class Memory:
    """What a ROM holds: ``words`` (count, fields), field 0 lowest, raw integers of ``width`` bits each. More than
    ``most`` of them are in block RAMs.
    """

    words: np.ndarray
    width: int
    most: int = LUT_WORDS

    @property
    def shape(self) -> tuple[int, int]:
        """Words, and how many of their bits are not the same in all of them: the others are wiring."""
        same = np.bitwise_and.reduce(self.words) | ~np.bitwise_or.reduce(self.words)
        changing = ~same & ((1 << self.width) - 1)
        return len(self.words), sum(int(bits).bit_count() for bits in changing)

    @property
    def in_blocks(self) -> bool:
        """Whether it is in block RAMs."""
        return len(self.words) > self.most

    def text(self) -> str:
        """For ``$readmemh``: one word a line."""
        digits = -(-self.words.shape[1] * self.width // 4)
        return "".join(f"{pack(word, self.width):0{digits}x}\n" for word in self.words)


@dataclass(frozen=True, eq=False)
class Instance:
    """One module of the chain.

    ``parameters``: Verilog literals by name. ``memories``: its ``.mem`` files by name. ``timing`` is its control.
    ``multipliers`` and ``memory_shapes`` are what the hardware holds, for the plan.
    """

    module: str
    name: str
    parameters: dict[str, str]
    output: Stream
    timing: Unit
    memories: dict[str, Memory] = field(default_factory=dict)
    multipliers: int = 0
    memory_shapes: tuple[tuple[int, int], ...] = ()  # (words, bits) of each ROM and RAM

    @property
    def block_shapes(self) -> tuple[tuple[int, int], ...]:
        """Of the ``memory_shapes``, those of memories in block RAMs."""
        constants = {memory.shape for memory in self.memories.values() if memory.in_blocks}
        return tuple(shape for shape in self.memory_shapes if shape[0] > LUT_WORDS or shape in constants)


@dataclass(frozen=True, eq=False)
class Joined:
    """What computes a layer that reads several streams: the modules that each of these goes through, the last of them a
    `branch_end`, and the one that reads them all.
    """

    branches: tuple[list[Instance], ...]
    join: Instance


@singledispatch
def joined(node: Join, *sources: Stream) -> Joined:
    """The modules of a layer that reads several streams. Registered by each layer family's file.

    Raises:
        AccelError: the hardware cannot do this exactly; names the layer, what came and what would work.
    """
    raise AccelError(f"layer '{node.name}': the RTL has no {type(node).__name__} yet")


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


def type_of(own: Mapping[str, str], prefix: str) -> Fixed:
    """The type of which these are the `type_parameters`; those that are missing are its defaults."""
    width, fraction = int(own[f"{prefix}Width"]), int(own[f"{prefix}Fraction"])
    modes = (int(own.get(f"{prefix}{name}", 0)) for name in ("Rounding", "Overflow"))
    rounding, overflow = (list(kind)[code] for kind, code in zip((Rounding, Overflow), modes, strict=True))
    return Fixed(width, width - fraction, own.get(f"{prefix}Signed", "1") == "1", rounding, overflow)


def require_wrapping(node: Node, what: str, type_: Fixed) -> None:
    """Refuse an accumulator that saturates (its sums would depend on their order) or is unsigned."""
    if type_.overflow is not Overflow.WRAP or not type_.signed:
        raise AccelError(
            f"layer '{node.name}': {what} {type_}; expected a signed type that wraps, e.g. "
            f"fixed<{type_.width},{type_.integer}>"
        )


def pack(values: Iterable[int], width: int) -> int:
    """Two's complement fields side by side, the first one lowest."""
    mask = (1 << width) - 1
    fields = [format(int(value) & mask, f"0{width}b") for value in values]
    return int("".join(reversed(fields)) or "0", 2)


def literal(values: np.ndarray, width: int) -> str:
    """A Verilog constant of packed fields."""
    return f"{len(values) * width}'h{pack(values, width):x}"


def buffer(name: str, source: Stream, cycles: int = 1) -> Instance:
    """A FIFO before what takes a beat every ``cycles``: it ends the ready path, and lets a slow layer work on through a
    pause.
    """
    output = source if cycles == 1 else replace(source, burst=1)
    depth = 1 + (1 if cycles == 1 else min(source.burst, LUT_WORDS))
    parameters = {"Width": str(source.bits), "Depth": str(depth)}
    return Instance("acc_fifo", f"{name}_fifo", parameters, output, fifo(depth))


def buffers(name: str, source: Stream, cycles: int = 1) -> list[Instance]:
    """The FIFO before what takes a beat every ``cycles``, where it needs one: a beat every cycle is taken as it comes,
    unless the ready path has become long.
    """
    return [] if cycles == 1 and source.passed < READY_MODULES else [buffer(name, source, cycles)]


def branch_end(name: str, source: Stream) -> Instance:
    """The FIFO in which a branch waits for the other; how deep it is, the plan says for the network as a whole."""
    return deepened(Instance("acc_fifo", name, {"Width": str(source.bits)}, source, fifo(2)), 2)


def deepened(made: Instance, depth: int) -> Instance:
    """A FIFO with another depth."""
    shape = (depth - 1, made.output.bits)  # of what waits behind the beat on offer
    return replace(made, parameters=made.parameters | {"Depth": str(depth)}, timing=fifo(depth), memory_shapes=(shape,))


def burst(window: Window, before: int) -> int:
    """Windows in quick succession: a row of them, where not every row has some; else as many as the pixels that come
    so.
    """
    return window.out_shape[1] if window.stride[0] > 1 else before


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
            f"layer '{node.name}': beats of {source.lanes} elements cannot become beats of {lanes}; expected "
            "one to divide the other"
        )
    output = Stream(
        lanes,
        source.type,
        source.beats * source.lanes // lanes,
        max(1, source.burst * source.lanes // lanes),
        source.passed + 1,
    )
    parameters = {"InBits": str(source.bits), "Gather": str(gather), "Split": str(split)}
    timing = splitter(split) if split > 1 else sequencer(1, gather, 1)
    return [Instance("acc_repack", f"{node.name}_repack", parameters, output, timing)]
