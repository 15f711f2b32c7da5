"""Networks that fork and join: RTL against the integer model, its cycles against the plan, and no FIFO deeper than it
has to be.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from accel.fixed import Fixed
from accel.ir.graph import (
    Cast,
    Concatenate,
    Conv,
    Graph,
    Merge,
    Node,
    Operation,
    Pool,
    PoolKind,
    Repeat,
    Tensor,
    Window,
)
from accel.rtl.depths import SHALLOWEST, Net, least, needed, settled, steady
from accel.rtl.interface import timing
from accel.rtl.plan import Plan, plan
from accel.rtl.timing import sequencer, windower
from accel.sim import bulk
from accel.sim.drive import Pace
from tests.rtl import random_graphs as make
from tests.rtl.built import built

NO_PAD = (0, 0, 0, 0)


class Network:
    """A network of one input, a layer at a time; each method gives the tensor that it makes."""

    def __init__(self, shape: tuple[int, ...], type_: str = "fixed<8,3>") -> None:
        self.x = Tensor(shape, Fixed.parse(type_), "x")
        self._rng, self._nodes = np.random.default_rng(3), []

    def _added(self, node: Node) -> Tensor:
        node = replace(node, name=f"n{len(self._nodes)}", output=replace(node.output, name=f"n{len(self._nodes)}"))
        self._nodes.append(node)
        return node.output

    def cast(self, x: Tensor, type_: str) -> Tensor:
        return self._added(Cast("", x, Tensor(x.shape, Fixed.parse(type_)), relu=False))

    def conv(
        self, x: Tensor, filters: int, kernel: int = 3, reuse: int = 1, type_: str = "fixed<8,3>", stride: int = 1
    ) -> Tensor:
        pad = (kernel // 2,) * 4
        window = Window(*x.shape[:2], (kernel, kernel), (stride, stride), pad)
        affine = make.affine(self._rng, window.taps * x.channels, filters, "fixed<6,2>", "fixed<8,3>", "fixed<24,12>")
        output = Tensor((*window.out_shape, filters), Fixed.parse(type_))
        return self._added(Conv("", x, output, window, affine, reuse))

    def pool(self, x: Tensor, rows: int, columns: int) -> Tensor:
        window = Window(*x.shape[:2], (rows, columns), (rows, columns), NO_PAD)
        return self._added(Pool("", x, Tensor((*window.out_shape, x.channels), x.type), PoolKind.MAX, window, x.type))

    def repeat(self, x: Tensor, columns: int) -> Tensor:
        rows, width, channels = x.shape
        return self._added(Repeat("", x, Tensor((rows, width * columns, channels), x.type), (1, columns)))

    def merge(self, operation: Operation, a: Tensor, b: Tensor, type_: str = "fixed<10,5>") -> Tensor:
        shape = np.broadcast_shapes(a.shape, b.shape)
        return self._added(Merge("", a, Tensor(shape, Fixed.parse(type_)), (b,), operation))

    def concatenate(self, a: Tensor, b: Tensor, axis: int, type_: str = "fixed<10,5>") -> Tensor:
        shape = tuple(n + m * (place == axis) for place, (n, m) in enumerate(zip(a.shape, b.shape, strict=True)))
        return self._added(Concatenate("", a, Tensor(shape, Fixed.parse(type_)), (b,), axis))

    def graph(self, *outputs: Tensor) -> Graph:
        return Graph("dut", (self.x,), tuple(self._nodes), outputs or (self._nodes[-1].output,))


def residual(reuse: int = 1) -> Graph:
    net = Network((6, 7, 3))
    stem = net.conv(net.x, 4)
    inner = net.conv(net.conv(stem, 4, reuse=reuse), 4, reuse=reuse)
    return net.conv(net.merge(Operation.ADD, stem, inner), 2) and net.graph()


def hurried() -> Graph:
    """Frames so short that many are under way at a time."""
    net = Network((1, 3, 2))
    deep = net.x
    for _ in range(4):
        deep = net.conv(deep, 2, kernel=1)
    net.merge(Operation.AVERAGE, deep, net.conv(net.x, 2))
    return net.graph()


def gated() -> Graph:
    """Each channel of each pixel times what is computed of the largest of that channel."""
    net = Network((1, 6, 2))
    largest = net.conv(net.pool(net.x, 1, 6), 2, kernel=1)
    net.merge(Operation.MULTIPLY, net.x, net.repeat(largest, 6))
    return net.graph()


def bursts() -> Graph:
    """Beats that come at once, however slowly the input's do, and a pipeline that may hold fewer of them."""
    net = Network((1, 1, 2))
    row = net.repeat(net.x, 10)
    net.concatenate(row, net.conv(row, 2, kernel=1), 1)
    return net.graph()


