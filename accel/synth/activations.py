"""The resource model's formulas of casts, activations and softmax."""

from __future__ import annotations

from dataclasses import replace

from accel.rtl.layers.affine import tree_levels
from accel.synth.terms import SATURATE, TO_ZERO, Own, Type

SAME = 1
"""``acc_piecewise``'s code of a piece that is the input itself."""


def cast(own: Own) -> None:
    """``acc_cast``."""
    own.ff(data=own.Lanes * _rectify(own, own.type("In"), own.Lanes))


def cast_twice(own: Own, given: Type, count: int, gated: bool) -> int:
    """The casts of ``acc_mvau``; returns the bits of a result that are no copies of others."""
    return min(own.cast(given, own.type("Pre"), count, gated), _rectify(own, own.type("Pre"), count))


def _rectify(own: Own, given: Type, count: int) -> int:
    """``count`` of ``acc_rectify``; returns the bits of a result that are no copies of others."""
    gate = bool(own.Relu and given.signed)
    if gate:
        own.lut(sign=count)
        given = replace(given, width=given.width - 1, signed=False)
    return own.cast(given, own.type("Out"), count, gated=gate)


def _read(own: Own, file: str, count: int, given: Type, size: int, bits: int) -> None:
    """``count`` of ``acc_lut_read`` at ``given``, whose unit is an entry of ``bits``."""
    address = max(1, (size - 1).bit_length())
    clamped = given.integer >= address
    live = own.cast(given, Type(address + 2, 0, True, TO_ZERO, SATURATE), count)
    index = address if clamped else min(address, live)
    own.lut(index=count * index * clamped)
    own.ff(data=count * index)
    own.rom(own.file(file), count, index)
    own.ff(entry=count * bits)


def lut(own: Own) -> None:
    """``acc_lut``."""
    given = own.type("In")
    entry = replace(given, fraction=given.fraction - own.ScaleLog2)
    _read(own, "MemFile", own.Lanes, entry, own.TableSize, own.EntryWidth)
    own.ff(data=own.Lanes * own.cast(own.type("Entry"), own.type("Out"), own.Lanes))


def curve(own: Own) -> None:
    """``acc_curve``."""
    lanes, given, entry, to = own.Lanes, own.type("In"), own.type("Entry"), own.type("Out")
    _read(own, "MemFile", lanes, replace(given, fraction=given.fraction - own.ScaleLog2), own.TableSize, entry.width)
    own.delay(lanes * given.width, 3)
    own.multiply()
    other = entry if own.Times else own.type("Factor")
    product = Type(given.width + (not given.signed) + other.width, given.fraction + other.fraction)
    own.ff(data=lanes * own.cast(product, to, lanes))
    if not own.Times:
        own.ff(data=lanes * own.cast(entry, to, lanes))
        own.lut(select=lanes * to.width)


def piecewise(own: Own) -> None:
    """``acc_piecewise``."""
    lanes, given, to, bounds = own.Lanes, own.type("In"), own.type("Out"), own.Pieces - 1
    own.lut(bound=lanes * bounds * given.width, select=lanes * bounds * to.width)
    own.ff(data=lanes * bounds, result=lanes * to.width)
    if any(own.Kinds >> 2 * piece & 3 == SAME for piece in range(own.Pieces)):
        own.ff(data=lanes * given.width)
        own.cast(given, to, lanes)
    if "ScaleWidth" in own.instance.parameters:
        scale = own.type("Scale")
        own.multiply()
        product = Type(given.width + scale.width, given.fraction + scale.fraction)
        own.lut(add2=lanes * product.width * (own.OffsetWidth > 1))
        own.cast(product, to, lanes)
        if own.instance.memories:
            own.rom(own.file("ScaleFile"))
            own.counter(own.Beats - 1)
            own.ff(slice=lanes * given.width, ahead=lanes * scale.width)


def _largest(own: Own) -> int:
    """The maximum of all lanes, and the beat that waits for it; returns its levels."""
    levels = (own.Lanes - 1).bit_length()
    own.maximum(own.Lanes, own.InWidth, 1)
    own.delay(own.Lanes * own.InWidth, levels)
    return levels


def softmax(own: Own) -> None:
    """``acc_softmax``."""
    lanes, given, accum, total = own.Lanes, own.type("In"), own.type("Acc"), own.type("Sum")
    levels, chosen = _largest(own) if own.Stable else 0, own.InvWords > 1
    if own.Stable:
        own.lut(subtract=lanes * (given.width + 1))
        own.ff(data=lanes * (given.width + 1))
        own.cast(Type(given.width + 1, given.fraction, False), own.type("Diff"), lanes)
    own.rom(own.file("ExpFile"), lanes)
    exponential = own.cast(own.type("Exp"), accum, lanes)
    own.tree(lanes, exponential, accum.width, 1)
    own.delay(lanes * exponential, tree_levels(lanes) + 2 + chosen, "late")
    own.cast(accum, total, 1)
    own.rom(own.file("InvFile"))
    own.select(own.InvWords, own.InvWidth, "choose")
    own.ff(entry=lanes * exponential + own.InvWidth * (own.InvWords + chosen))
    own.multiply()
    product = Type(accum.width + own.InvWidth + (not own.type("Inv").signed), accum.fraction + own.type("Inv").fraction)
    own.ff(data=lanes * own.cast(product, own.type("Out"), lanes), control=2 * levels + 5 + chosen)


def legacy_softmax(own: Own) -> None:
    """``acc_softmax_legacy``."""
    lanes, given, sums = own.Lanes, own.type("In"), own.type("Sum")
    own.counter(lanes)
    own.select(lanes, given.width, "slice")
    own.lut(subtract=lanes * (given.width + 1))
    own.ff(data=lanes * (given.width + 1))
    apart = Type(given.width + 1, given.fraction)
    for file, count, type_, entries, units in (
        ("ExpFile", lanes, apart, own.ExpEntries, 4),
        ("InvFile", 1, sums, own.InvEntries, 6),
    ):
        unit = type_.fraction - (entries.bit_length() - 1) + units
        _read(own, file, count, replace(type_, fraction=unit), entries, sums.width)
    own.lut(select=lanes * sums.width)
    own.ff(data=lanes * 4)
    own.tree(lanes, sums.width, sums.width, 1)
    own.ff(data=lanes * own.cast(sums, own.type("Out"), 1), control=2 * (tree_levels(lanes) + 8))


def argmax(own: Own) -> None:
    """``acc_argmax``."""
    levels = _largest(own)
    own.lut(compare=own.Lanes * own.InWidth / 3, select=own.Lanes)
    own.ff(data=own.Lanes, control=levels + 1)
