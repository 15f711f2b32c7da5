"""The matrix-vector unit as a case: shapes, types, casts, and channels in blocks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from accel.fixed import Fixed
from accel.ir import golden, golden_windows
from accel.ir.graph import Cast, chain
from accel.rtl.layers import Stream
from accel.rtl.layers.affine import mvau, with_cast
from accel.rtl.plan import plan
from tests.rtl import random_graphs as make
from tests.rtl.stream_bench import Case
from tests.rtl.stream_layers import FRAMES, MODES, rng


def grouped(channels: int, groups: int, outputs: int, reuse: int, **types: str) -> Case:
    """``acc_mvau`` for windows of two rows and one column, of which each output reads the channels of its block."""
    graph = make.conv(
        np.random.default_rng(6), (4, 3, channels), (2, 1), (1, 1), (0, 0, 0, 0), outputs, reuse, groups=groups, **types
    )
    node, instance = graph.nodes[0], plan(graph).instances[-1]
    x = make.frames(rng(), graph, FRAMES)
    taps = golden_windows.windows(x, node.window, np.dtype(np.int64))
    expected = golden.predict(graph, x)
    return Case(instance, taps.reshape(FRAMES, 9, -1), node.input.type.width, expected.reshape(FRAMES, 9, -1))


def product(
    n_in: int,
    n_out: int,
    reuse: int,
    beats: int = 1,
    parts: int = 1,
    pairs: int = 0,
    then: tuple[str, bool] | None = None,
    **types: str,
) -> Case:
    """``acc_mvau`` for positions of ``beats`` beats and ``parts`` output beats, two positions a frame;
    ``pairs``: of products in multipliers of so many bits; ``then``: the type of the cast in it, and whether that is a
    ReLU.
    """
    graph = make.dense(np.random.default_rng(2), n_in, n_out, 1, steps=2, **types)
    graph = make.paired(graph, pairs) if pairs else graph
    node = graph.nodes[0]
    source = Stream(n_in // beats, node.input.type, 2 * beats)
    instance = mvau(node, node.affine, source, reuse, Stream(n_out // parts, node.output.type, 2 * parts), "dense")
    if then:
        cast = Cast("cast", node.output, replace(node.output, type=Fixed.parse(then[0])), relu=then[1])
        graph, instance = chain("dut", node, cast), with_cast(instance, cast)
    x = make.frames(rng(), graph, FRAMES)
    expected = golden.predict(graph, x).reshape(FRAMES, 2 * parts, -1)
    return Case(instance, x.reshape(FRAMES, source.beats, source.lanes), source.type.width, expected)


def _shapes() -> Iterator[tuple[str, Case]]:
    yield "acc_mvau-constant", product(4, 2, 1)
    yield "acc_mvau-constant_of_one", product(1, 3, 1)
    yield "acc_mvau-constant_before_the_last_level", product(7, 2, 1)
    yield "acc_mvau-fold", product(6, 4, 3)
    yield "acc_mvau-groups", product(3, 4, 12)
    yield "acc_mvau-between", product(6, 4, 4)
    yield "acc_mvau-rounds_of_all", product(5, 4, 2)
    yield "acc_mvau-beats", product(8, 2, 1, beats=4)
    yield "acc_mvau-beats_fold", product(8, 2, 2, beats=2)
    yield "acc_mvau-beats_groups", product(6, 4, 6, beats=2)
    yield "acc_mvau-parts", product(3, 4, 12, parts=4)
    yield "acc_mvau-parts_rounded", product(3, 4, 12, parts=4, y="fixed<6,4,RND,SAT>")
    yield "acc_mvau-beats_parts", product(6, 4, 6, beats=2, parts=2)
    yield "acc_mvau-deep", product(24, 3, 72)
    yield "acc_mvau-deep_beats", product(32, 6, 24, beats=4)
    yield "acc_mvau-long", product(72, 2, 72)
    yield "acc_mvau-long_groups", product(75, 4, 150)
    yield "acc_mvau-long_beats", product(134, 2, 67, beats=2)
    yield "acc_mvau-pairs", product(6, 4, 3, pairs=64)
    yield "acc_mvau-pairs_and_one", product(6, 6, 2, beats=2, pairs=64)
    yield "acc_mvau-pairs_parts", product(3, 4, 6, parts=2, pairs=64)
    yield "acc_mvau-pairs_of_two", product(8, 4, 4, w="fixed<6,2>", pairs=17)
    yield "acc_mvau-pairs_of_three", product(8, 4, 4, w="fixed<6,2>", pairs=16)
    yield "acc_mvau-pairs_deep", product(24, 6, 72, pairs=64)
    yield "acc_mvau-copies", product(4, 18, 2)
    yield "acc_mvau-copies_uneven", product(4, 35, 4)
    yield "acc_mvau-copies_pairs", product(4, 35, 4, pairs=64)
    yield "acc_mvau-near", product(6, 16, 2)
    yield "acc_mvau-far", product(6, 17, 2)
    yield "acc_mvau-far_pairs", product(10, 21, 2, pairs=64)
    yield "acc_mvau-far_groups", product(28, 16, 4, beats=2, parts=2)
    yield "acc_mvau-far_depthwise", grouped(50, 50, 50, 2)
    yield "acc_mvau-depthwise", grouped(3, 3, 3, 1)
    yield "acc_mvau-depthwise_fold", grouped(3, 3, 3, 2)
    yield "acc_mvau-depthwise_groups", grouped(4, 4, 4, 4)
    yield "acc_mvau-blocks_fold", grouped(6, 2, 4, 3)
    yield "acc_mvau-blocks_groups", grouped(4, 2, 4, 8)
    yield "acc_mvau-blocks_long", grouped(18, 2, 4, 72)


def _types() -> Iterator[tuple[str, Case]]:
    for mode in MODES:
        rounding = mode.split(",")[0]
        yield f"acc_mvau-{mode}", product(6, 4, 2, acc=f"fixed<11,8,{rounding}>", y=f"fixed<6,4,{mode}>")
    yield "acc_mvau-unsigned", product(4, 3, 2, x="ufixed<6,2>", w="ufixed<5,1>", acc="fixed<9,4>")
    yield "acc_mvau-unsigned_pairs", product(8, 3, 4, x="ufixed<6,2>", w="ufixed<5,1>", acc="fixed<9,4>", pairs=64)
    yield "acc_mvau-least_pairs", product(8, 4, 2, x="fixed<2,1>", w="fixed<2,1>", pairs=64)
    yield "acc_mvau-bits", product(8, 4, 2, x="ufixed<1,1>", w="fixed<3,1>", acc="fixed<8,4,RND>", pairs=64)


def _casts() -> Iterator[tuple[str, Case]]:
    """Casts of sums that are wiring, round or limit, and those of a layer behind."""
    relu, cast = (True, False)
    yield "acc_mvau-fits", product(6, 4, 3, y="fixed<12,9,TRN,SAT>")
    yield "acc_mvau-constant_rounds", product(4, 2, 1, y="fixed<6,4,RND,SAT>")
    yield "acc_mvau-constant_rounds_odd", product(5, 3, 1, y="fixed<7,5,RND,SAT>")
    yield "acc_mvau-constant_rounds_one", product(1, 3, 1, y="fixed<5,3,RND,SAT>")
    yield "acc_mvau-constant_rounds_wrapped", product(6, 4, 1, acc="fixed<9,5>", y="fixed<5,3,RND,SAT>")
    yield "acc_mvau-constant_rounds_to_wiring", product(6, 4, 1, y="fixed<8,4,RND>")
    yield "acc_mvau-constant_saturates", product(9, 4, 1, y="fixed<7,4,TRN,SAT_SYM>")
    yield "acc_mvau-constant_rounded_relu", product(8, 4, 1, y="fixed<7,4,RND,SAT>", then=("ufixed<6,3,RND,SAT>", relu))
    yield "acc_mvau-rounds_to_wiring", product(6, 4, 3, y="fixed<8,4,RND>")
    yield "acc_mvau-constant_relu", product(5, 4, 1, y="fixed<12,5>", then=("fixed<12,5>", relu))
    yield "acc_mvau-relu_wraps", product(6, 4, 3, y="fixed<12,4>", then=("ufixed<9,2>", relu))
    yield "acc_mvau-relu_fits", product(6, 4, 3, y="fixed<12,6>", then=("ufixed<11,5,RND,SAT>", relu))
    yield "acc_mvau-relu_wider", product(6, 4, 3, y="fixed<12,6>", then=("fixed<15,7,TRN,SAT_SYM>", relu))
    yield "acc_mvau-relu_of_rounded", product(6, 4, 3, y="fixed<7,4,RND,SAT>", then=("ufixed<6,3,RND,SAT>", relu))
    yield "acc_mvau-relu_rounds", product(6, 4, 1, y="fixed<14,6>", then=("ufixed<5,3,RND_CONV>", relu))
    yield "acc_mvau-relu_of_unsigned", product(6, 4, 3, y="ufixed<9,5>", then=("ufixed<8,4>", relu))
    yield "acc_mvau-relu_groups", product(3, 4, 12, y="fixed<9,5>", then=("ufixed<8,4,RND,SAT>", relu))
    yield "acc_mvau-relu_parts", product(3, 4, 12, parts=4, y="fixed<9,5>", then=("ufixed<8,4,RND,SAT>", relu))
    yield "acc_mvau-cast_wraps", product(6, 4, 3, y="fixed<12,5>", then=("fixed<8,3>", cast))
    yield "acc_mvau-cast_saturates", product(6, 4, 3, y="fixed<12,5>", then=("fixed<8,4,TRN,SAT>", cast))
    yield "acc_mvau-cast_symmetric", product(6, 4, 3, y="fixed<5,5>", then=("fixed<5,5,TRN,SAT_SYM>", cast))
    yield "acc_mvau-cast_unsigned", product(6, 4, 3, y="fixed<12,5>", then=("ufixed<15,6,TRN,SAT>", cast))


def cases() -> Iterator[tuple[str, Case]]:
    """All of them, by what is particular."""
    yield from _shapes()
    yield from _types()
    yield from _casts()
