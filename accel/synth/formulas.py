"""The resource model's formula of each library module: its terms, from its parameters."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from math import ceil

from accel.reuse import sharing
from accel.rtl.layers import Instance
from accel.rtl.layers.affine import casts_wired, relayed, tree_levels
from accel.rtl.layers.base import LUT_WORDS
from accel.synth import activations, joins, recurrent, shaping
from accel.synth.families import Family
from accel.synth.terms import Own, Parts, Type, within

AT_ONCE, FETCHED = 64, 8
"""``acc_slices``: words that it chooses from at once, and those that it fetches together of more."""
REACH, REACH_RELAYED = 16, 4
"""``acc_mvau``: multipliers that share one register of an input, the only one or the last of two."""


def parts(instance: Instance, family: Family) -> Parts:
    """The terms of an instance.

    Raises:
        KeyError: a module that is in no plan.
    """
    own = Own(instance, family)
    own.lut(one=1)
    own.ff(one=1)
    FORMULAS[instance.module](own)
    return own.parts


def _fifo(own: Own) -> None:
    words = own.Depth - 1
    own.lut(front=own.Width)
    own.ff(data=own.Width)
    if words == 1:
        own.ff(data=own.Width)
    else:
        own.counter(words, words - 1, words - 1)
        if words > LUT_WORDS:  # read a cycle ahead, past what is written at that moment
            own.ram(words, own.Width)
            own.lut(select=own.Width)
            own.ff(data=own.Width)
        else:
            own.lut(ram=own.deep(words) * own.Width)


def _repack(own: Own) -> None:
    own.counter(max(own.Gather, own.Split))
    if own.Gather > 1:
        own.ff(data=own.InBits * own.Gather)
    else:
        own.lut(select=own.InBits - own.InBits // own.Split)
        own.ff(data=own.InBits)


def _reverse(own: Own) -> None:
    own.counter(own.Beats - 1, own.Beats - 1)
    own.ff(control=3)
    own.ram(own.Beats, own.Width)


def _window(own: Own) -> None:
    rows, columns, pixel = own.KernelHeight, own.KernelWidth, own.PixelWidth
    row_flags = _outside(rows, own.PadTop, (own.OutHeight - 1) * own.StrideHeight, own.Height)
    column_flags = _outside(columns, own.PadLeft, (own.OutWidth - 1) * own.StrideWidth, own.Width)
    masked = rows * columns - (rows - row_flags) * (columns - column_flags)
    own.lut(mask=masked * pixel)
    own.ff(data=rows * columns * pixel, control=row_flags + column_flags)
    own.counter(own.Height, own.Width, own.Height * own.Width, own.Height * own.Width)
    if rows > 1:
        own.ram(own.Width, (rows - 1) * pixel)


def _outside(kernel: int, pad: int, last: int, size: int) -> int:
    """Rows, or columns, of a kernel that some window has outside the frame."""
    return sum(i < pad or last + i >= size + pad for i in range(kernel))


def _scale(own: Own) -> None:
    fraction = max(own.ProductFraction, own.BiasFraction)
    product = own.InWidth + own.ScaleWidth + fraction - own.ProductFraction
    bias = own.BiasWidth + fraction - own.BiasFraction
    width = max(product, bias) + 1
    own.multiply()
    own.lut(add2=own.Lanes * width)
    own.ff(data=own.Lanes * own.cast(Type(width, fraction), own.type("Out"), own.Lanes))


def _pool(own: Own) -> None:
    given, accum, lanes = own.type("In"), own.type("Acc"), own.Channels
    live = own.cast(given, accum, lanes)
    own.ff(data=lanes * (live + accum.width))
    own.lut(**{"add2" if own.Mean else "compare": lanes * accum.width}, select=lanes * accum.width)
    across = own.Width // own.PoolWidth
    if own.PoolHeight > 1 and across > 1:
        own.ram(across, lanes * accum.width)
        own.lut(partial=lanes * accum.width)
    if own.Mean and own.Divide:
        shift = (own.PoolHeight * own.PoolWidth).bit_length() - 1
        own.lut(mean=lanes * (accum.width + 1) * accum.signed)
        accum = replace(accum, width=accum.width - shift)
    own.ff(data=lanes * own.cast(accum, own.type("Out"), lanes))
    own.counter(own.Height, own.Width, own.PoolHeight, own.PoolWidth, across)


def _reduce(own: Own) -> None:
    given, accum, lanes, taps = own.type("In"), own.type("Acc"), own.Channels, own.Taps
    live = own.cast(given, accum, lanes * taps)
    own.ff(data=lanes * taps * live)
    if own.Sum:
        own.tree(taps, live, accum.width, lanes)
    else:
        own.maximum(taps, accum.width, lanes)
    levels = tree_levels(taps) if own.Sum else (taps - 1).bit_length()
    own.ff(data=lanes * own.cast(accum, own.type("Out"), lanes), control=levels + 2)


def _divide(own: Own) -> None:
    given, lanes = own.type("In"), own.Lanes
    steps = -(-max(1, given.width - (own.Smallest.bit_length() - 1)) // own.Cycles)
    bits, rest = steps * own.Cycles, (own.Divisor - 1).bit_length()
    own.counter(own.Cycles)
    own.lut(add2=lanes * (bits + rest) * given.signed, select=lanes * (bits + rest))
    own.lut(step=lanes * steps * 2 * (rest + 1))
    if own.Frame > 1:
        own.counter(own.Frame)
        own.rom(own.file("DivisorFile"))
        own.ff(ahead=2 * (rest + 1))
    own.ff(data=lanes * (bits + rest), quotient=lanes * bits, control=3)
    quotient = replace(given, width=bits)
    own.ff(data=lanes * own.cast(quotient, own.type("Out"), lanes))


def _kept(accum: Type, to: Type) -> int:
    """Bits of an accumulator that its cast looks at: none above those of a result that wraps."""
    return accum.width if to.overflow else min(accum.width, accum.fraction + to.width - to.fraction)


def _operands(own: Own, fold: int, simd: int, parallel: int, relay: bool) -> None:
    """What is multiplied in a cycle: a word of several, and a slice of the beat in as many copies as it needs."""
    shared, words = own.Blocks == 1, own.Reuse * own.Beats
    slices, taken = (fold, simd * own.InWidth) if shared else (own.Reuse, simd * own.InWidth * parallel)
    reach = (REACH_RELAYED if relay else REACH) * (2 if own.Apart else 1)
    copies = ceil(parallel / reach) if shared else 1
    file = own.file("WeightFile")
    word = own.rom(file)
    own.counter(words - 1)
    own.select(slices, taken, "slice")
    own.ff(slice=taken, ahead=simd * parallel * own.WeightWidth * own.instance.memories[file].in_blocks + word * relay)
    own.ff(data=taken * (FETCHED * (slices > AT_ONCE) + copies - 1 + relay))


def _mvau(own: Own) -> None:
    lanes, reuse, beats = own.Lanes // own.Blocks, own.Reuse, own.Beats
    fold, groups = sharing(reuse, lanes)
    simd, parallel, accum = lanes // fold, own.Outputs // groups, own.type("Acc")
    constant, relay = reuse * beats == 1, relayed(simd * parallel, reuse * beats, own.Apart)
    own.counter(fold, groups, beats)
    if not constant:
        _operands(own, fold, simd, parallel, relay)
    product = Type(own.InWidth + own.WeightWidth, own.ProductFraction)
    own.array(simd, parallel, product, replace(accum, rounding=own.AccRounding))
    whole = own.ProductFraction <= accum.fraction and not own.Apart
    near = own.multiply() and whole
    kept = _kept(accum, own.type("Pre"))
    second = simd // 2 if own.Early else 0  # terms of a tree beside the first, which has a constant's bias
    terms = simd - second + constant
    for count in (terms, second):
        own.tree(count, min(kept, within(product, accum)), kept, parallel, near)
    own.lut(tree=parallel * kept * bool(second))
    stages = 2 + tree_levels(terms) + own.Early + relay
    own.ff(control=stages * (3 + groups.bit_length()))
    sums, bits = groups if beats > 1 else 1, parallel * kept
    if simd == sums == 1 and whole and not constant:  # a multiplier that adds can hold it all
        own.lut(load=bits)
        own.ff(held=bits)
    elif not constant:
        own.lut(accumulate=bits)
        own.select(sums, bits, "sums")
        own.ff(sums=bits * (sums + (sums > 1)))
    own.lut(bias=bits * (groups > 1) * max(1, groups >> own.family.lut_inputs), groups=groups)
    own.ff(start=bits * (groups > 1))
    live = activations.cast_twice(own, accum, parallel, gated=not constant)
    direct = groups == own.Parts and all(casts_wired(own.instance.parameters))
    own.ff(data=own.Outputs // own.Parts * live * (not direct))


FORMULAS: dict[str, Callable[[Own], None]] = {
    "acc_fifo": _fifo,
    "acc_repack": _repack,
    "acc_reverse": _reverse,
    "acc_permute": shaping.permute,
    "acc_window": _window,
    "acc_cast": activations.cast,
    "acc_scale": _scale,
    "acc_pool": _pool,
    "acc_pad": shaping.pad,
    "acc_crop": shaping.crop,
    "acc_upsample": shaping.repeat,
    "acc_reduce": _reduce,
    "acc_divide": _divide,
    "acc_lut": activations.lut,
    "acc_piecewise": activations.piecewise,
    "acc_curve": activations.curve,
    "acc_softmax": activations.softmax,
    "acc_softmax_legacy": activations.legacy_softmax,
    "acc_argmax": activations.argmax,
    "acc_mvau": _mvau,
    "acc_gru": recurrent.gru,
    "acc_lstm": recurrent.lstm,
    "acc_merge": joins.merge,
    "acc_beside": joins.beside,
    "acc_append": joins.append,
    "acc_repeat": joins.repeat,
}
"""By module; those that a plan can hold."""
