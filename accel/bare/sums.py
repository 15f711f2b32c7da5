"""Dense layers, and the matrix product that they share with convolutions and recurrent layers."""

from __future__ import annotations

from dataclasses import dataclass

from accel.bare.layer import Constant, Layer, layer, made, place, shaped
from accel.bare.terms import Term, among, typed
from accel.bare.text import names, words
from accel.errors import AccelError
from accel.fixed import Overflow
from accel.ir import bounds
from accel.ir import graph as ir


@dataclass(frozen=True, eq=False)
class Sums:
    """A matrix product: what it starts from, what is added, and the sum."""

    bias: Term
    product: Term
    sum: Term
    legend: str


def sums(x: Term, affine: ir.Affine, weight: str, bias: str, legend: str = "sum") -> Sums:
    """``bias + sum of x * weight`` as hls4ml adds it up: each addend has the accumulator's fractional bits. The
    accumulator wraps, so once, at the end, is enough; and not at all where the sum of these weights cannot leave it.

    Raises:
        AccelError: the accumulator does not wrap.
    """
    accum = affine.accum
    if accum.overflow is not Overflow.WRAP:
        raise AccelError(f"accumulator {accum}; expected one that wraps")
    start = among(bias, affine.bias, affine.bias_type.fraction).assigned(accum)
    exact = x * among(weight, affine.weights, affine.weight_type.fraction)
    added = exact.moved(accum)
    least, greatest = bounds.sums(affine, x.lo, x.hi, x.fraction)
    lo, hi = start.lo + least.min(), start.hi + greatest.max()
    total = Term("sum", lo, hi, accum.fraction, max(start.bits, added.bits))
    held = total.limited(accum)
    told = "which it never leaves" if held.text == total.text else "wrapped to it at the end"
    return Sums(start, added, held, f"{words(accum)}, {told}")


def weights_and_bias(affine: ir.Affine, shape: tuple[int, ...], indices: str, prefix: str = "") -> list[Constant]:
    """Both arrays; the weights with the output first, the others ``shape``."""
    weights = affine.weights.T.reshape(affine.n_out, *shape)
    return [
        Constant(f"{prefix}weights", weights, words(affine.weight_type), indices),
        Constant(f"{prefix}bias", affine.bias, words(affine.bias_type)),
    ]


@layer.register
def _(node: ir.Dense, name: str) -> Layer:
    outer = names(node.input.shape)[:-1]
    shaped(node, *node.input.shape[:-1], node.affine.n_out)
    s = sums(typed(place("in", [*outer, "k"]), node.input.type), node.affine, "weights[o][k]", "bias[o]")
    out = s.sum.assigned(node.output.type)
    constants = weights_and_bias(node.affine, (node.affine.n_in,), "o")
    target = place("out", [*outer, "o"])
    return made(
        "dense", node, name, constants, [("sum", s.legend)], s.bias, s.product, out, s=s, out=out, outer=outer,
        target=target,
    )  # fmt: skip
