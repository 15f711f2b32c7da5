"""Each kind of layer alone: hls4ml's C simulation, the integer model and the RTL give the same raw integers."""

from __future__ import annotations

import numpy as np
import pytest

from accel.fixed import Overflow
from accel.hls import convert, ranges
from accel.hls.csim import CSim
from accel.ir import golden
from accel.ir.graph import Cast, Reshape, chain
from accel.ir.lower import lower
from accel.rtl import project
from accel.rtl.plan import plan
from accel.sim import bulk
from accel.sim.drive import Pace
from tests.conformance.chains import CHAINS, MODES
from tests.conformance.extremes import EXTREMES
from tests.conformance.faint import Faint

FRAMES = 16


@pytest.fixture(
    scope="module",
    params=(*CHAINS, *EXTREMES, Faint(2.0**-17)),
    ids=lambda chain: f"{chain.name}-{chain.strategy}-{type(chain).__name__}".lower(),
)
def judged(request, tmp_path_factory):
    """A compiled chain: its integer graph, C simulation, raw inputs, and what csim says each layer makes."""
    folder = tmp_path_factory.mktemp(request.param.name)
    network = request.param.network()
    noise = np.random.default_rng(2).uniform(-1, 1, (64, *network.input_shape[1:])).astype(np.float32)
    design = request.param.design()
    hls = convert.convert(network, design, ranges.measure(network, noise), folder / "hls")
    convert.write(hls)
    csim, graph = CSim(hls), lower(hls)
    type_ = graph.input.type
    raw = np.random.default_rng(4).integers(type_.lo, type_.hi, (FRAMES, *graph.input.shape), endpoint=True)
    return graph, csim, raw, csim.trace_raw(raw)


def stages(judged):
    """Each layer with csim's own input to it and csim's output of it. What hls4ml does not trace is judged by what
    reads it.
    """
    graph, _, raw, traced = judged
    x = raw
    for node in graph.nodes:
        if node.name not in traced:
            assert isinstance(node, Reshape | Cast)
            x = golden.evaluate(node, x)
            continue
        y = traced[node.name].reshape(len(raw), *node.output.shape)
        yield node, x, y
        x = y


def test_integer_model_of_each_layer(judged):
    wrong = {node.name: int((golden.evaluate(node, x) != y).sum()) for node, x, y in stages(judged)}
    assert len(wrong) >= 8 and not any(wrong.values()), wrong


def test_rtl_of_each_layer(judged, fast_simulator, tmp_path):
    for node, x, y in stages(judged):
        planned = plan(chain("dut", node))
        rtl = project.write(project.generate(planned, "dut"), tmp_path / node.name / "rtl")
        inputs = x.reshape(FRAMES, planned.source.beats, planned.source.lanes)
        expected = y.reshape(FRAMES, planned.output.beats, planned.output.lanes)
        result = bulk.check(rtl, inputs, expected, fast_simulator)
        assert result.passed, (node.name, result)
        assert (result.latency, result.ii) == (planned.latency, planned.ii), node.name


def test_whole_chain(judged, fast_simulator, tmp_path):
    graph, csim, raw, _ = judged
    y = csim.predict_raw(raw).reshape(FRAMES, *graph.output.shape)
    assert np.array_equal(golden.predict(graph, raw), y)
    planned = plan(graph)
    rtl = project.write(project.generate(planned, "dut"), tmp_path / "rtl")
    inputs = raw.reshape(FRAMES, planned.source.beats, planned.source.lanes)
    expected = y.reshape(FRAMES, planned.output.beats, planned.output.lanes)
    result = bulk.check(rtl, inputs, expected, fast_simulator).require()
    assert (result.latency, result.ii) == (planned.latency, planned.ii)
    bulk.check(rtl, inputs, expected, fast_simulator, pace=Pace(idle=30, stall=50)).require()


def test_results_reach_the_bounds_of_their_types(judged):
    """Else the overflow modes would not be tested."""
    clipped = [
        node.name
        for node, _, y in stages(judged)
        if node.output.type.overflow in (Overflow.SAT, Overflow.SAT_SYM)
        and (y.max() == node.output.type.hi or y.min() <= -node.output.type.hi)
    ]
    assert clipped


def test_chains_use_every_mode():
    used = set()
    for network in CHAINS:
        for layer in network.design().layers.values():
            used |= {",".join(layer.precision["result"][:-1].split(",")[-2:])} if "result" in layer.precision else set()
    assert used == set(MODES)


def test_state_of_the_c_simulation_does_not_leak_between_frames(judged):
    _graph, csim, raw, _ = judged
    again = csim.predict_raw(raw[::-1].copy())[::-1]
    assert np.array_equal(again, csim.predict_raw(raw))