def strided() -> Graph:
    """Windows a few beats apart, but for two that follow each other where a frame begins."""
    net = Network((1, 13, 2))
    row = net.conv(net.x, 2, kernel=1, stride=3)
    net.merge(Operation.MULTIPLY, net.conv(row, 2, kernel=1), net.conv(row, 2))
    return net.graph()


def twice() -> Graph:
    """A tensor merged with itself, and read a third time."""
    net = Network((3, 4, 2))
    square = net.merge(Operation.MULTIPLY, net.x, net.x, "fixed<14,5,RND,SAT>")
    net.merge(Operation.SUBTRACT, square, net.x)
    return net.graph()


def nested() -> Graph:
    """A skip past a block that has one itself."""
    net = Network((5, 5, 2))
    a = net.conv(net.x, 2)
    b = net.conv(a, 2, reuse=2)
    c = net.merge(Operation.ADD, a, b)
    d = net.conv(c, 2, kernel=1)
    net.concatenate(net.x, net.merge(Operation.MAXIMUM, d, a), 2)
    return net.graph()


def unet() -> Graph:
    """A skip past pooling that waits for a whole frame."""
    net = Network((4, 6, 2))
    fine = net.conv(net.x, 2)
    coarse = net.conv(net.pool(fine, 4, 6), 2, kernel=1)
    net.merge(Operation.MULTIPLY, fine, coarse)
    return net.graph()


def merged(operation: Operation, *types: str) -> Graph:
    net = Network((3, 4, 3), types[0])
    net.merge(operation, net.x, net.cast(net.x, types[1]), types[2])
    return net.graph()


def broadcast(a: Callable[[Network], Tensor], b: Callable[[Network], Tensor]) -> Graph:
    net = Network((3, 4, 3))
    net.merge(Operation.SUBTRACT, a(net), b(net))
    return net.graph()


def concatenated(axis: int) -> Graph:
    net = Network((3, 4, 3))
    one = net.pool(net.x, *((3, 1), (1, 4), (1, 1))[axis])
    net.concatenate(net.cast(net.x, "ufixed<6,4>"), one, axis, "fixed<7,4,RND,SAT>")
    return net.graph()


CASES = {
    "residual": residual(),
    "residual_slow": residual(12),
    "hurried": hurried(),
    "gated": gated(),
    "bursts": bursts(),
    "strided": strided(),
    "twice": twice(),
    "nested": nested(),
    "unet": unet(),
    **{
        f"merge_{kind.value}": merged(kind, "fixed<8,3>", "ufixed<5,4>", "fixed<7,4,RND_CONV,SAT>")
        for kind in Operation
    },
    "merge_unsigned": merged(Operation.AVERAGE, "ufixed<8,3>", "ufixed<6,-1>", "ufixed<9,3,TRN_ZERO>"),
    "broadcast_channels": broadcast(lambda net: net.x, lambda net: net.conv(net.x, 1, 1)),
    "broadcast_pixel": broadcast(lambda net: net.pool(net.x, 3, 4), lambda net: net.x),
    "broadcast_row": broadcast(lambda net: net.x, lambda net: net.pool(net.x, 3, 1)),
    "broadcast_column": broadcast(lambda net: net.pool(net.x, 1, 4), lambda net: net.x),
    "broadcast_both": broadcast(lambda net: net.pool(net.x, 1, 4), lambda net: net.pool(net.x, 3, 1)),
    **{f"concatenate_{axis}": concatenated(axis) for axis in range(3)},
}


