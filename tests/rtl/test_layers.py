"""Every kind of layer alone: RTL against the integer model, and its cycles against the plan."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from accel.errors import AccelError
from accel.fixed import Fixed
from accel.ir.graph import Crop, Graph, Pad, Piece, Repeat, Reverse, Tensor, chain
from accel.rtl.packing import packed
from accel.rtl.plan import plan
from accel.sim import bulk
from accel.sim.drive import Pace
from accel.synth.families import FAMILIES
from tests.rtl import random_activations as bent
from tests.rtl import random_graphs as make
from tests.rtl.built import built
from tests.rtl.random_activations import latency, slopes

RNG = np.random.default_rng(7)

CASES = {
    "dense": make.dense(RNG, 6, 4, 1),
    "dense_fold": make.dense(RNG, 6, 4, 3, y="fixed<8,3,RND_CONV,SAT>"),
    "dense_one_input": make.dense(RNG, 6, 4, 6, y="ufixed<8,3,RND,SAT_ZERO>"),
    "dense_groups": make.dense(RNG, 6, 4, 12, y="fixed<8,3,RND_INF,SAT_SYM>"),
    "dense_between": make.dense(RNG, 6, 4, 4),
    "dense_rounds_of_all": make.dense(RNG, 5, 6, 3, steps=2),
    "dense_largest": make.dense(RNG, 6, 4, 24),
    "dense_steps": make.dense(RNG, 5, 3, 5, steps=7),
    "dense_wide_weights": packed(
        make.dense(np.random.default_rng(3), 33, 64, 33, w="fixed<16,4>", steps=2), FAMILIES["ecp5"].fabric
    ),
    "dense_truncates_products": make.dense(RNG, 9, 3, 3, acc="fixed<12,9>"),
    "dense_rounds_products": make.dense(RNG, 9, 3, 1, acc="fixed<12,9,RND>"),
    "dense_wraps": make.dense(RNG, 9, 3, 9, acc="fixed<9,4>", x="ufixed<7,2>", w="ufixed<5,1>"),
    "dense_wide_gap": make.dense(RNG, 4, 2, 2, acc="fixed<30,12>", x="fixed<5,8>", w="fixed<4,-2>"),
    "conv_same": make.conv(RNG, (5, 6, 2), (3, 3), (1, 1), (1, 1, 1, 1), 3, 1),
    "conv_valid": make.conv(RNG, (5, 6, 2), (3, 3), (1, 1), (0, 0, 0, 0), 3, 2),
    "conv_fold": make.conv(RNG, (5, 6, 2), (3, 3), (1, 1), (1, 1, 1, 1), 3, 6),
    "conv_groups": make.conv(RNG, (4, 5, 2), (3, 3), (1, 1), (1, 1, 1, 1), 4, 36),
    "conv_stride": make.conv(RNG, (7, 8, 2), (3, 3), (2, 2), (0, 1, 0, 1), 3, 3),
    "conv_stride_uneven": make.conv(RNG, (7, 9, 1), (3, 2), (3, 2), (1, 0, 0, 0), 2, 1),
    "conv_even_kernel": make.conv(RNG, (5, 5, 2), (2, 4), (1, 1), (0, 1, 1, 2), 2, 4),
    "conv_pointwise": make.conv(RNG, (4, 5, 3), (1, 1), (1, 1), (0, 0, 0, 0), 4, 3),
    "conv_1d": make.conv(RNG, (1, 12, 2), (1, 3), (1, 1), (0, 0, 1, 1), 3, 2),
    "conv_1d_stride": make.conv(RNG, (1, 17, 1), (1, 5), (1, 4), (0, 0, 2, 2), 3, 5),
    "conv_whole_frame": make.conv(RNG, (3, 3, 2), (3, 3), (1, 1), (0, 0, 0, 0), 3, 1),
    "conv_one_row": make.conv(RNG, (1, 8, 2), (3, 3), (1, 1), (1, 1, 1, 1), 3, 2),
    "conv_one_step": make.conv(RNG, (1, 1, 3), (1, 5), (1, 1), (0, 0, 2, 2), 2, 3),
    "conv_few_steps": make.conv(RNG, (1, 2, 2), (1, 5), (1, 2), (0, 0, 1, 2), 3, 3),
    "conv_one_pixel": make.conv(RNG, (1, 1, 2), (2, 2), (1, 1), (0, 1, 0, 1), 2, 1),
    "conv_small_frame": make.conv(RNG, (3, 1, 2), (3, 7), (1, 1), (1, 1, 3, 3), 2, 1),
    "conv_one_column": make.conv(RNG, (6, 1, 2), (3, 1), (1, 1), (1, 1, 0, 0), 2, 2),
    "conv_depthwise": make.conv(RNG, (5, 6, 4), (3, 3), (1, 1), (1, 1, 1, 1), 4, 1, groups=4),
    "conv_depthwise_fold": make.conv(RNG, (5, 6, 3), (3, 3), (2, 2), (0, 1, 0, 1), 3, 3, groups=3),
    "conv_depthwise_groups": make.conv(RNG, (4, 5, 6), (2, 2), (1, 1), (0, 0, 0, 0), 6, 12, groups=6),
    "conv_depthwise_largest": make.conv(RNG, (1, 9, 3), (1, 4), (1, 1), (0, 0, 1, 2), 3, 12, groups=3),
    "conv_depthwise_rounds": make.conv(
        RNG, (4, 5, 2), (3, 2), (1, 1), (1, 1, 0, 1), 2, 2, groups=2, acc="fixed<12,8,RND>"
    ),
    "conv_depthwise_twice": make.conv(RNG, (4, 5, 3), (2, 3), (1, 1), (0, 0, 0, 0), 6, 2, groups=3),
    "conv_in_groups": make.conv(RNG, (4, 5, 6), (2, 2), (1, 1), (0, 0, 0, 0), 4, 1, groups=2),
    "conv_in_groups_fold": make.conv(RNG, (4, 5, 6), (2, 2), (1, 1), (0, 1, 1, 0), 4, 6, groups=2),
    "conv_in_groups_parts": make.conv(RNG, (4, 5, 6), (2, 2), (1, 1), (0, 1, 1, 0), 4, 24, groups=2),
    "conv_in_groups_largest": make.conv(RNG, (4, 5, 4), (1, 2), (1, 1), (0, 0, 0, 0), 6, 24, groups=2),
    "pool_max": make.pool((6, 6, 3), (2, 2), (2, 2), "max"),
    "pool_max_ragged": make.pool((5, 7, 2), (2, 3), (2, 3), "max", acc="fixed<8,3>"),
    "pool_max_1d": make.pool((1, 10, 2), (1, 4), (1, 4), "max", x="ufixed<8,3>", acc="ufixed<8,3>"),
    "pool_mean": make.pool((4, 6, 2), (2, 2), (2, 2), "average"),
    "pool_mean_wraps": make.pool((4, 4, 2), (2, 4), (2, 4), "average", acc="fixed<9,4>"),
    "pool_one_window_wide": make.pool((5, 3, 2), (2, 2), (2, 2), "max"),
    "pool_rows": make.pool((7, 3, 2), (2, 1), (2, 1), "max", x="fixed<8,3>", acc="fixed<6,3,RND_INF,SAT>"),
    "pool_one_column": make.pool((8, 1, 3), (4, 1), (4, 1), "average"),
    "pool_two_wide": make.pool((4, 2, 1), (2, 1), (2, 1), "average", acc="fixed<10,4,RND>"),
    "pool_of_all_steps": make.pool((1, 16, 3), (1, 16), (1, 16), "average", acc="fixed<12,7>"),
    "pool_of_one": make.pool((2, 3, 2), (1, 1), (1, 1), "max"),
    "pool_mean_of_six": make.pool((5, 7, 2), (2, 3), (2, 3), "average", x="ufixed<8,3>"),
    "pool_mean_of_all": make.pool((3, 3, 4), (3, 3), (3, 3), "average", acc="fixed<14,8,RND>", y="fixed<9,4,RND>"),
    "pool_mean_of_three": make.pool((1, 10, 2), (1, 3), (1, 3), "average", acc="fixed<10,4>"),
    "pool_mean_overlaps": make.pool((5, 6, 2), (3, 3), (1, 1), "average"),
    "pool_mean_overlaps_even": make.pool((5, 6, 2), (2, 2), (1, 1), "average", acc="fixed<9,6,RND_CONV>"),
    "pool_mean_same": make.pool((5, 6, 2), (3, 3), (1, 1), "average", pad=(1, 1, 1, 1)),
    "pool_mean_same_strides": make.pool((5, 6, 2), (2, 3), (2, 2), "average", pad=(0, 1, 0, 1), acc="fixed<10,4>"),
    "pool_mean_same_1d": make.pool((1, 9, 3), (1, 4), (1, 1), "average", pad=(0, 0, 1, 2), x="ufixed<8,3>"),
    "pool_mean_same_small": make.pool((2, 2, 2), (5, 5), (1, 1), "average", pad=(2, 2, 2, 2), acc="fixed<14,7,RND>"),
    "pool_mean_same_of_one": make.pool((1, 3, 2), (1, 2), (1, 2), "average", pad=(0, 0, 1, 0), y="fixed<9,4>"),
    "pool_mean_same_beside": make.pool((7, 5, 2), (2, 2), (2, 2), "average", pad=(0, 1, 0, 1)),
    "pool_mean_same_large": make.pool((9, 10, 1), (3, 3), (1, 1), "average", pad=(1, 1, 1, 1)),
    "pool_mean_strides": make.pool((6, 6, 2), (1, 1), (2, 2), "average"),
    "pool_max_overlaps": make.pool((7, 7, 2), (3, 3), (2, 2), "max", x="ufixed<8,3>", acc="ufixed<8,3>"),
    "pool_max_same": make.pool((5, 6, 2), (3, 3), (2, 2), "max", pad=(1, 1, 0, 1), acc="fixed<8,3>"),
    "pool_max_same_unsigned": make.pool((6, 5, 1), (2, 2), (1, 1), "max", pad=(0, 1, 0, 1), x="ufixed<8,3>"),
    "pool_max_same_1d": make.pool((1, 8, 3), (1, 4), (1, 1), "max", pad=(0, 0, 1, 2)),
    "pool_max_same_small": make.pool((2, 2, 2), (5, 5), (1, 1), "max", pad=(2, 2, 2, 2)),
    "pool_max_gaps": make.pool((7, 8, 2), (1, 2), (3, 3), "max", acc="fixed<6,3,RND_INF,SAT>"),
    "pad": make.moved(Pad, (3, 4, 2), (6, 5), (1, 2, 0, 1)),
    "pad_1d": make.moved(Pad, (5, 3), (9,), (0, 0, 2, 2)),
    "crop": make.moved(Crop, (5, 6, 2), (3, 3), (1, 1, 2, 1)),
    "crop_1d": make.moved(Crop, (7, 3), (4,), (0, 0, 0, 3)),
    "repeat": make.moved(Repeat, (3, 4, 2), (6, 12), (2, 3)),
    "repeat_rows_of_one": make.moved(Repeat, (3, 1, 2), (9, 2), (3, 2)),
    "repeat_rows": make.moved(Repeat, (2, 3, 1), (4, 3), (2, 1)),
    "repeat_vector": make.moved(Repeat, (1, 4), (5,), (1, 5)),
    "cast": make.cast((4, 3), "fixed<12,5>", "fixed<7,3,RND_ZERO,SAT>", relu=False),
    "relu": make.cast((4, 3), "fixed<12,5>", "ufixed<7,3,RND,SAT>", relu=True),
    "scale": make.scale(RNG, (4, 3)),
    "scale_unsigned": make.scale(RNG, (4, 3), x="ufixed<6,2>", b="fixed<6,6>", y="fixed<7,4,TRN_ZERO,SAT_ZERO>"),
    "reverse": make.single(Reverse("reverse", *[Tensor((7, 3), Fixed.parse("fixed<8,3>"))] * 2)),
    "permute": make.permute((5, 3), 1, 0),
    "permute_rows": make.permute((4, 3, 2), 1, 0, 2),
    "permute_channels_first": make.permute((3, 4, 2), 2, 0, 1),
    "permute_all": make.permute((3, 2, 4), 2, 1, 0),
    "permute_four": make.permute((2, 3, 2, 3), 2, 0, 3, 1),
    "permute_blocks": make.permute((3, 2, 2, 3), 1, 0, 2, 3),
    "permute_ones": make.permute((4, 1, 3), 1, 2, 0),
    "permute_nothing": make.permute((4, 1, 3), 0, 2, 1),
    "permute_large": make.permute((7, 11, 2), 1, 0, 2),
    "leaky_relu": slopes(1),
    "prelu": slopes(12, type_="ufixed<6,1>"),
    "ternary_tanh": bent.piecewise((-15, 16), (-16, 0, 16), y="fixed<6,2>"),
    "hard_sigmoid": bent.piecewise(
        (-40, 41), (0, Piece.SCALED, 32), bent.factor(RNG, 1, "ufixed<6,0>", 512), y="ufixed<6,1,RND,SAT>"
    ),
    "relu_of_unsigned": bent.piecewise((3,), (0, Piece.SAME), x="ufixed<8,4>"),
    "elu": bent.curve(bent.table(RNG, 32, "fixed<9,2>", 4.0, 31), bent.factor(RNG, 1, "ufixed<1,1>")),
    "selu": bent.curve(
        bent.table(RNG, 512, "fixed<9,2>", 64.0, 511), bent.factor(RNG, 1, "ufixed<7,1>"), x="fixed<12,5>"
    ),
    "silu": bent.curve(bent.table(RNG, 64, "ufixed<9,0>", 4.0, 32), None, y="fixed<9,5>"),
    "silu_of_unsigned": bent.curve(bent.table(RNG, 64, "fixed<9,1>", 4.0, 32), None, x="ufixed<7,4>"),
    "softmax_latency": latency(6, 2),
    "softmax_legacy": bent.legacy(RNG, 5, 3),
    "softmax_legacy_unsigned": bent.legacy(RNG, 4, 2, x="ufixed<8,4>", sums="ufixed<12,5>"),
    "argmax": bent.argmax(7, 3),
    "softmax": make.softmax(RNG, 5),
    "softmax_steps": make.softmax(RNG, 10, 3, difference="ufixed<8,2,RND,SAT>"),
}


@pytest.mark.parametrize(
    ("kernel", "pad"),
    [((3, 1), (1, 1, 1, 0)), ((1, 3), (0, 1, 1, 1)), ((1, 1), (0, 0, 0, 1)), ((2, 2), (1, 1, 0, 1))],
)
def test_padding_as_large_as_the_kernel_is_refused(kernel, pad):
    with pytest.raises(AccelError, match="expected less than the kernel"):
        plan(make.conv(RNG, (5, 4, 2), kernel, (1, 1), pad, 3, 1))


def test_what_pooling_cannot_do_exactly_is_refused():
    with pytest.raises(AccelError, match=r"accumulator fixed<6,3> does not hold the input's fixed<8,3>"):
        plan(make.pool((4, 4, 2), (2, 2), (1, 1), "max", pad=(0, 1, 0, 1), acc="fixed<6,3>"))
    with pytest.raises(AccelError, match=r"accumulator fixed<12,7,TRN,SAT>; expected a signed type that wraps"):
        plan(make.pool((4, 4, 2), (2, 2), (2, 2), "average", acc="fixed<12,7,TRN,SAT>"))


def test_softmax_whose_exponentials_wrap_is_refused():
    node = make.softmax(RNG, 5).nodes[0]
    wrapped = replace(node, exp=np.where(np.arange(len(node.exp)), node.exp, -1))
    with pytest.raises(AccelError, match="exp_table ufixed<12,1> makes exponentials of up to 1 negative"):
        plan(make.single(wrapped))


def pooled_conv(reuse: int) -> Graph:
    """A pool whose rows of beats a convolution works off at ``reuse`` cycles a beat."""
    pool = make.pool((6, 10, 2), (2, 2), (2, 2), "max").nodes[0]
    conv = make.conv(RNG, (3, 5, 2), (3, 3), (1, 1), (1, 1, 1, 1), 2, reuse, x="fixed<8,4,RND,SAT>").nodes[0]
    return chain("dut", pool, conv)


@pytest.fixture(params=CASES, scope="module")
def case(request, tmp_path_factory):
    return built(CASES[request.param], tmp_path_factory.mktemp(request.param))


def test_equals_golden_and_plan(case, fast_simulator):
    planned, rtl, x, expected = case
    result = bulk.check(rtl, x, expected, fast_simulator).require()
    assert (result.latency, result.ii) == (planned.latency, planned.ii)


@pytest.mark.parametrize("pace", [Pace(idle=40), Pace(stall=60), Pace(idle=50, stall=50, seed=3)], ids=str)
def test_holds_under_idle_and_backpressure(case, pace, fast_simulator):
    _planned, rtl, x, expected = case
    bulk.check(rtl, x, expected, fast_simulator, pace=pace).require()


@pytest.mark.parametrize(
    ("shape", "size", "accum"), [((4, 8, 1), (4, 8), "fixed<4,3>"), ((1, 18, 2), (1, 9), "fixed<4,1>")], ids=str
)
def test_a_mean_over_more_than_a_sum_reaches_is_zero(shape, size, accum, fast_simulator, tmp_path):
    planned, rtl, x, expected = built(make.pool(shape, size, size, "average", acc=accum), tmp_path)
    assert not expected.any()
    result = bulk.check(rtl, x, expected, fast_simulator).require()
    assert (result.latency, result.ii) == (planned.latency, planned.ii)


@pytest.mark.parametrize("reuse", [6, 9, 18])
def test_a_slow_layer_works_on_through_the_pauses_of_a_pool(reuse, fast_simulator, tmp_path):
    graph = pooled_conv(reuse)
    planned, rtl, x, expected = built(graph, tmp_path)
    assert x.shape[1:] == (60, 2) and expected.shape[1:] == (15, 2)
    result = bulk.check(rtl, x, expected, fast_simulator).require()
    assert (result.latency, result.ii) == (planned.latency, planned.ii)
    assert result.ii == 15 * reuse


def test_channels_that_move_one_by_one_work_on_through_the_pauses_of_a_pool(fast_simulator, tmp_path):
    pool = make.pool((6, 10, 8), (2, 2), (2, 2), "max").nodes[0]
    graph = chain("dut", pool, make.permute((3, 5, 8), 2, 0, 1, x="fixed<8,4,RND,SAT>").nodes[0])
    planned, rtl, x, expected = built(graph, tmp_path)
    result = bulk.check(rtl, x, expected, fast_simulator).require()
    assert (result.latency, result.ii) == (planned.latency, planned.ii)
    assert result.ii == 120 and expected.shape[1:] == (24, 5)
