"""What each library module is made of, counted from its parameters: the terms of the resource model.

A term is a number of equal small things, of which each takes some part of a look-up table or flip-flop: bits that are
added, chosen between, rounded, limited, stored. How much of one is fitted (`accel.synth.fit`). The counts follow the
modules' SystemVerilog, line by line.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass, field, replace

import numpy as np

from accel.rtl.layers.base import LUT_WORDS, Instance, Memory
from accel.rtl.products import products
from accel.synth.families import Family

Terms = Counter[str]

TRUNCATE, TO_ZERO, NEAREST = range(3)
SATURATE, SYMMETRIC = 1, 3
"""acc_pkg's codes of roundings and overflows."""

_TYPICAL = {
    "lut": {
        "compare": 1.5,
        "rest": 0.2,
        "carry": 0.1,
        "beyond": 0.2,
        "bound": 0.4,
        "counter": 1.5,
        "one": 5.0,
    },
    "ff": {"product": 0.0, "held": 0.5, "tree_third": 0.0, "near_third": 0.0},
}
_RAM_WORDS = {4: 16, 6: 32}
"""Words of a RAM in look-up tables, by their inputs."""

SHORT = 3
"""Cycles from which on a delay is long."""


def typical(kind: str, term: str) -> float:
    """What a term takes by rule of thumb: the fit departs from it as far as instances say so."""
    return _TYPICAL[kind].get(term, 1.0)


@dataclass
class Parts:
    """Terms of look-up tables and of flip-flops."""

    lut: Terms = field(default_factory=Counter)
    ff: Terms = field(default_factory=Counter)


@dataclass(frozen=True)
class Type:
    """Of a number: its width, its fractional bits, whether it has a sign, and acc_pkg's codes of its modes."""

    width: int
    fraction: int
    signed: bool = True
    rounding: int = 0
    overflow: int = 0

    @property
    def integer(self) -> int:
        """Bits left of the point, without the sign."""
        return self.width - self.fraction - self.signed


