"""Softmax, as hls4ml computes it from two tables."""

from __future__ import annotations

from accel.bare.layer import Constant, Layer, layer, made, place, shaped
from accel.bare.terms import ATOM, SUM, Term, among, typed
from accel.bare.text import names, words
from accel.fixed import Fixed, Overflow
from accel.ir import graph as ir
from accel.ir.tables import address_bits


def upper_bits(x: Term, type_: Fixed, size: int) -> Term:
    """The upper bits of a type's integer, which address a table of ``size`` entries."""
    drop = type_.width - address_bits(size, type_)
    text = f"{x.at(ATOM)} >> {drop}" if drop else x.text
    return Term(f"({text}) & {size - 1}" if x.lo < 0 else text, 0, size - 1, 0, max(x.bits, drop + 1))


@layer.register
def _(node: ir.Softmax, name: str) -> Layer:
    shaped(node, *node.input.shape)
    lanes = names(node.input.shape)
    outer, accum, count = lanes[:-1], node.accum, node.input.channels
    x = typed(place("in", [*outer, "c"]), node.input.type)
    apart = Term(f"largest - {x.text}", 0, x.hi - x.lo, x.fraction, x.bits, SUM) if node.stable else x
    difference = apart.assigned(node.difference)
    read = upper_bits(difference.called("difference"), node.difference, len(node.exp))
    power = among(f"exp_entries[{read.text}]", node.exp, node.exp_type.fraction).assigned(accum)
    plain = Term("sum", min(count * power.lo, 0), max(count * power.hi, 0), accum.fraction, power.bits)
    held = plain.limited(accum)
    tree = held.text != plain.text and accum.overflow is not Overflow.WRAP
    held = typed("sum", accum) if tree else held
    added = (typed("tree_sum(terms, left)", accum) + typed("tree_sum(terms + left, count - left)", accum)).limited(
        accum
    )
    total = held.assigned(node.sum)
    inverse_index = upper_bits(total.called("total"), node.sum, len(node.inverse))
    inverse = among("inverse", node.inverse, node.inverse_type.fraction)
    out = (power.called("exps[c]") * inverse).assigned(node.output.type)
    constants = [
        Constant("exp_entries", node.exp, words(node.exp_type)),
        Constant("inverse_entries", node.inverse, words(node.inverse_type)),
    ]
    legend = [
        (
            "difference",
            f"{words(node.difference)}; its upper bits address exp_entries",
        ),
        ("sum", words(accum)),
        (
            "total",
            f"{words(node.sum)}; its upper bits address inverse_entries",
        ),
    ]
    return made(
        "softmax", node, name, constants, legend, difference, power, held, total, inverse_index, out, added,
        outer=outer, x=x, difference=difference, power=power, total=total, inverse_index=inverse_index, out=out,
        tree=added if tree else None, largest=place("in", [*outer, "0"]),
    )  # fmt: skip
