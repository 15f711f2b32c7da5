"""The modules with stream ports, each in the shapes and types that its control and its arithmetic tell apart."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from accel.fixed import Fixed, requantise
from accel.ir import golden, golden_windows, tables
from accel.ir.graph import Cast, Conv, Gru, Lookup, Lstm, Pool, Reverse, Scale, Tensor
from accel.rtl.layers import Stream
from accel.rtl.layers.base import Instance, buffer, with_lanes
from accel.rtl.layers.windows import window_instance
from accel.rtl.plan import plan
from accel.rtl.top import lane_bits, top
from tests.rtl import loop_cases, product_cases
from tests.rtl import random_graphs as make
from tests.rtl.loop_cases import loop
from tests.rtl.stream_bench import Case
from tests.rtl.stream_layers import FRAMES, MODES, activations, layer, rng, shaping

BYTE = Fixed.parse("fixed<8,3>")
AXIS = (
    ".s_axis_tvalid(in_valid), .s_axis_tready(in_ready), .s_axis_tdata(in_data), .s_axis_tlast(1'b0),"
    " .m_axis_tvalid(out_valid), .m_axis_tready(out_ready), .m_axis_tdata(out_data[{bits}-1:0]),"
    " .m_axis_tlast(out_data[{bits}])"
)


def same(instance: Instance, source: Stream) -> Case:
    """A module that only passes on or regroups its elements."""
    x = make.raw(rng(), (FRAMES, source.beats, source.lanes), source.type)
    return Case(instance, x, source.type.width, x.reshape(FRAMES, instance.output.beats, instance.output.lanes))


def fifo(depth: int) -> Case:
    source = Stream(1, BYTE, 7, burst=depth - 1)
    return same(buffer("x", source, cycles=2), source)


def repack(lanes: int, to: int) -> Case:
    graph = make.cast((12, lanes), "fixed<8,3>", "fixed<8,3>", relu=False)
    source = Stream(lanes, BYTE, 12)
    return same(with_lanes(graph.nodes[0], source, to)[0], source)


def reverse(steps: int) -> Case:
    tensor = Tensor((steps, 2), BYTE)
    graph = make.single(Reverse("reverse", tensor, tensor))
    return layer(graph)


def permute(shape: tuple[int, ...], *axes: int) -> Case:
    """``acc_permute``, which takes words of as many elements as are moved together."""
    graph = make.permute(shape, *axes)
    planned, x = plan(graph), make.frames(rng(), graph, FRAMES)
    instance = next(one for one in planned.instances if one.module == "acc_permute")
    beats = FRAMES, instance.output.beats, instance.output.lanes
    expected = golden.predict(graph, x)
    return Case(instance, x.reshape(beats), graph.input.type.width, expected.reshape(beats))


def window(*args, pad: int = 0, kept: tuple[int, ...] | None = None) -> Case:
    graph = make.conv(np.random.default_rng(1), *args, 1, 1)
    node: Conv = graph.nodes[0]
    source = Stream(node.input.channels, node.input.type, node.input.positions)
    x = make.raw(rng(), (FRAMES, *node.input.shape), source.type)
    taps = golden_windows.windows(x - pad, node.window, np.dtype(np.int64)) + pad
    instance = window_instance(node, node.window, source, pad, kept)
    return Case(
        instance,
        x.reshape(FRAMES, source.beats, source.lanes),
        source.type.width,
        taps.reshape(FRAMES, instance.output.beats, node.window.taps, -1)[:, :, kept or slice(None)].reshape(
            FRAMES, instance.output.beats, instance.output.lanes
        ),
    )


def summed(shape: tuple[int, int, int], size: tuple[int, int]) -> Case:
    """``acc_pool`` that puts out sums of windows, which fill the frame, for a divider."""
    graph = make.pool(shape, size, size, "average", acc="fixed<9,4>")
    node: Pool = graph.nodes[0]
    instance = next(one for one in plan(graph).instances if one.module == "acc_pool")
    x = make.frames(rng(), graph, FRAMES)
    sums = golden_windows.windows(x, node.window, np.dtype(np.int64)).sum(axis=(3, 4))
    sums = requantise(sums, node.input.type.fraction, node.accum).reshape(FRAMES, instance.output.beats, -1)
    return Case(instance, x.reshape(FRAMES, -1, shape[2]), node.input.type.width, sums)


def reduced(size: tuple[int, int], kind: str, **types: str) -> Case:
    """``acc_reduce`` for windows of ``size`` at every second pixel of a frame of 5 x 6."""
    graph = make.pool((5, 6, 2), size, (2, 2), kind, **types)
    node: Pool = graph.nodes[0]
    instance = next(one for one in plan(graph).instances if one.module == "acc_reduce")
    x = make.frames(rng(), graph, FRAMES)
    taps = golden_windows.windows(x, node.window, np.dtype(np.int64))
    if instance.name == node.name:
        expected = golden.predict(graph, x)
    else:
        expected = requantise(taps, node.input.type.fraction, node.accum).sum(axis=(3, 4))
        expected = requantise(expected, node.accum.fraction, node.accum)
    positions = node.output.positions
    taps, expected = taps.reshape(FRAMES, positions, -1), expected.reshape(FRAMES, positions, -1)
    return Case(instance, taps, node.input.type.width, expected)


def divided(divisor: int, x: str, y: str) -> Case:
    """``acc_divide``, as behind a mean over ``divisor`` steps; dividends of the whole range, multiples, their ends."""
    return divided_by(make.pool((1, 6 * divisor, 2), (1, divisor), (1, divisor), "average", acc=x, y=y).nodes[0])


def divided_by_table(size: tuple[int, int], y: str, acc: str = "fixed<12,6>") -> Case:
    """The same behind a padded mean over 3 x 3 pixels of a frame of ``size``."""
    return divided_by(make.pool((*size, 2), (3, 3), (1, 1), "average", pad=(1, 1, 1, 1), acc=acc, y=y).nodes[0])


def divided_by(node: Pool) -> Case:
    sums, counts = make.raw(rng(), (FRAMES, node.output.positions, 2), node.accum), node.window.inside.reshape(-1, 1)
    sums[::3] -= np.fmod(sums[::3], counts)
    sums[1], sums[4] = node.accum.lo, node.accum.hi
    expected = requantise(np.sign(sums) * (np.abs(sums) // counts), node.accum.fraction, node.output.type)
    return Case(plan(make.single(node)).instances[-1], sums, node.accum.width, expected)


def lut(x: str, entry: str, y: str) -> Case:
    """Every value of the input's type into a table of random entries: the hardware must not care."""
    source, type_ = Tensor((12, 2), Fixed.parse(x)), Fixed.parse(entry)
    table = replace(tables.tanh(32, type_), entries=make.raw(rng(), (32,), type_))
    graph = make.single(Lookup("lut", source, Tensor(source.shape, Fixed.parse(y)), table))
    return layer(graph, np.resize(np.arange(source.type.lo, source.type.hi + 1), (FRAMES, *source.shape)))


