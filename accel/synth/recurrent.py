"""Formulas of the recurrent layers' modules."""

from __future__ import annotations

from dataclasses import replace

from accel.rtl.layers.rounds import Rounds
from accel.rtl.products import reset_parts
from accel.synth.terms import NEAREST, SATURATE, TO_ZERO, TRUNCATE, Own, Type, within


def _table(own: Own, count: int, given: Type, prefix: str) -> None:
    """``count`` of ``acc_table``: the gates' (``prefix`` Gate) or the activation's (Act)."""
    own.ff(entry=count * own.type(prefix).width * (own.TableCycles - 1))
    if getattr(own, f"{prefix}Relu"):
        own.lut(sign=count)
        own.ff(data=count * own.cast(given, replace(own.type(prefix), rounding=own.AccRounding), count, gated=True))
        return
    scale = getattr(own, f"{prefix}ScaleLog2")
    step = Type((own.TableSize - 1).bit_length(), 0, True, TO_ZERO, SATURATE)
    own.cast(replace(given, fraction=given.fraction - scale), step, count)
    own.rom(own.file(f"{prefix}File"), count)


def _loop(own: Own, shape: Rounds) -> None:
    """What ``acc_gru`` and ``acc_lstm`` have in common."""
    own.multiply()
    _sums(own, shape)
    own.counter(own.Steps, shape.reuse, shape.units // shape.lanes)
    own.ff(control=8)
    kept = shape.units * own.HWidth
    own.lut(ring=kept * (shape.fold > 1))
    own.ff(ring=kept * (1 + (shape.lanes < shape.units)), data=kept)


def _sums(own: Own, shape: Rounds) -> None:
    """``acc_recurrent_sums``, but for the bases that it passes on."""
    accum = own.type("Acc")
    if shape.reuse > 1:
        file = own.file("WeightFile")
        own.rom(file)
        own.counter(shape.reuse - 1)
        own.ff(ahead=shape.simd * shape.parallel * own.WeightWidth * own.instance.memories[file].in_blocks)
    product = Type(own.HWidth + own.WeightWidth, own.HFraction + own.WeightFraction)
    own.array(shape.simd, shape.parallel, product, replace(accum, rounding=own.AccRounding))
    bits, live = shape.parallel * accum.width, within(product, accum)
    if shape.fold == 1:
        own.tree(shape.simd + 1, live, accum.width, shape.parallel)
    else:
        own.tree(-(-shape.simd // 2), live, accum.width, 2 * shape.parallel)
        own.lut(accumulate=bits, first=bits)
        own.ff(sums=bits)
        own.counter(shape.fold - 1)
    own.ff(control=2 + shape.levels, collect=(shape.count - 1) * bits)
    own.counter(shape.count - 1)


def _blend(own: Own, lanes: int, a: Type, b: Type) -> None:
    """``lanes`` of ``acc_blend`` of products ``a`` and ``b``, behind their registers, with half a bit if nearest."""
    fraction = max(a.fraction, b.fraction)
    width = max(one.width + fraction - one.fraction for one in (a, b)) + 1
    state = own.type("H")
    nearest = state.rounding == NEAREST and fraction > state.fraction
    own.lut(**{"add3" if nearest else "add2": lanes * width})
    own.cast(Type(width, fraction), replace(state, rounding=TRUNCATE) if nearest else state, lanes)


def gru(own: Own) -> None:
    """``acc_gru``."""
    shape = Rounds(3, own.Units, own.Fold, own.Rounds)
    lanes, accum, state, gate, act = shape.lanes, own.type("Acc"), own.type("H"), own.type("Gate"), own.type("Act")
    _loop(own, shape)
    _bases(own, shape)
    _table(own, 2 * lanes, accum, "Gate")
    _table(own, lanes, accum, "Act")
    keep = max(gate.width, gate.fraction + 2) + own.GateNegative
    reset = Type(gate.width + accum.width, gate.fraction + accum.fraction)
    above = reset_parts(accum.width, bool(own.Cut))[1:]
    own.lut(add2=lanes * sum(gate.width + width for width, _ in above))
    own.cast(reset, replace(accum, rounding=own.AccRounding), lanes)
    own.delay(lanes * gate.width, 2 * own.TableCycles - 1)
    own.delay(lanes * accum.width, own.TableCycles - 1, "wait")
    own.lut(add2=lanes * (accum.width + keep), add3=lanes * accum.width, ring=lanes * state.width * shape.close)
    own.ff(data=own.TableCycles * lanes * accum.width, operand=lanes * (keep + gate.width))
    blended = Type(act.width + keep, act.fraction + gate.fraction)
    _blend(own, lanes, blended, Type(state.width + gate.width, state.fraction + gate.fraction))


def _bases(own: Own, shape: Rounds) -> None:
    """The h gate's part of W·x on its way to the gates, and what is added in its place."""
    bits, groups = shape.lanes * own.AccWidth, shape.units // shape.lanes
    if shape.fold == 1:
        own.delay(bits, shape.levels, "wait")
    else:
        own.ff(wait=bits)
    own.ff(wait=bits * (shape.count > 1))
    own.delay(bits, own.TableCycles + 1, "wait")
    own.lut(bias=bits * (groups > 1) * max(1, groups >> own.family.lut_inputs))
    own.ff(bias=bits * (groups > 1))
    own.counter(groups - 1)


def lstm(own: Own) -> None:
    """``acc_lstm``."""
    shape = Rounds(4, own.Units, own.Fold, own.Rounds)
    lanes, accum, state, gate, act = shape.lanes, own.type("Acc"), own.type("H"), own.type("Gate"), own.type("Act")
    _loop(own, shape)
    _table(own, 3 * lanes, accum, "Gate")
    _table(own, lanes, accum, "Act")
    _table(own, lanes, state, "Act")
    own.delay(lanes * gate.width, 2 * own.TableCycles)
    own.lut(ring=lanes * state.width * shape.close)
    own.ff(ring=own.Units * state.width)
    gated = Type(act.width + gate.width, act.fraction + gate.fraction)
    _blend(own, lanes, gated, Type(state.width + gate.width, state.fraction + gate.fraction))
    own.cast(gated, state, lanes)
