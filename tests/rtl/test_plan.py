"""What a plan does for the whole network, where each layer alone is good."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from accel.fixed import Fixed
from accel.ir import golden
from accel.ir.graph import Cast, Dense, Graph, Gru, Tensor, chain
from accel.rtl import project
from accel.rtl.plan import Plan, plan
from accel.sim import bulk
from accel.sim.locate import locate
from accel.sim.vectors import framed
from tests.rtl.random_graphs import affine, conv, frames
from tests.rtl.random_recurrent import recurrent

VALUES = Tensor((4,), Fixed(8, 4))
ROUNDED, COARSE = (Tensor((4,), Fixed.parse(text)) for text in ("fixed<8,4,RND,SAT>", "ufixed<5,3,RND,SAT>"))


def network(first: str, second: str, to: Tensor = COARSE) -> Graph:
    """A dense layer with weights in a memory, and a ReLU: both round."""
    product = affine(np.random.default_rng(1), 4, 4, "fixed<8,2>", "fixed<8,2>", "fixed<20,8>")
    return chain("dut", Dense(first, VALUES, ROUNDED, product, 4), Cast(second, ROUNDED, to, relu=True))


@pytest.mark.parametrize(
    ("first", "second", "made"),
    [
        ("a", "a_fifo", {"a", "a_fifo", "a_fifo_2"}),
        ("a_fifo", "b", {"a_fifo", "a_fifo_fifo", "b"}),
        ("axis_in", "b", {"axis_in_2", "axis_in_2_fifo", "b"}),
        ("a", "axis_out", {"a", "a_fifo", "axis_out_2"}),
        ("a", "trace_a", {"a", "a_fifo", "trace_a_2"}),
        ("fifo_a", "a_fif", {"fifo_a", "fifo_a_fifo", "a_fif"}),
    ],
)
def test_modules_of_two_layers_never_have_one_name(first, second, made, fast_simulator, tmp_path):
    graph = network(first, second)
    planned = plan(graph)
    assert {instance.name for instance in planned.instances} == made
    assert [step.node.name for step in planned.steps] == [first, second] == list(planned.made)
    assert_exact(planned, fast_simulator, tmp_path)


def assert_exact(planned: Plan, simulator: str, folder: Path) -> None:
    """A network of beats of four is as fast as planned, and every layer's stream and the output are the integer
    model's.
    """
    rtl = project.write(project.generate(planned, "dut"), folder / "rtl")
    raw = np.random.default_rng(2).integers(-128, 127, (6, 4), endpoint=True)
    traced = golden.trace(planned.graph, raw)
    inputs, outputs = raw[:, None], np.stack([traced[tensor.name] for tensor in planned.graph.outputs], axis=1)
    found = bulk.check(rtl, inputs, outputs, simulator)
    assert found.passed and (found.latency, found.ii) == (planned.latency, planned.ii)
    assert locate(rtl, inputs, outputs, {n: t[:, None] for n, t in traced.items()}, simulator) is None


def test_a_relu_is_in_the_module_of_the_product_before_it(fast_simulator, tmp_path):
    planned = plan(network("a", "b", Tensor((4,), Fixed.parse("ufixed<7,3,RND,SAT>"))))
    product, relu = planned.steps
    assert [instance.module for instance in product.instances] == ["acc_fifo", "acc_mvau"] and not relu.instances
    assert planned.latency == plan(network("a", "b")).latency - 1
    assert list(planned.made) == ["b"]
    assert_exact(planned, fast_simulator, tmp_path)


def test_a_product_that_others_read_keeps_its_own_results():
    graph = network("a", "b", Tensor((4,), Fixed.parse("ufixed<7,3,RND,SAT>")))
    also_given = replace(graph, outputs=(graph.nodes[0].output, *graph.outputs))
    another = replace(graph.nodes[1], name="c", output=replace(graph.output, name="c"))
    read_twice = Graph("dut", graph.inputs, (*graph.nodes, another), (graph.output, another.output))
    for other in (also_given, read_twice):
        assert all(step.instances for step in plan(other).steps)


@pytest.mark.parametrize(("layers", "fifos"), [(8, 1), (9, 2)])
def test_ready_passes_through_eight_modules_and_never_from_end_to_end(layers, fifos, fast_simulator, tmp_path):
    """Dense layers that take a beat every cycle: there is a FIFO before the first, and before the ninth."""
    product = affine(np.random.default_rng(1), 4, 4, "fixed<8,2>", "fixed<8,2>", "fixed<20,8>")
    nodes = [Dense(f"layer{number}", VALUES, VALUES, product, 1) for number in range(layers)]
    planned = plan(chain("dut", *nodes))
    assert sum(instance.module == "acc_fifo" for instance in planned.instances) == fifos
    assert planned.instances[0].module == "acc_fifo"
    assert (planned.latency, planned.ii) == (fifos + 3 * layers, 1)
    assert_exact(planned, fast_simulator, tmp_path)


def test_memories_of_two_layers_never_have_one_name():
    gru = recurrent(Gru, 4, 2, features=4, x="fixed<8,4>", y="fixed<8,4>").nodes[0]
    product = affine(np.random.default_rng(1), 4, 4, "fixed<8,2>", "fixed<8,2>", "fixed<20,8>")
    dense = Dense("gru_recurrent", gru.output, gru.output, product, 4)
    planned = plan(chain("dut", gru, dense))
    files = [name for instance in planned.instances for name in instance.memories]
    assert len(set(files)) == len(files) == 4 and "gru_recurrent_2.mem" in files


def test_the_last_frame_does_not_count_for_the_interval(fast_simulator, tmp_path):
    """Nothing behind it holds up the windows at its end: it comes earlier than a frame that others follow."""
    rng = np.random.default_rng(1)
    slow = conv(rng, (4, 5, 1), (1, 1), (1, 1), (0, 0, 0, 0), 2, 2).nodes[0]
    wide = conv(rng, (4, 5, 2), (3, 3), (1, 1), (1, 1, 1, 1), 1, 1, x=str(slow.output.type)).nodes[0]
    planned = plan(chain("dut", slow, replace(wide, name="wide")))
    assert planned.ii == 2 * 20
    rtl = project.write(project.generate(planned, "dut"), tmp_path / "rtl")
    raw = frames(rng, planned.graph, 4)
    found = bulk.check(
        rtl, framed(raw, planned.sources), framed(golden.predict(planned.graph, raw), planned.outputs), fast_simulator
    )
    assert found.passed and (found.latency, found.ii) == (planned.latency, planned.ii)
