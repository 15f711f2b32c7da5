"""The multiplications in each library module, from its parameters: how many, and how wide, as Yosys finds them.

A multiplication by a constant is none where that is zero or a power of two, also a negative one; the zeros at its low
end are a shift. Two of the same input by the same constant are one.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from accel.fixed import Fixed, Overflow, Rounding
from accel.reuse import sharing
from accel.rtl.fabric import Product
from accel.rtl.layers.base import type_of
from accel.rtl.layers.rounds import Rounds

LOW = 17
"""Bits of the lower part of what ``acc_multiply`` cuts."""

BY_SIGN = Rounding.TRN_ZERO, Rounding.RND_ZERO, Rounding.RND_INF
"""Read the sign of what they round."""

Parameters = Mapping[str, str]

Operand = tuple[int, bool]
"""Bits, and whether the number is signed."""


def products(module: str, parameters: Parameters) -> tuple[Product, ...]:
    """What an instance of ``module`` multiplies; nothing for a module without a multiplication."""
    return tuple(_MODULES[module](parameters)) if module in _MODULES else ()


def _mvau(own: Parameters) -> Iterable[Product]:
    lanes, outputs, reuse, blocks = (int(own[name]) for name in ("Lanes", "Outputs", "Reuse", "Blocks"))
    fraction, accum = int(own["ProductFraction"]), type_of(own, "Acc")
    x, inputs = _operand(own, "In"), lanes // blocks
    if "ConstWeights" in own and reuse == 1:
        read = _read_through(fraction, (accum, *_casts(own)))
        return _constants(x, own["ConstWeights"], int(own["WeightWidth"]), lanes, read, own["WeightSigned"] == "1")
    fold, groups = sharing(reuse, inputs)
    return _array(own, x, _read(fraction, accum), inputs // fold, outputs // groups)


def _casts(own: Parameters) -> tuple[Fixed, ...]:
    """The types that an ``acc_mvau`` casts its sums to, until a ReLU reads the sign."""
    before = type_of(own, "Pre")
    return (before,) if own["Relu"] == "1" and before.signed else (before, type_of(own, "Out"))


def _scale(own: Parameters) -> Iterable[Product]:
    lanes, width = int(own["Lanes"]), int(own["ScaleWidth"])
    read = _read(int(own["ProductFraction"]), type_of(own, "Out"))
    return _constants(_operand(own, "In"), own["Scale"], width, lanes, read)


def _piecewise(own: Parameters) -> Iterable[Product]:
    """One with a constant, or with a word of memory, in each lane that has a piece with a scale."""
    lanes, kinds = int(own["Lanes"]), int(own["Kinds"].partition("'h")[2], 16)
    if not any(kinds >> (2 * k + 1) & 1 for k in range(int(own["Pieces"]))):
        return []
    read = _read(int(own["InFraction"]) + int(own["ScaleFraction"]), type_of(own, "Out"))
    if "Scale" in own:
        signed = own["ScaleSigned"] == "1"
        return _constants(_operand(own, "In"), own["Scale"], int(own["ScaleWidth"]), lanes, read, signed)
    return [product(_operand(own, "In"), _operand(own, "Scale"), read, lanes)]


def _curve(own: Parameters) -> Iterable[Product]:
    lanes, x, times = int(own["Lanes"]), _operand(own, "In"), own["Times"] == "1"
    fraction = int(own["InFraction"]) + int(own["EntryFraction" if times else "FactorFraction"])
    read = _read(fraction, type_of(own, "Out"))
    if times:
        return [product(x, (int(own["EntryWidth"]), True), read, lanes)]
    constant = _constants(x, own["Factor"], int(own["FactorWidth"]), 1, read)
    return [replace(one, count=one.count * lanes) for one in constant]


def _softmax(own: Parameters) -> Iterable[Product]:
    """Of an exponential in the accumulator's type only the bits count that its table gives it."""
    width, signed = _operand(own, "Exp")
    room, shift = int(own["AccWidth"]), int(own["AccFraction"]) - int(own["ExpFraction"])
    rounded = int(shift < 0 and int(own["AccRounding"]) != 0)
    bits = min(width + min(shift, 0) + rounded, room - max(shift, 0))
    exponential = bits, signed or bits + max(shift, 0) == room
    return [product(exponential, _operand(own, "Inv"), None, int(own["Lanes"]))]


def _gru(own: Parameters) -> Iterable[Product]:
    gate, state, act, accum = (int(own[f"{name}Width"]) for name in ("Gate", "H", "Act", "Acc"))
    lanes, fraction = _rounds(own, gates=3).lanes, int(own["GateFraction"])
    yield from _recurrent(own, gates=3)
    for width, below in reset_parts(accum, own["Cut"] == "1"):  # r times the h gate's sum
        yield Product(width, gate, lanes, accum + fraction - below)
    keep = max(gate, fraction + 2) + int(own["GateNegative"])
    yield Product(act, keep, lanes, _gated(own, "Act"))  # with 1 - z
    yield Product(state, gate, lanes, _gated(own, "H"))