class Own:
    """An instance's parameters, and what its family makes of multiplications and memories."""

    def __init__(self, instance: Instance, family: Family) -> None:
        self.instance, self.family = instance, family
        self.parts = Parts()

    def __getattr__(self, name: str) -> int:
        decimal, _, hexadecimal = self.instance.parameters[name].partition("'h")
        return int(hexadecimal, 16) if hexadecimal else int(decimal)

    def type(self, name: str) -> Type:
        """The type whose parameters begin with ``name``."""
        own = self.instance.parameters
        return Type(
            int(own[f"{name}Width"]),
            int(own.get(f"{name}Fraction", 0)),
            own.get(f"{name}Signed", "1") == "1",
            int(own.get(f"{name}Rounding", 0)),
            int(own.get(f"{name}Overflow", 0)),
        )

    def file(self, name: str) -> str:
        """The memory file that a parameter names."""
        return self.instance.parameters[name].strip('"')

    def lut(self, **terms: float) -> None:
        """Count terms of look-up tables."""
        self.parts.lut.update(terms)

    def ff(self, **terms: float) -> None:
        """Count terms of flip-flops."""
        self.parts.ff.update(terms)

    def cast(self, given: Type, to: Type, count: int, gated: bool = False) -> int:
        """``count`` casts as ``acc_requant`` does them; returns the bits of a result that are no copies of others.

        ``gated``: what is cast may be held at zero, so that each bit of a rounding passes a look-up table; else the
        carries run along bits of registers and sums that are there.
        """
        drop = given.fraction - to.fraction
        up = drop > 0 and to.rounding != TRUNCATE
        reach = given.integer + up
        above = reach > to.integer or (to.overflow == SYMMETRIC and given.signed)
        limited = bool(to.overflow) and (above or given.signed > to.signed)
        live = max(1, min(to.width, min(given.integer, to.integer) + given.signed + min(given.fraction, to.fraction)))
        bits = live + (limited and drop < 0)  # zeros below are one bit that is limited
        if given.width <= self.family.lut_inputs and (gated or not up):  # any function of them is one look-up table
            self.lut(narrow=count * bits * (up or limited))
        else:
            self.lut(**{"round" if gated else "carry": count * (given.width - drop) * up})
            self.lut(rest=count * (drop - 1) * (up and to.rounding != NEAREST))
            if limited and above and (given.signed or gated):
                self.lut(limit=count * bits, beyond=count * max(1, reach - to.integer))
            else:  # one bound: a register's reset, or its setting
                self.lut(sign=count * limited)
        return min(to.width, live + limited)

    def rom(self, file: str, copies: int = 1, reached: int = 2) -> int:
        """A memory of constants, read through a register; one in a block RAM takes none of either, and one of which
        a single bit of address is ``reached`` is wiring. Returns the bits that a further register of what is read has.
        """
        memory = self.instance.memories[file]
        if memory.in_blocks:
            return copies * memory.shape[1]
        columns = copies * _distinct(memory)
        self.lut(rom=columns * max(1, len(memory.words) >> self.family.lut_inputs) * (reached > 1))
        self.ff(rom=columns)
        return columns

    def ram(self, words: int, bits: int) -> None:
        """A memory that is written, read through a register."""
        if words <= LUT_WORDS:
            self.lut(ram=self.deep(words) * bits)
            self.ff(ram=bits)

    def select(self, words: int, bits: int, term: str) -> None:
        """One of ``words`` words: a tree of multiplexers, each of as many bits as a look-up table has inputs for."""
        ways = 4 if self.family.lut_inputs == 6 else 2
        self.lut(**{term: bits * math.ceil((words - 1) / (ways - 1))})

    def deep(self, words: int) -> int:
        """Look-up tables behind each other that hold the words of a memory."""
        return math.ceil(words / _RAM_WORDS[self.family.lut_inputs])

    def multiply(self) -> bool:
        """All multiplications, each with a register behind it: in multipliers, or in look-up tables. Returns whether
        any is in a multiplier.
        """
        hard = False
        for one in products(self.instance.module, self.instance.parameters):
            bits = min(one.a + one.b, one.bits or one.a + one.b)
            units = self.family.fabric.dsp([replace(one, count=1)])
            hard |= units > 0
            if units:
                self.lut(partial=one.count * bits * (units > 1))
                self.ff(product=one.count * bits)
            else:
                self.lut(product=one.count * min(one.a, one.b) * bits)
                self.ff(soft=one.count * bits)
        return hard

    def array(self, simd: int, parallel: int, product: Type, accum: Type) -> None:
        """What ``acc_products`` has beside its multipliers: what two in one have in common, and casts."""
        pairs = simd * (parallel // 2) * (self.Apart > 0)
        self.lut(add2=pairs * product.width * (self.Overlap > 1), overlap=pairs * (self.Overlap**2 + 2))
        self.ff(overlap=pairs * self.Overlap)
        self.cast(product, accum, simd * parallel)

    def tree(self, terms: int, bits: int, width: int, count: int, near: bool = False) -> None:
        """``count`` of ``acc_adder_tree``: additions of two and of three, and its registers. Terms have ``bits`` that
        are no copies of their sign; sums are as long as theirs make them, at most ``width``. ``near``: multipliers
        that add stand before it, and may take its first level in.
        """
        while terms > 1:
            adders = -(-terms // 3)
            three, bits, place = terms - 2 * adders, min(width, bits + 2), "near" if near else "tree"
            added = {place: count * adders * bits, f"{place}_third": count * three * bits}
            self.lut(**added)
            self.ff(**added)
            terms, near = adders, False

    def maximum(self, terms: int, width: int, count: int) -> None:
        """``count`` of ``acc_max_tree``."""
        while terms > 1:
            self.lut(compare=count * (terms // 2) * width)
            terms = -(-terms // 2)
            self.ff(tree=count * terms * width)

    def delay(self, width: int, cycles: int, term: str = "delay") -> None:
        """``acc_delay``; a long one is a shift register in look-up tables, where the family has those."""
        if cycles >= SHORT:
            self.lut(**{f"{term}_shift": width * math.ceil(cycles / 16)})
            self.ff(**{f"{term}_shift": width})
        else:
            self.ff(**{term: width * cycles})

    def counter(self, *ends: int) -> None:
        """Counters up to each of ``ends``."""
        bits = sum(max(0, end).bit_length() for end in ends)
        self.lut(counter=bits)
        self.ff(counter=bits)


def _distinct(memory: Memory) -> int:
    """Bits of a word that are not the same in all words and no copies of others."""
    bits = (memory.words[:, :, None] >> np.arange(memory.width) & 1).astype(np.uint8)
    columns = np.unique(bits.reshape(len(bits), -1), axis=1)
    return int((columns != columns[0]).any(axis=0).sum())


def within(product: Type, accum: Type) -> int:
    """Bits of a product that the accumulator has, its sign once."""
    return max(1, min(accum.width, product.width - product.fraction + accum.fraction))
