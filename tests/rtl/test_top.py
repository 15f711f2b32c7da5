"""Designs of several inputs and outputs, through every driver; and what is said of one that stops."""

from __future__ import annotations

import random
import re

import numpy as np
import pytest

from accel.errors import AccelError
from accel.fixed import Fixed
from accel.ir import golden
from accel.ir.graph import Cast, Concatenate, Graph, Merge, Operation, Tensor
from accel.rtl import project
from accel.rtl.plan import plan
from accel.rtl.top import parted
from accel.sim import bulk, runner
from accel.sim.drive import Pace
from accel.sim.locate import locate
from tests.rtl import test_joins

FRAMES = 6


def network() -> Graph:
    """Three inputs, the last of which is read twice; an output in the middle, one at the end."""
    image, row = Tensor((3, 4, 2), Fixed.parse("fixed<8,3>"), "image"), Tensor((1, 4, 2), Fixed(6, 3), "row")
    more = Tensor((3, 4, 1), Fixed.parse("ufixed<5,5>"), "more")
    moved = Merge("moved", image, Tensor((3, 4, 2), Fixed(9, 4), "moved"), (row,), Operation.SUBTRACT)
    wide = Cast("wide", more, Tensor((3, 4, 1), Fixed(10, 6), "wide"), relu=False)
    both = Concatenate("both", moved.output, Tensor((3, 4, 3), Fixed(10, 5), "both"), (more,), 2)
    end = Merge("end", both.output, Tensor((3, 4, 3), Fixed(12, 5), "end"), (wide.output,), Operation.MULTIPLY)
    return Graph("dut", (image, row, more), (moved, wide, both, end), (moved.output, end.output))


@pytest.fixture(scope="module")
def design(tmp_path_factory):
    """The plan, the RTL, rows of inputs, and what every layer makes of them."""
    graph = network()
    planned = plan(graph)
    rtl = project.write(project.generate(planned, "dut"), tmp_path_factory.mktemp("several") / "rtl")
    rng = np.random.default_rng(5)
    parts = [rng.integers(t.type.lo, t.type.hi, (FRAMES, t.size), endpoint=True) for t in graph.inputs]
    x = np.concatenate(parts, axis=1)
    return planned, rtl, x, golden.trace(graph, x), golden.predict(graph, x)


def test_ports_are_called_by_the_tensors(design):
    _, rtl, *_ = design
    assert [stream.prefix for stream in rtl.interface.inputs] == ["s_axis_image", "s_axis_row", "s_axis_more"]
    assert [stream.prefix for stream in rtl.interface.outputs] == ["m_axis_moved", "m_axis_end"]


@pytest.mark.parametrize("pace", [Pace(), Pace(idle=50, stall=50, seed=3)], ids=str)
def test_values_and_cycles(design, pace, simulator):
    planned, rtl, x, _, expected = design
    result = bulk.check(rtl, x, expected, simulator, pace=pace, optimisation="-O0").require()
    assert pace != Pace() or (result.latency, result.ii) == (planned.latency, planned.ii)
    assert pace == Pace() or np.array_equal(bulk.simulate(rtl, x, simulator, optimisation="-O0"), expected)


def test_cocotb(design, fast_simulator):
    planned, rtl, x, _, expected = design
    patterns = {"idle": ("bursts",), "backpressure": ("random",)}
    result = runner.cosimulate(rtl, x, expected, fast_simulator, **patterns).require()
    assert (result.latency, result.ii, result.stalled) == (planned.latency, planned.ii, "")


def test_a_wrong_output_is_named(design, fast_simulator):
    _, rtl, x, traced, expected = design
    wrong = expected.copy()
    wrong[2, -1] += 1
    result = bulk.check(rtl, x, wrong, fast_simulator)
    assert (result.mismatches, result.first.layer, result.first.frame) == (1, "m_axis_end", 2)
    shapes = {layer.name: (FRAMES, layer.beats, layer.lanes) for layer in rtl.interface.layers}
    layers = {name: traced[name].reshape(shape) for name, shape in shapes.items()}
    assert locate(rtl, x, expected, layers, fast_simulator) is None
    layers["both"] = layers["both"] + (np.arange(FRAMES) == 1)[:, None, None]
    found = locate(rtl, x, expected, layers, fast_simulator)
    assert (found.layer, found.frame, found.beat, found.lane) == ("both", 1, 0, 0)


def test_rows_of_another_length_are_refused(design, fast_simulator):
    _, rtl, x, _, expected = design
    with pytest.raises(AccelError, match=r"shape \(6, 43\) came; expected \(frames, 44\), .* s_axis_image, s_axis_row"):
        bulk.check(rtl, x[:, 1:], expected, fast_simulator)


def test_a_design_that_stops_tells_the_state_of_its_streams(fast_simulator, tmp_path):
    graph = test_joins.CASES["unet"]
    files = project.generate(plan(graph), "dut")
    (depth,) = test_joins.branch_fifos(plan(graph)).values()
    shallow, count = re.subn(rf"Depth\({depth}\)", "Depth(2)", files["dut.sv"])
    rtl = project.write({**files, "dut.sv": shallow}, tmp_path / "rtl")
    x = np.zeros((4, *graph.input.shape), np.int64).reshape(4, 24, 2)
    expected = golden.predict(graph, x.reshape(4, *graph.input.shape)).reshape(4, 24, 2)
    result = runner.cosimulate(rtl, x, expected, fast_simulator, patterns=0, reset=0)
    assert count == 1 and not result.passed
    assert "n3_a_fifo waits to be taken" in result.stalled and "n3 has nothing to send" in result.stalled


@pytest.mark.parametrize("width", [3, 1 << 14, (1 << 14) + 1, (1 << 15) + 3, 80_000])
def test_long_constants_are_written_in_parts(width):
    for value in (0, 1, random.Random(width).getrandbits(width), (1 << width) - 1):
        parts = [part.split("'h") for part in parted(f"{width}'h{value:x}").strip("{}").split(", ")]
        assert all(0 < int(bits) <= 1 << 14 for bits, _ in parts) and sum(int(bits) for bits, _ in parts) == width
        joined = "".join(f"{int(digits, 16):0{bits}b}" for bits, digits in parts)
        assert int(joined, 2) == value and len(joined) == width
    assert parted("4") == "4" and parted('"w.mem"') == '"w.mem"'
