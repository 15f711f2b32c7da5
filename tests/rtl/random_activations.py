"""Small integer graphs of one activation each, for tests that compare two of the witnesses."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from accel.fixed import Fixed
from accel.ir.graph import Argmax, Curve, Factor, Graph, LegacySoftmax, Piece, Piecewise, Table, Tensor
from tests.rtl.random_graphs import raw, single, softmax


def tensors(shape: tuple[int, ...], x: str, y: str) -> tuple[Tensor, Tensor]:
    return Tensor(shape, Fixed.parse(x)), Tensor(shape, Fixed.parse(y))


def factor(rng: np.random.Generator, count: int, type_: str, offset: int = 0) -> Factor:
    """Random scales of the type, its two ends among them."""
    kind = Fixed.parse(type_)
    scale = raw(rng, (count,), kind)
    scale[: min(2, count)] = [kind.lo, kind.hi][: min(2, count)]
    return Factor(scale, kind, offset)


def piecewise(
    bounds: tuple[int, ...],
    pieces: tuple[int | Piece, ...],
    factor: Factor | None = None,
    *,
    shape: tuple[int, ...] = (4, 3),
    x: str = "fixed<8,4>",
    y: str = "fixed<7,3,RND,SAT>",
) -> Graph:
    return single(Piecewise("pieces", *tensors(shape, x, y), bounds, pieces, factor))


def table(rng: np.random.Generator, size: int, type_: str, scale: float, offset: int) -> Table:
    """Random entries: the hardware must not care."""
    kind = Fixed.parse(type_)
    return Table("random", raw(rng, (size,), kind), kind, scale, offset)


def curve(table: Table, factor: Factor | None, *, shape=(4, 3), x="fixed<8,4>", y="fixed<9,4,RND,SAT>") -> Graph:
    return single(Curve("curve", *tensors(shape, x, y), table, factor))


def legacy(rng: np.random.Generator, classes: int, steps: int = 1, *, x="fixed<8,4>", sums="fixed<12,5>") -> Graph:
    exp, inverse = table(rng, 64, sums, 4.0, 32), table(rng, 128, sums, 2.0, 0)
    return single(LegacySoftmax("softmax", *tensors((steps, classes), x, "fixed<9,4,RND,SAT>"), exp, inverse))


def argmax(classes: int, steps: int = 1, *, x: str = "fixed<3,2>", hot: int = 16, cold: int = 0) -> Graph:
    """Few values, so that the largest is often there twice."""
    return single(Argmax("softmax", *tensors((steps, classes), x, "fixed<8,4>"), hot, cold))


def latency(classes: int, steps: int) -> Graph:
    """Softmax of the inputs as they are, which address the first table by their upper bits."""
    node = softmax(np.random.default_rng(4), classes, steps).nodes[0]
    return single(replace(node, difference=node.input.type, stable=False))


def slopes(count: int, type_: str = "fixed<6,1>", **options) -> Graph:
    """A PReLU of so many slopes."""
    scales = factor(np.random.default_rng(11), count, type_)
    return piecewise((1,), (Piece.SCALED, Piece.SAME), scales, **options)