def reset_parts(width: int, cut: bool) -> list[tuple[int, int]]:
    """Bits that ``acc_gru`` multiplies of a sum of the h gate, and those below them: all, or in two parts, of which the
    lower one has a zero as its sign.
    """
    return [(LOW + 1, 0), (width - LOW, LOW)] if cut else [(width, 0)]


def _lstm(own: Parameters) -> Iterable[Product]:
    gate, state, act = (int(own[f"{name}Width"]) for name in ("Gate", "H", "Act"))
    lanes = _rounds(own, gates=4).lanes
    yield from _recurrent(own, gates=4)
    yield Product(act, gate, 2 * lanes, _gated(own, "Act"))
    yield Product(state, gate, lanes, _gated(own, "H"))


def _recurrent(own: Parameters, gates: int) -> Iterable[Product]:
    """U times h."""
    shape, width = _rounds(own, gates), int(own["WeightWidth"])
    state = int(own["HWidth"]), True
    read = _read(int(own["HFraction"]) + int(own["WeightFraction"]), type_of(own, "Acc"))
    if shape.reuse == 1:
        return _constants(state, own["FirstWord"], width, shape.units, read, own["WeightSigned"] == "1")
    return _array(own, state, read, shape.simd, shape.parallel)


def _array(own: Parameters, x: Operand, read: int | None, simd: int, parallel: int) -> list[Product]:
    """``acc_products``: each of ``simd`` inputs times a weight of each of ``parallel`` outputs."""
    weight, apart = _operand(own, "Weight"), int(own["Apart"])
    if not apart:
        return [product(x, weight, read, simd * parallel)]
    pairs, alone = (simd * count for count in divmod(parallel, 2))
    made = [pair_product(x, apart, weight[0], pairs), product(x, weight, read, alone)]
    return [one for one in made if one.count]


def _rounds(own: Parameters, gates: int) -> Rounds:
    return Rounds(gates, int(own["Units"]), int(own["Fold"]), int(own["Rounds"]))


def _gated(own: Parameters, name: str) -> int | None:
    """Bits that h reads of a gate's product with an operand."""
    return _read(int(own["GateFraction"]) + int(own[f"{name}Fraction"]), type_of(own, "H"))


_MODULES: dict[str, Callable[[Parameters], Iterable[Product]]] = {
    "acc_mvau": _mvau,
    "acc_scale": _scale,
    "acc_piecewise": _piecewise,
    "acc_curve": _curve,
    "acc_softmax": _softmax,
    "acc_gru": _gru,
    "acc_lstm": _lstm,
}


def _operand(own: Parameters, name: str) -> Operand:
    return int(own[f"{name}Width"]), own[f"{name}Signed"] == "1"


def _read(fraction: int, to: Fixed) -> int | None:
    """How many low bits of a number of ``fraction`` fractional bits a cast reads; None: all, to limit it, or to round
    by its sign.
    """
    by_sign = fraction > to.fraction and to.rounding in BY_SIGN
    return None if by_sign or to.overflow is not Overflow.WRAP else to.integer + fraction


def _read_through(fraction: int, casts: Sequence[Fixed]) -> int | None:
    """The same for several casts, one after the other, of sums of such numbers."""
    read, given = None, fraction
    for to in casts:
        if _read(given, to) is None:
            break
        read, given = min(to.integer + fraction, math.inf if read is None else read), to.fraction
    return read


def product(a: Operand, b: Operand, read: int | None, count: int = 1) -> Product:
    """``count`` multiplications, of which ``read`` low bits are wanted. Where one number is signed, the other has a
    zero as its sign.
    """
    unsigned = not a[1] and not b[1]
    wide = (width + (not signed and not unsigned) for width, signed in (a, b))
    return Product(*wide, count, read, unsigned)


def pair_product(x: Operand, apart: int, width: int, count: int = 1) -> Product:
    """``count`` multiplications of ``x`` by two weights of ``width`` bits, ``apart`` bits from each other."""
    return product(x, (apart + width, True), None, count)


def _constants(
    x: Operand, literal: str, width: int, lanes: int, read: int | None = None, signed: bool = True
) -> list[Product]:
    """Products of lane i with the constants i * count to (i + 1) * count - 1 of a Verilog literal."""
    bits, _, digits = literal.partition("'h")
    total, text = int(bits) // width, format(int(digits, 16), f"0{bits}b")[::-1]
    words = [int(text[i * width : (i + 1) * width][::-1], 2) for i in range(total)]
    found = {(i * lanes // total, word) for i, word in enumerate(words)}
    made = Counter()
    for _, raw in sorted(found):
        value = raw - (1 << width) if signed and raw >> (width - 1) else raw
        if value == 0 or abs(value) & (abs(value) - 1) == 0:
            continue
        shift = (value & -value).bit_length() - 1
        value >>= shift
        constant = (value.bit_length(), False) if value > 0 else ((~value).bit_length() + 1, True)
        made[product(x, constant, None if read is None else read - shift)] += 1
    return [Product(one.a, one.b, count, one.bits, one.unsigned) for one, count in made.items()]
