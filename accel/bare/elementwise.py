"""Layers that take the elements of their input one by one."""

from __future__ import annotations

import math
from dataclasses import replace

from accel.bare.layer import Constant, Layer, layer, made, place, shaped
from accel.bare.terms import CHOICE, Term, among, constant, typed
from accel.bare.text import names, words
from accel.fixed import Fixed
from accel.ir import graph as ir

INT = Fixed(32, 32)
"""What hls4ml addresses its tables with."""


def elementwise(
    kind: str,
    node: ir.Node,
    name: str,
    constants: list[Constant],
    legend: list[tuple[str, str]],
    out: Term,
    *terms: Term,
    **more,
) -> Layer:
    """A layer whose output has the shape of its input, or another one over the same elements in order."""
    lanes = names(node.input.shape)
    target = place("out", lanes)
    flat = node.output.shape != node.input.shape
    if flat:
        names(node.output.shape)
        sizes = node.output.shape
        steps = [math.prod(sizes[k + 1 :]) for k in range(len(sizes))]
        indices = [f"n / {step}" if step > 1 else "n" for step in steps]
        target = place(
            "out", [indices[0], *(f"{index} % {n}" for index, n in zip(indices[1:], sizes[1:], strict=True))]
        )
    return made(
        kind, node, name, constants, legend, out, *terms, out=out, lanes=lanes, target=target, flat=flat, **more
    )


def element(node: ir.Node) -> Term:
    """The element that a loop over the input is at."""
    return typed(place("in", names(node.input.shape)), node.input.type)


@layer.register
def _(node: ir.Reshape, name: str) -> Layer:
    return elementwise("reshape", node, name, [], [], element(node))


@layer.register
def _(node: ir.Reverse, name: str) -> Layer:
    shaped(node, *node.input.shape)
    return made("reverse", node, name, [], [], lanes=names(node.input.shape), last=node.input.shape[0] - 1)


@layer.register
def _(node: ir.Cast, name: str) -> Layer:
    x = element(node)
    if node.relu and x.lo < 0:
        x = Term(f"{x.text} > 0 ? {x.text} : 0", 0, max(x.hi, 0), x.fraction, x.bits, CHOICE)
    return elementwise("cast", node, name, [], [], x.assigned(node.output.type))


@layer.register
def _(node: ir.Scale, name: str) -> Layer:
    scaled = element(node) * among("scale[c]", node.scale, node.scale_type.fraction)
    bias = among("bias[c]", node.bias, node.bias_type.fraction)
    exact = max(scaled.fraction, bias.fraction)
    out = (scaled.grown(exact - scaled.fraction) + bias.grown(exact - bias.fraction)).assigned(node.output.type)
    constants = [
        Constant("scale", node.scale, words(node.scale_type)),
        Constant("bias", node.bias, words(node.bias_type)),
    ]
    return elementwise("scale", node, name, constants, [], out)


def table_index(x: Term, table: ir.Table) -> Term:
    """The address that x reads a table at: ``int(x * scale) + offset`` as hls4ml has it (``accel.ir.tables``)."""
    top, bottom = table.scale.as_integer_ratio()
    if x.fraction >= 0:
        common = math.gcd(top, bottom << x.fraction)
        whole = _scaled(x, top // common).over((bottom << x.fraction) // common)
    else:
        whole = _scaled(_scaled(x, top).over(bottom), 1 << -x.fraction)
    return (replace(whole, fraction=0) + constant(table.offset)).limited(INT)


def _scaled(x: Term, factor: int) -> Term:
    return x if factor == 1 else x * constant(factor)


def clamped(index: Term, size: int) -> Term:
    """An address limited to a table of ``size`` entries."""
    if index.lo >= 0 and index.hi < size:
        return index
    return Term(f"saturate({index.text}, 0, {size - 1})", 0, size - 1, 0, index.bits)


@layer.register
def _(node: ir.Lookup, name: str) -> Layer:
    table = node.table
    index = clamped(table_index(element(node), table), len(table.entries))
    out = among("entries[index]", table.entries, table.type.fraction).assigned(node.output.type)
    constants = [Constant("entries", table.entries, words(table.type))]
    legend = [("index", f"{table.scale:g} entries for a step of 1 in x, entry {table.offset} for 0")]
    return elementwise("lookup", node, name, constants, legend, out, index, index=index)
