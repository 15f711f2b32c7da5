"""What a family of FPGAs makes multiplications and memories of: how many multipliers (DSP) and block RAMs.

The rules are those of Yosys, which makes everything else of look-up tables; its results confirm them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Product:
    """``count`` multiplications of numbers of ``a`` and ``b`` bits, both signed, or both ``unsigned``.

    ``bits``: low bits of the product that anything reads; None stands for all of them.
    """

    a: int
    b: int
    count: int = 1
    bits: int | None = None
    unsigned: bool = False


@dataclass(frozen=True)
class Multiplier:
    """A cell for products of up to ``a`` by ``b`` bits, a >= b, that counts as ``units`` of the family's multipliers.

    It takes operands of at least ``least`` bits whose product has at least ``least_product``. A larger product is cut
    into several, as Yosys' mul2dsp does: the longer operand into slices of ``a_slice`` bits, the other into ones of
    ``b`` bits. ``headroom``: the cell is signed only, so that a slice without a sign loses a bit. ``only_signed``: it
    is chosen by another pass, for signed products that it takes whole.
    """

    a: int
    b: int
    least: tuple[int, int] = (1, 1)
    least_product: int = 1
    a_slice: int = 0
    headroom: int = 0
    units: float = 1
    only_signed: bool = False


@dataclass(frozen=True)
class Fabric:
    """The multipliers of a family, in the order in which Yosys tries them, and its block RAMs.

    ``shapes``: words and bits that one block RAM can have. ``halved``: two memories share a block, each in one half.
    ``wide_words``: words of weights that are in look-up tables where they are wide.
    """

    multipliers: tuple[Multiplier, ...]
    shapes: tuple[tuple[int, int], ...]
    halved: bool = False
    wide_words: int = 64

    def dsp(self, products: Iterable[Product]) -> float:
        """Multipliers for all of the products."""
        return sum(product.count * self._units(product) for product in products)

    def _units(self, product: Product) -> float:
        bits = product.a + product.b if product.bits is None else min(product.bits, product.a + product.b)
        cells = [cell for cell in self.multipliers if not (product.unsigned and cell.only_signed)]
        return _units(cells, product.a, product.b, bits, bits, product.unsigned)

    def bram(self, memories: Iterable[tuple[int, int]]) -> float:
        """Block RAMs for memories of (words, bits) in them."""
        return sum(self._blocks(words, bits) for words, bits in memories)

    def _blocks(self, words: int, bits: int) -> float:
        return min(-(-words // deep) * -(-bits // wide) for deep, wide in self.shapes) / (2 if self.halved else 1)


def _units(cells: list[Multiplier], a: int, b: int, bits: int, left: int, unsigned: bool = False) -> float:
    """What the first of the cells that takes the product counts; what it leaves goes to those behind it.

    ``bits`` has the product, of which ``left`` are read.
    """
    if not cells:
        return 0
    cell, others = cells[0], cells[1:]
    extra = cell.headroom if unsigned else 0
    return _slices(cell, others, max(a, b) + extra, min(a, b) + extra, bits, left)


def _slices(cell: Multiplier, others: list[Multiplier], a: int, b: int, bits: int, left: int) -> float:
    too_large = cell.only_signed and (a > cell.a or b > cell.b)
    if too_large or a < cell.least[0] or b < cell.least[1] or bits < cell.least_product:
        return _units(others, a, b, bits, left)
    if a > cell.a:
        return sum(
            _slices(cell, others, size, b, min(bits, b + size), left - start)
            for start, size in _cut(a, cell.a, cell.a_slice or cell.a, cell.headroom)
            if start < left
        )
    if b > cell.b:
        return sum(
            _slices(cell, others, a, size, min(bits, a + size), left - start)
            for start, size in _cut(b, cell.b, cell.b, cell.headroom)
            if start < left
        )
    return cell.units


def _cut(width: int, most: int, size: int, headroom: int) -> list[tuple[int, int]]:
    """Where the slices of an operand begin, and how wide they are; the last has the rest."""
    step = size - headroom
    count = -(-(width - most) // step)
    return [*((i * step, size) for i in range(count)), (count * step, width - count * step)]