def scale(extremes: bool = False, **types: str) -> Case:
    """With ``extremes``, scales and biases are the ends of their types, in all four combinations."""
    graph = make.scale(np.random.default_rng(3), (3, 4), **types)
    node: Scale = graph.nodes[0]
    if extremes:
        ends = [[type_.lo, type_.hi] for type_ in (node.scale_type, node.bias_type)]
        node = replace(node, scale=np.repeat(ends[0], 2), bias=np.tile(ends[1], 2))
    return layer(make.single(node))


def axis(x: str, y: str) -> Case:
    """The top of a design of one cast: what AXI4-Stream adds to it. What stands above an element in TDATA is random."""
    graph = make.cast((5, 3), x, y, relu=False)
    node: Cast = graph.nodes[0]
    planned, (narrow, wide) = plan(graph), (lane_bits(node.input.type), lane_bits(node.output.type))
    raw = make.frames(rng(), graph, FRAMES)
    padding = rng().integers(0, 1 << narrow, raw.shape) << node.input.type.width
    bits = 3 * wide
    fields = golden.predict(graph, raw) & ((1 << wide) - 1)
    beats = (fields << np.arange(0, bits, wide)).sum(axis=-1, keepdims=True)
    beats[:, -1] += 1 << bits  # TLAST
    instance = Instance("dut", "dut", {}, Stream(1, Fixed(bits + 1, 0, False), 5), planned.instances[0].timing)
    source = top(planned, "dut", "")
    return Case(instance, (raw + padding) & ((1 << narrow) - 1), narrow, beats, AXIS.format(bits=bits), source)


