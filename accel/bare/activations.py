"""Activations of straight pieces, and those of a table and a product; the softmax forms without a multiplier."""

from __future__ import annotations

from dataclasses import replace

from accel.bare.elementwise import clamped, element, elementwise, table_index
from accel.bare.layer import Constant, Layer, layer, made, place, shaped
from accel.bare.terms import Term, among, choice, constant, typed
from accel.bare.text import names, words
from accel.errors import AccelError
from accel.fixed import Fixed, Overflow, requantise
from accel.ir import graph as ir


def _scaled(x: Term, factor: ir.Factor, source: ir.Tensor) -> tuple[Term, list[Constant]]:
    """``x * scale + offset``, and the array that holds the scales where there are several."""
    if factor.scale.size == 1:
        scale, constants = constant(int(factor.scale[0]), factor.type.fraction), []
    else:
        scales, lanes = factor.over(source), names(source.shape)
        scale = among(place("scale", lanes[-scales.ndim :]), scales, factor.type.fraction)
        constants = [Constant("scale", scales, words(factor.type))]
    product = x * scale
    return product + constant(factor.offset, product.fraction) if factor.offset else product, constants


@layer.register
def _(node: ir.Piecewise, name: str) -> Layer:
    x, to, constants = element(node), node.output.type, []
    made_of: dict[ir.Piece, Term] = {ir.Piece.SAME: x.assigned(to)}
    if node.factor is not None:
        scaled, constants = _scaled(x, node.factor, node.input)
        made_of[ir.Piece.SCALED] = scaled.assigned(to)
    pieces = [made_of[p] if isinstance(p, ir.Piece) else constant(p, to.fraction) for p in node.pieces]
    out = pieces[0]
    for bound, piece in zip(node.bounds, pieces[1:], strict=True):
        out = choice(f"{x.text} >= {bound}", piece, out)
    return elementwise("piecewise", node, name, constants, [], out)


@layer.register
def _(node: ir.Curve, name: str) -> Layer:
    table, x, to = node.table, element(node), node.output.type
    index = clamped(table_index(x, table), len(table.entries))
    entry = among("entries[index]", table.entries, table.type.fraction)
    constants = [Constant("entries", table.entries, words(table.type))]
    if node.factor is None:
        out = (x * entry).assigned(to)
    else:
        above, _ = _scaled(x, node.factor, node.input)
        out = choice(f"{x.text} < 0", entry.assigned(to), above.assigned(to))
    legend = [("index", f"{table.scale:g} entries for a step of 1 in x, entry {table.offset} for 0")]
    return elementwise("curve", node, name, constants, legend, out, index, index=index)


@layer.register
def _(node: ir.LegacySoftmax, name: str) -> Layer:
    shaped(node, *node.input.shape)
    sums, count = node.exp.type, node.input.channels
    if sums.overflow is not Overflow.WRAP:
        raise AccelError(f"sums of {sums}; expected a type that wraps")
    *outer, _ = lanes = names(node.input.shape)
    x, own = (typed(place("in", [*outer, c]), node.input.type) for c in ("k", "c"))
    apart = x - own
    index = clamped(table_index(replace(apart, text=f"({apart.text})"), node.exp), len(node.exp.entries))
    power = among("exp_entries[index]", node.exp.entries, sums.fraction)
    one = int(requantise([1], 0, sums)[0])
    plain = Term("sum", min(count * power.lo, 0) - abs(one), max(count * power.hi, 0) + abs(one), sums.fraction)
    total = plain.limited(sums)
    inverse_index = clamped(table_index(total.called("total"), node.inverse), len(node.inverse.entries))
    inverse = among("inverse_entries[inverse_index]", node.inverse.entries, sums.fraction)
    out = inverse.assigned(node.output.type)
    constants = [
        Constant("exp_entries", node.exp.entries, words(sums)),
        Constant("inverse_entries", node.inverse.entries, words(sums)),
    ]
    legend = [("sum", words(Fixed(sums.width, sums.integer, sums.signed)))]
    return made(
        "softmax_legacy", node, name, constants, legend, index, total, inverse_index, out,
        lanes=lanes, one=one, index=index, total=total, inverse_index=inverse_index, out=out,
    )  # fmt: skip


@layer.register
def _(node: ir.Argmax, name: str) -> Layer:
    shaped(node, *node.input.shape)
    *outer, _ = names(node.input.shape)
    x, largest = (typed(place("in", [*outer, c]), node.input.type) for c in ("c", "largest"))
    return made("argmax", node, name, [], [], x, outer=outer, x=x, largest=largest)
