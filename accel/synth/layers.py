"""Random layers, each a network of its own: those whose modules the networks of ``samples.py`` do not have."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from accel.fixed import Fixed, Overflow, Rounding
from accel.ir import tables
from accel.ir.graph import (
    Argmax,
    Concatenate,
    Crop,
    Curve,
    Factor,
    Graph,
    LegacySoftmax,
    Merge,
    Node,
    Operation,
    Pad,
    Permute,
    Piece,
    Piecewise,
    Pool,
    PoolKind,
    Repeat,
    Reverse,
    Tensor,
    Window,
    chain,
)
from accel.synth.dice import Dice

Shape = tuple[int, ...]
MODULES = frozenset(
    (
        *("acc_reduce", "acc_divide", "acc_reverse", "acc_permute", "acc_pad", "acc_crop", "acc_upsample"),
        *("acc_merge", "acc_beside", "acc_append", "acc_repeat"),
        *("acc_piecewise", "acc_curve", "acc_softmax_legacy", "acc_argmax"),
    )
)
"""Those that are drawn here, and not by ``samples.py``."""
SIDES = 0, 0, 1, 1, 2


def networks(seed: int) -> Iterator[Graph]:
    """Networks of one layer without end, of each kind in turn; the same ones for the same seed."""
    for number in itertools.count():
        draw = _KINDS[number % len(_KINDS)]
        yield chain(f"layer{seed}", draw(_Layer(np.random.default_rng([seed, number]))))


@dataclass
class _Layer(Dice):
    """What a layer is made of."""

    def __post_init__(self) -> None:
        self.plain = self.chance(0.3)

    def type(self, signed: bool | None = None) -> Fixed:
        """That of a tensor."""
        width = self.between(4, 16)
        integer = self.between(1, min(width, 6))
        if self.plain:
            return Fixed(width, integer)
        signed = self.chance(0.6) if signed is None else signed
        return Fixed(width, integer, signed, Rounding.RND, Overflow.SAT)

    def image(self, channels: int = 8) -> Shape:
        """Rows, columns and channels."""
        return self.between(4, 32), self.between(4, 32), self.between(1, channels)

    def tensor(self, shape: Shape, signed: bool | None = None) -> Tensor:
        return Tensor(shape, self.type(signed))

    def sides(self, most: int) -> tuple[int, int, int, int]:
        """Above, below, left, right, one of them at least."""
        found = tuple(min(most, self.pick(SIDES)) for _ in range(4))
        return found if any(found) else (1, 1, 1, 1)

    def factor(self, channels: int) -> Factor:
        """One scale for all, or one for each channel."""
        type_ = Fixed(self.between(4, 16), 1)
        scale = self.rng.integers(type_.lo, type_.hi, self.pick((1, channels)), endpoint=True)
        return Factor(scale, type_, 0)


def _pool(of: _Layer) -> Node:
    """Windows that overlap, or of sizes that are no power of two."""
    height, width, channels = of.image()
    kernel = of.pick(((2, 2), (3, 3), (3, 3), (2, 3), (1, 3), (5, 5)))
    stride = of.pick(((1, 1), (2, 2), kernel if kernel != (2, 2) else (1, 2)))
    kernel = min(kernel[0], height), min(kernel[1], width)
    window = Window(height, width, kernel, stride, (0, 0, 0, 0))
    source, kind = of.tensor((height, width, channels)), of.pick(tuple(PoolKind))
    accum = source.type
    if kind is PoolKind.AVERAGE:
        more = window.taps.bit_length() + (not source.type.signed)
        accum = Fixed(accum.width + more, accum.integer + more)
    result = source.type if of.chance(0.7) else of.type()
    return Pool("pool", source, Tensor((*window.out_shape, channels), result), kind, window, accum)


def _pad(of: _Layer) -> Node:
    (height, width, channels), (top, bottom, left, right) = of.image(16), (sides := of.sides(3))
    source = of.tensor((height, width, channels))
    return Pad("pad", source, Tensor((height + top + bottom, width + left + right, channels), source.type), sides)


def _crop(of: _Layer) -> Node:
    (height, width, channels), (top, bottom, left, right) = of.image(16), (sides := of.sides(1))
    source = of.tensor((height, width, channels))
    return Crop("crop", source, Tensor((height - top - bottom, width - left - right, channels), source.type), sides)


def _repeat(of: _Layer) -> Node:
    (height, width, channels), times = of.image(16), of.pick(((2, 2), (2, 2), (1, 2), (2, 1), (3, 3)))
    source = of.tensor((height, width, channels))
    return Repeat("repeat", source, Tensor((height * times[0], width * times[1], channels), source.type), times)


def _reverse(of: _Layer) -> Node:
    source = of.tensor((of.between(4, 100), of.between(1, 24)))
    return Reverse("reverse", source, source)


def _permute(of: _Layer) -> Node:
    """Rows and columns of an image swapped, or its channels elsewhere."""
    source, axes = of.tensor(of.image()), of.pick(((1, 0, 2), (1, 0, 2), (2, 0, 1), (1, 2, 0), (2, 1, 0)))
    return Permute("permute", source, Tensor(tuple(source.shape[axis] for axis in axes), source.type), axes)


def _merge(of: _Layer) -> Node:
    """Of two tensors alike, or with a second one that is broadcast."""
    height, width, channels = of.image(16)
    ends = [of.tensor(shape) for shape in ((height, width, channels), of.pick(_BROADCAST)(height, width, channels))]
    return Merge("merge", ends[0], of.tensor(ends[0].shape), (ends[1],), of.pick(tuple(Operation)))


_BROADCAST: tuple[Callable[[int, int, int], Shape], ...] = (
    lambda height, width, channels: (height, width, channels),
    lambda height, width, channels: (height, width, channels),
    lambda height, width, channels: (1, 1, channels),
    lambda height, width, channels: (1, width, channels),
)


def _concatenate(of: _Layer) -> Node:
    """Along the channels, or along the first axis."""
    height, width, channels = of.image(16)
    if of.chance(0.5):
        shapes, axis = [(height, width, of.between(1, 16)) for _ in range(2)], 2
        shape = height, width, sum(own[-1] for own in shapes)
    else:
        shapes, axis = [(of.between(1, height), width, channels) for _ in range(2)], 0
        shape = sum(own[0] for own in shapes), width, channels
    first, second = (of.tensor(own) for own in shapes)
    return Concatenate("both", first, of.tensor(shape), (second,), axis)


def _piecewise(of: _Layer) -> Node:
    """Leaky and limited ReLUs, hard sigmoids, ternary functions."""
    source, result = of.tensor((of.between(2, 16), of.between(1, 12)), True), of.type()
    pieces = of.pick(_PIECES)(result.hi)
    inside = np.arange(source.type.lo + 1, source.type.hi)
    bounds = sorted(of.rng.choice(inside, len(pieces) - 1, replace=False))
    factor = of.factor(source.channels) if Piece.SCALED in pieces else None
    return Piecewise("pieces", source, Tensor(source.shape, result), tuple(map(int, bounds)), pieces, factor)


_PIECES: tuple[Callable[[int], tuple[int | Piece, ...]], ...] = (
    lambda top: (Piece.SCALED, Piece.SAME),
    lambda top: (0, Piece.SAME),
    lambda top: (0, Piece.SAME, top),
    lambda top: (0, Piece.SCALED, top),
    lambda top: (-(top // 2), 0, top // 2),
)


def _curve(of: _Layer) -> Node:
    """ELU, SELU, or SiLU."""
    source, size = of.tensor((of.between(2, 16), of.between(1, 8)), True), of.pick((64, 128, 256, 1024))
    entry = Fixed(of.between(6, 18), 2, True, Rounding.RND, Overflow.SAT)
    if of.chance(0.5):
        return Curve("silu", source, of.tensor(source.shape), tables.sigmoid(size, entry))
    return Curve("elu", source, of.tensor(source.shape), tables.elu(size, entry), of.factor(1))


def _legacy(of: _Layer) -> Node:
    source, sums = of.tensor((of.between(2, 12),), True), Fixed(of.between(14, 20), 8)
    exp, inverse = (make(1024, sums) for make in (tables.legacy_exp, tables.legacy_inverse))
    return LegacySoftmax("softmax", source, of.tensor(source.shape, False), exp, inverse)


def _argmax(of: _Layer) -> Node:
    source = of.tensor((of.between(2, 24),))
    return Argmax("argmax", source, Tensor(source.shape, Fixed(2, 2, False)), 1, 0)


_KINDS: tuple[Callable[[_Layer], Node], ...] = (
    _pool,
    _pad,
    _crop,
    _repeat,
    _reverse,
    _permute,
    _merge,
    _concatenate,
    _piecewise,
    _curve,
    _legacy,
    _argmax,
)
