"""Random networks as designs have them, for fitting the resource model and for measuring its error.

Nothing here is simulated or trained: what counts are the parameters of the modules. Types follow the `auto` policy's
rules mostly (`accel.hls.precision`), one width or another; else they are one plain type for everything, as hls4ml's
users often choose.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np

from accel.fixed import Fixed, Overflow, Rounding, from_float
from accel.ir import tables
from accel.ir.graph import (
    Affine,
    Cast,
    Conv,
    Dense,
    Graph,
    Gru,
    Lookup,
    Lstm,
    Node,
    Pool,
    PoolKind,
    Reshape,
    Scale,
    Softmax,
    Tensor,
    Window,
    chain,
)
from accel.reuse import hls_factors
from accel.synth.dice import Dice

MULTIPLIERS = 60
"""How many multipliers a product gets at most, about: few enough to synthesise in seconds."""


def networks(seed: int) -> Iterator[Graph]:
    """Networks without end; the same ones for the same seed."""
    rng = np.random.default_rng(seed)
    while True:
        yield _Chain(rng, f"net{seed}").graph()


@dataclass
class _Chain(Dice):
    """A network under construction."""

    name: str
    nodes: list[Node] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.width = self.between(3, 16)
        self.plain = self.chance(0.3)  # one type without rounding and limits, accumulators included
        self.sparse = self.chance(0.15)
        shapes = (
            (self.between(4, 40), self.pick((5, 8, 12, 16, 28, 32, 80)), self.pick((1, 1, 2, 3, 4))),
            (self.between(6, 64), self.between(1, 12)),
            (self.between(4, 48),),
        )
        self.source = self.output = Tensor(self.pick(shapes), self.data())

    def graph(self) -> Graph:
        """Two to six blocks, then a softmax now and then."""
        for _ in range(self.between(2, 6)):
            self.pick(_BLOCKS[len(self.output.shape)])(self)
        if self.chance(0.5) and self.output.channels <= 8:
            softmax(self)
        return chain(self.name, *self.nodes)

    def add(self, kind: Callable[..., Node], shape: tuple[int, ...], type_: Fixed, *rest: object) -> None:
        """A node behind the last one, whose own fields are ``rest``."""
        name = f"{kind.__name__.lower()}{len(self.nodes)}"
        self.nodes.append(kind(name, self.output, Tensor(shape, type_), *rest))
        self.output = self.nodes[-1].output

    def data(self, signed: bool | None = None) -> Fixed:
        """The type of a tensor."""
        width = self.width if self.chance(0.7) else self.between(2, 18)
        integer = self.between(0, min(width, 6))
        if self.plain:
            return Fixed(width, max(1, integer))
        signed = self.chance(0.6) if signed is None else signed
        return Fixed(width, integer, signed, Rounding.RND, Overflow.SAT)

    def weights(self, shape: tuple[int, ...]) -> tuple[np.ndarray, Fixed]:
        """Raw weights (of a normal distribution whose largest value fills the type) and their type."""
        width = self.width if self.chance(0.7) else self.between(2, 16)
        type_ = Fixed(max(2, width), self.between(0, 2))
        values = self.rng.normal(size=shape)
        values *= type_.hi / np.abs(values).max()
        if self.sparse:
            values *= self.rng.random(shape) < 0.5
        return np.rint(values).astype(np.int64), type_

    def affine(self, n_in: int, n_out: int, accum: Fixed | None = None) -> Affine:
        """A product with the last output; its accumulator is exact, or a plain type."""
        weights, type_ = self.weights((n_in, n_out))
        bias, bias_type = self.weights((n_out,))
        source = self.output.type
        if accum is None and self.plain:
            accum = Fixed(max(10, self.pick((self.width, self.width + 4, 24, 32))), 6)
        elif accum is None:
            fraction = source.fraction + type_.fraction
            reach = float(np.abs(weights).sum(axis=0).max()) * max(source.hi, -source.lo)
            accum = Fixed(bits := max(4, math.ceil(math.log2(reach + 1)) + 2), bits - fraction)
        return Affine(weights, type_, bias, bias_type, accum)

    def reuse(self, n_in: int, n_out: int, most: int = MULTIPLIERS) -> int:
        """A factor that hls4ml has, too, near a number of multipliers; ``n_in`` elements arrive at once."""
        wanted = math.exp(self.rng.uniform(0, math.log(most)))
        return min(hls_factors(n_in, n_out), key=lambda reuse: abs(math.log(n_in * n_out / reuse / wanted)))

    def arriving(self) -> int:
        """Elements of a position that a dense or recurrent layer gets at once: all, or a beat as it was before it was
        reshaped.
        """
        made = [node.output for node in self.nodes if not isinstance(node, Reshape)]
        lanes = (made[-1] if made else self.source).channels
        return self.output.channels if self.output.channels % lanes else lanes


def dense(chain: _Chain) -> None:
    """A dense layer on the last axis, or on all of them by a flattening in front."""
    size = chain.output.size
    if len(chain.output.shape) > 1 and size <= 300:
        chain.add(Reshape, (size,), chain.output.type)
    n_in, n_out = chain.output.channels, chain.between(2, 20)
    shape = (*chain.output.shape[:-1], n_out)
    chain.add(Dense, shape, chain.data(), chain.affine(n_in, n_out), chain.reuse(chain.arriving(), n_out))
    activate(chain)


def convolve(chain: _Chain) -> None:
    """A convolution over rows and columns, or over steps, and what follows one."""
    *frame, channels = chain.output.shape
    height, width = frame if len(frame) == 2 else (1, frame[0])
    kernel = min(height, chain.pick((1, 2, 3, 3, 5))), min(width, chain.pick((1, 2, 3, 3, 5)))
    stride = chain.pick((1, 1, 1, 2)), chain.pick((1, 1, 1, 2))
    same = chain.chance(0.5)
    around = [size - 1 if same else 0 for size in kernel]
    pad = around[0] // 2, around[0] - around[0] // 2, around[1] // 2, around[1] - around[1] // 2
    window = Window(height, width, kernel, stride, pad)
    n_in, n_out = window.taps * channels, chain.between(1, 12)
    shape = (*(window.out_shape if len(frame) == 2 else window.out_shape[1:]), n_out)
    chain.add(Conv, shape, chain.data(), window, chain.affine(n_in, n_out), chain.reuse(n_in, n_out))
    activate(chain)
    if chain.chance(0.5):
        pool(chain)


def activate(chain: _Chain) -> None:
    """ReLU mostly, else a cast, a tabulated function, a normalisation, or nothing."""
    shape, source = chain.output.shape, chain.output.type
    way = chain.rng.random()
    if way < 0.5:
        keeps = Fixed(source.width, source.integer, False, source.rounding, source.overflow)
        chain.add(Cast, shape, keeps if chain.chance(0.3) else chain.data(signed=False), True)
    elif way < 0.6:
        chain.add(Cast, shape, chain.data(), False)
    elif way < 0.75:
        size, type_ = chain.pick((16, 64, 128, 256)), Fixed(max(3, chain.width), 2)
        chain.add(Lookup, shape, chain.data(), tables.FUNCTIONS[chain.pick(("sigmoid", "tanh"))](size, type_))
    elif way < 0.9:
        normalise(chain)


def pool(chain: _Chain) -> None:
    """Maximum or mean over windows side by side."""
    *frame, channels = chain.output.shape
    height, width = frame if len(frame) == 2 else (1, frame[0])
    sizes = [(rows, columns) for rows in (1, 2, 4) for columns in (2, 4) if rows <= height and columns <= width]
    if not sizes:
        return
    kernel = chain.pick(sizes)
    window = Window(height, width, kernel, kernel, (0, 0, 0, 0))
    source, kind = chain.output.type, chain.pick((PoolKind.MAX, PoolKind.MAX, PoolKind.AVERAGE))
    accum = source
    if kind is PoolKind.AVERAGE:
        more = window.taps.bit_length() + (not source.signed)
        accum = Fixed(source.width + more, source.integer + more)
    shape = (*(window.out_shape if len(frame) == 2 else window.out_shape[1:]), channels)
    chain.add(Pool, shape, source if chain.chance(0.7) else chain.data(), kind, window, accum)


def regroup(chain: _Chain) -> None:
    """The same elements in positions of another size."""
    size, last = chain.output.size, chain.output.channels
    fits = [n for n in range(1, min(size, 24) + 1) if size % n == 0 and (n % last == 0 or last % n == 0)]
    channels = chain.pick(fits)
    chain.add(Reshape, (size // channels, channels), chain.output.type)
    chain.pick((convolve, recur, normalise))(chain)


def normalise(chain: _Chain) -> None:
    """A scale and a bias for each channel."""
    channels = chain.output.shape[-1:]
    scale, bias = chain.weights(channels), chain.weights(channels)
    chain.add(Scale, chain.output.shape, chain.data(), *scale, *bias)


def recur(chain: _Chain) -> None:
    """GRU or LSTM over the steps."""
    steps, features = chain.output.shape
    kind, units, sequences = chain.pick((Gru, Lstm)), chain.pick((2, 3, 4, 6)), chain.chance(0.5)
    outputs = (3 if kind is Gru else 4) * units
    entry = Fixed(max(4, chain.width + 2), 2, True, Rounding.RND, Overflow.SAT)
    size = chain.pick((16, 64, 128, 256))
    bits = chain.between(8, 26)
    accum = Fixed(bits, chain.between(3, min(8, bits)))
    state = Fixed(
        max(4, chain.width), chain.between(1, 2), *((True, Rounding.RND, Overflow.SAT)[: 3 - 2 * chain.plain])
    )
    kernel, recurrent = chain.affine(features, outputs, accum), chain.affine(units, outputs, accum)
    chain.add(
        kind,
        (steps, units) if sequences else (units,),
        state,
        kernel,
        recurrent,
        tables.sigmoid(size, entry),
        tables.tanh(size, entry),
        chain.reuse(chain.arriving(), outputs),
        chain.reuse(units, outputs, 16),
        sequences,
    )


def softmax(chain: _Chain) -> None:
    """A softmax with tables that the types' widths address."""
    classes, width = chain.output.channels, max(4, chain.width)
    difference = Fixed(min(7, width), 4, False, Rounding.RND, Overflow.SAT)
    table = Fixed(chain.pick((17, width + 1)), 1, False, Rounding.RND, Overflow.SAT)
    grow = (classes - 1).bit_length()
    total = Fixed(min(7, width) + grow, 1 + grow, False, Rounding.RND, Overflow.SAT)
    steps = np.arange(1 << difference.width) * difference.step
    sums = np.maximum(np.arange(1 << total.width), 1) * total.step
    chain.add(
        Softmax,
        chain.output.shape,
        chain.data(signed=False),
        difference,
        from_float(np.exp(-steps), table),
        table,
        Fixed(table.width + grow + 1, 2 + grow),
        total,
        from_float(1 / sums, table),
        table,
    )


_BLOCKS: dict[int, tuple[Callable[[_Chain], None], ...]] = {
    3: (convolve, convolve, convolve, pool, regroup, activate, dense),
    2: (convolve, convolve, recur, recur, recur, pool, regroup, activate, dense),
    1: (dense, dense, regroup, activate),
}
"""What may come next, by the rank of what there is."""