@pytest.fixture(params=CASES, scope="module")
def case(request, tmp_path_factory):
    return built(CASES[request.param], tmp_path_factory.mktemp(request.param))


def test_equals_golden_and_plan(case, fast_simulator):
    planned, rtl, x, expected = case
    result = bulk.check(rtl, x, expected, fast_simulator).require()
    assert (result.latency, result.ii) == (planned.latency, planned.ii)


def test_holds_under_idle_and_backpressure(case, fast_simulator):
    _planned, rtl, x, expected = case
    bulk.check(rtl, x, expected, fast_simulator, pace=Pace(idle=50, stall=50, seed=3)).require()


def net_of(planned: Plan) -> Net:
    """The control of a plan."""
    units, reads = zip(*((placed.instance.timing, placed.reads) for placed in planned.placed), strict=True)
    beats_in, beats_out = (tuple(s.beats for s in streams) for streams in (planned.sources, planned.outputs))
    return Net(units, reads, beats_in, planned.ends, beats_out)


def branch_fifos(planned: Plan) -> dict[int, int]:
    """The depths of the FIFOs before joins, by the number of the module."""
    joins = ("acc_merge", "acc_beside", "acc_append")
    first, found = len(planned.sources), {}
    for placed in planned.placed:
        for number in placed.reads if placed.instance.module in joins else ():
            maker = planned.placed[number - first].instance if number >= first else None
            if maker is not None and maker.module == "acc_fifo":
                found[number - first] = int(maker.parameters["Depth"])
    return found


def frame_ends(net: Net, frames: int) -> np.ndarray | None:
    """When frames end at full rate; None where the streams stop, then or when beats come slowly."""
    try:
        ends = net.frame_ends(frames)
    except ValueError:
        return None
    return ends if net.completes() else None


@pytest.mark.parametrize("name", CASES)
def test_one_word_less_stalls(name):
    planned = plan(CASES[name])
    net = net_of(planned)
    frames = settled(net.frame_ends())
    ends = frame_ends(net, frames)
    assert timing(ends) == (planned.latency, planned.ii)
    for number, depth in branch_fifos(planned).items():
        less = frame_ends(net.sized({number: depth - 1 if depth > SHALLOWEST else 0}), frames)
        assert less is None or not steady(less) or np.any(less > ends), (number, depth)


@pytest.mark.parametrize("name", ["hurried", "gated", "strided"])
def test_pace_holds(name):
    """Where many frames are under way, where a layer holds its input while it repeats, and where a branch could do
    without a FIFO if frames might come unevenly.
    """
    planned = plan(CASES[name])
    assert set(np.diff(net_of(planned).frame_ends(40)[0])) == {planned.ii}


def test_parts_that_share_no_tensor_keep_their_own_pace():
    units = sequencer(1, 1, 40), sequencer(1, 1, 2)
    net = Net(units, ((0,), (1,)), (2, 6), (2, 3), (2, 6))
    depths, ends = least(net, ())
    assert not depths and timing(ends) == (41, 6), "the first is later for a while, and the second slower"


def test_frames_that_end_unevenly():
    """Two windows hold so many beats back that every third frame waits for less of the one before it."""
    first = Window(1, 7, (1, 4), (1, 3), (0, 0, 0, 3))
    second = Window(1, 3, (1, 3), (1, 1), (0, 0, 0, 1))
    units = windower(first), sequencer(1, 1, 4), windower(second), sequencer(6, 1, 1)
    net = Net(units, ((0,), (1,), (2,), (3,)), (7,), (4,), (2,))
    ends = net.frame_ends(40)
    assert set(np.diff(ends)[0, 1:-1]) == {13, 14, 15}
    assert timing(ends)[1] == 15 and needed(ends) == 5
    assert all(timing(net.frame_ends(count)) == timing(ends) for count in range(5, 12))
    assert timing(net.frame_ends(4)) != timing(ends)


def test_fifos_of_known_depth():
    (depth,) = branch_fifos(plan(CASES["twice"])).values()
    assert depth == 3, "acc_merge takes two cycles more than the skip"
    (depth,) = branch_fifos(plan(CASES["unet"])).values()
    assert depth > 24, "a whole frame waits for its maximum"