def shapes() -> Iterator[tuple[str, Case]]:
    """Shapes, by module and what is particular."""
    for depth in (2, 3, 5):
        yield f"acc_fifo-{depth}", fifo(depth)
    for lanes, to in ((2, 4), (2, 6), (4, 2), (6, 2)):
        yield f"acc_repack-{lanes}_to_{to}", repack(lanes, to)
    for steps in (1, 2, 5):
        yield f"acc_reverse-{steps}", reverse(steps)
    yield "acc_permute-rows", permute((3, 4, 2), 1, 0, 2)
    yield "acc_permute-channels", permute((4, 3), 1, 0)
    yield "acc_permute-all", permute((2, 3, 4), 2, 1, 0)
    yield "acc_permute-two", permute((2, 2, 3), 1, 0, 2)
    yield "acc_window-same", window((4, 5, 2), (3, 3), (1, 1), (1, 1, 1, 1))
    yield "acc_window-same_as_least", window((4, 5, 2), (3, 3), (1, 1), (1, 1, 1, 1), pad=BYTE.lo)
    yield "acc_window-dilated", window((5, 7, 2), (3, 5), (1, 1), (1, 1, 2, 2), kept=(0, 2, 4, 10, 12, 14))
    yield "acc_window-tall", window((6, 4, 2), (5, 2), (1, 1), (2, 2, 0, 1))
    yield "acc_window-valid", window((4, 5, 2), (3, 3), (1, 1), (0, 0, 0, 0))
    yield "acc_window-stride", window((7, 6, 1), (3, 2), (3, 2), (1, 0, 0, 0))
    yield "acc_window-1d", window((1, 9, 2), (1, 4), (1, 3), (0, 0, 1, 2))
    yield "acc_window-one_column", window((5, 1, 1), (3, 1), (2, 1), (1, 1, 0, 0))
    yield "acc_window-one_place", window((3, 2, 2), (2, 4), (1, 1), (0, 0, 1, 1))
    yield "acc_window-pixel", window((3, 3, 2), (1, 1), (1, 1), (0, 0, 0, 0))
    yield "acc_pool-ragged", layer(make.pool((5, 7, 2), (2, 3), (2, 3), "max"))
    yield "acc_pool-mean", layer(make.pool((4, 5, 2), (2, 2), (2, 2), "average"))
    yield "acc_pool-one_wide", layer(make.pool((5, 3, 2), (2, 2), (2, 2), "max"))
    yield "acc_pool-columns", layer(make.pool((3, 4, 1), (3, 1), (3, 1), "max", x="ufixed<8,3>", acc="ufixed<8,3>"))
    yield "acc_pool-row", layer(make.pool((1, 9, 2), (1, 4), (1, 4), "average"))
    yield from loop_cases.shapes()


