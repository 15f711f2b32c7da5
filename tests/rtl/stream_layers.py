"""The last module of a layer as a case, and those of activations and of pixels that move."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import cycle

import numpy as np

from accel.fixed import Overflow, Rounding
from accel.ir import golden
from accel.ir.graph import Crop, Graph, Pad, Piece, Repeat
from accel.rtl.plan import plan
from tests.rtl import random_activations as bent
from tests.rtl import random_graphs as make
from tests.rtl.stream_bench import Case

FRAMES = 12
MODES = tuple(f"{rounding.value},{limit.value}" for rounding, limit in zip(Rounding, cycle(Overflow), strict=False))
"""Every rounding and every overflow mode."""


def rng() -> np.random.Generator:
    return np.random.default_rng(11)


def layer(graph: Graph, x: np.ndarray | None = None) -> Case:
    """The last module of a layer that has only a FIFO before it."""
    planned = plan(graph)
    x = make.frames(rng(), graph, FRAMES) if x is None else x
    expected = golden.predict(graph, x)
    return Case(
        planned.instances[-1],
        x.reshape(FRAMES, planned.source.beats, planned.source.lanes),
        planned.source.type.width,
        expected.reshape(FRAMES, planned.output.beats, planned.output.lanes),
    )


def whole(graph: Graph) -> Case:
    """The last module of a layer, its inputs every value of their type in turn."""
    type_ = graph.input.type
    return layer(graph, np.resize(np.arange(type_.lo, type_.hi + 1), (FRAMES, *graph.input.shape)))


def activations() -> Iterator[tuple[str, Case]]:
    """Activations: shapes and types."""
    yield "acc_softmax-two", layer(make.softmax(np.random.default_rng(4), 2, 3, inverse="ufixed<9,2>"))
    yield "acc_softmax-seven", layer(make.softmax(np.random.default_rng(4), 7, 3, x="ufixed<9,3>"))
    yield "acc_softmax-deep", layer(make.softmax(np.random.default_rng(4), 3, 3, inverses=8192))
    yield "acc_softmax-latency", layer(bent.latency(5, 3))
    yield "acc_softmax_legacy-two", layer(bent.legacy(rng(), 2, 3))
    yield "acc_softmax_legacy-five", layer(bent.legacy(rng(), 5, 2))
    yield "acc_softmax_legacy-unsigned", layer(bent.legacy(rng(), 3, 2, x="ufixed<8,4>", sums="ufixed<13,3>"))
    yield "acc_argmax-six", layer(bent.argmax(6, 4))
    yield "acc_argmax-seven", layer(bent.argmax(7, 3, x="ufixed<2,2>", hot=1, cold=-3))
    yield "acc_piecewise-channels", layer(bent.slopes(3))
    yield "acc_piecewise-elements", layer(bent.slopes(12, type_="ufixed<6,1>", y="fixed<9,4>"))
    yield "acc_piecewise-deep", layer(bent.slopes(140, shape=(70, 2)))
    yield "acc_piecewise-unsigned", whole(bent.piecewise((3, 256), (0, Piece.SAME, 1), x="ufixed<8,4>"))
    yield "acc_piecewise-outside", whole(bent.piecewise((-128, 128), (1, Piece.SAME, 2)))
    for mode in MODES:
        rounding = mode.split(",")[0]
        pieces, factor = (-3, Piece.SCALED, Piece.SAME, 9), bent.factor(rng(), 1, "fixed<6,1>", 37)
        yield f"acc_piecewise-{mode}", whole(bent.piecewise((-100, -7, 90), pieces, factor, y=f"fixed<5,2,{mode}>"))
        bend, factor = bent.table(rng(), 32, "fixed<9,2>", 4.0, 31), bent.factor(rng(), 1, "ufixed<5,1>")
        yield f"acc_curve-{mode}", whole(bent.curve(bend, factor, y=f"fixed<6,2,{mode}>"))
        gate = bent.table(rng(), 64, "ufixed<9,1>", 8.0, 32)
        yield f"acc_curve-times,{mode}", whole(bent.curve(gate, None, y=f"fixed<7,3,{mode}>"))
        softmax = make.softmax(
            np.random.default_rng(5),
            5,
            2,
            difference=f"ufixed<7,2,{mode}>",
            accum=f"fixed<12,6,{rounding}>",
            total=f"ufixed<7,2,{mode}>",
            y=f"fixed<8,2,{mode}>",
        )
        yield f"acc_softmax-{mode}", layer(softmax)


def shaping() -> Iterator[tuple[str, Case]]:
    """Pixels that move."""
    yield "acc_pad-around", layer(make.moved(Pad, (3, 4, 2), (6, 7), (1, 2, 2, 1)))
    yield "acc_pad-behind", layer(make.moved(Pad, (3, 4, 2), (4, 6), (0, 1, 0, 2)))
    yield "acc_crop-around", layer(make.moved(Crop, (5, 6, 2), (3, 3), (1, 1, 2, 1)))
    yield "acc_upsample-both", layer(make.moved(Repeat, (3, 4, 2), (6, 12), (2, 3)))
    yield "acc_upsample-rows", layer(make.moved(Repeat, (3, 3, 2), (9, 3), (3, 1)))
    yield "acc_upsample-columns_of_one", layer(make.moved(Repeat, (4, 1, 2), (8, 2), (2, 2)))
    yield "acc_upsample-vector", layer(make.moved(Repeat, (1, 4), (5,), (1, 5)))