def windowed() -> Iterator[tuple[str, Case]]:
    """What stands behind windows, by module and what is particular."""
    yield "acc_pool-sum", summed((4, 6, 2), (2, 3))
    yield "acc_reduce-max", reduced((3, 3), "max", x="ufixed<8,3>", acc="ufixed<8,3>")
    yield "acc_reduce-one", reduced((1, 1), "max")
    yield "acc_reduce-sum", reduced((3, 3), "average", acc="fixed<9,5>")
    yield "acc_divide-three", divided(3, "fixed<12,6>", "fixed<12,6>")
    yield "acc_divide-nine", divided(9, "fixed<10,4>", "fixed<8,4>")
    yield "acc_divide-large", divided(49, "fixed<10,4>", "fixed<8,4,RND>")
    yield "acc_divide-table", divided_by_table((3, 4), "fixed<12,6>")
    yield "acc_divide-table_of_two", divided_by_table((1, 2), "fixed<10,6,RND,SAT>")
    yield "acc_divide-at_once", divided_by_table((3, 4), "fixed<6,4>", acc="fixed<6,4>")
    yield "acc_divide-of_little", divided(200, "fixed<10,4>", "fixed<10,4>")


def types() -> Iterator[tuple[str, Case]]:
    """Types: every mode, unsigned values, extremes."""
    for mode in MODES:
        rounding = mode.split(",")[0]
        yield f"acc_cast-{mode}", layer(make.cast((4, 3), "fixed<12,5>", f"fixed<7,3,{mode}>", relu=False))
        yield f"acc_lut-{mode}", lut("fixed<8,4>", "fixed<9,3>", f"fixed<6,2,{mode}>")
        yield f"acc_scale-{mode}", scale(y=f"fixed<7,3,{mode}>")
        yield (
            f"acc_pool-{mode}",
            layer(make.pool((4, 4, 2), (2, 2), (2, 2), "max", acc=f"fixed<6,2,{mode}>", y=f"fixed<4,1,{mode}>")),
        )
        mean = make.pool((4, 4, 2), (2, 2), (2, 2), "average", acc=f"fixed<7,4,{rounding}>", y=f"fixed<5,3,{mode}>")
        yield f"acc_pool-mean,{mode}", layer(mean)
        y = f"fixed<5,3,{mode}>"
        yield f"acc_reduce-{mode}", reduced((3, 2), "max", acc=f"fixed<6,2,{mode}>", y=y)
        yield f"acc_divide-{mode}", divided(5, "fixed<9,3>", f"fixed<5,0,{mode}>")
        for kind in (Gru, Lstm):
            y = f"fixed<9,1,{mode}>"
            yield f"acc_{kind.__name__.lower()}-{mode}", loop(kind, 2, 2, acc=f"fixed<14,6,{rounding}>", y=y, size=64)
    relu = make.cast((4, 3), "ufixed<8,3>", "fixed<8,4>", relu=True)
    yield "acc_cast-relu", layer(make.cast((4, 3), "fixed<12,5>", "ufixed<7,3,RND,SAT>", relu=True))
    yield "acc_cast-relu_of_unsigned", layer(relu)
    yield "acc_lut-beyond", lut("fixed<9,6>", "fixed<9,3>", "fixed<9,3>")
    yield "acc_lut-unsigned", lut("ufixed<7,4>", "ufixed<8,2>", "fixed<8,4>")
    yield "acc_scale-unsigned", scale(x="ufixed<6,2>", b="fixed<6,6>")
    yield "acc_scale-wide_bias", scale(True, s="fixed<4,1>", b="fixed<12,4>", y="fixed<16,4,TRN,SAT>")
    yield "acc_scale-wide_product", scale(True, b="fixed<15,5>", y="fixed<18,6,TRN,SAT>")
    yield "axis-signed", axis("fixed<11,4>", "fixed<9,3>")
    yield "axis-whole_bytes", axis("fixed<8,4>", "fixed<16,6>")
    yield "axis-unsigned", axis("ufixed<7,4>", "ufixed<5,3>")


CASES = dict([*shapes(), *windowed(), *shaping(), *types(), *activations(), *product_cases.cases()])
