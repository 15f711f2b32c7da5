"""Tensors that a change does not reach are not computed again, and never mistaken for others."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from accel import rows
from accel.fixed import Fixed
from accel.ir import golden
from accel.ir.graph import Graph, Reshape, Tensor, chain
from accel.ir.memory import Memory
from tests.rtl import random_graphs as make


def network(**types: str) -> Graph:
    rng = np.random.default_rng(3)
    conv = make.conv(rng, (6, 6, 2), (3, 3), (1, 1), (1, 1, 1, 1), 4, 1, **types).nodes[0]
    pool = make.pool((6, 6, 4), (2, 2), (2, 2), "max", x=str(conv.output.type)).nodes[0]
    flat = Reshape("flat", pool.output, Tensor((36,), pool.output.type))
    dense = make.dense(rng, 36, 3, 1, x=str(pool.output.type)).nodes[0]
    return chain("dut", conv, pool, flat, dense)


def remembering(graph: Graph, x: np.ndarray, **most: int) -> Memory:
    """A memory of raw inputs (frames, *shape) of the graph's type."""
    return Memory(rows.to_float(x, graph.inputs), **most)


@pytest.fixture
def evaluated(monkeypatch) -> list[str]:
    """The layers that were computed since the list was cleared."""
    names, evaluate = [], golden.evaluate
    monkeypatch.setattr(golden, "evaluate", lambda node, x: names.append(node.name) or evaluate(node, x))
    return names


def test_only_what_a_change_reaches_is_computed(evaluated):
    graph = network()
    x = make.frames(np.random.default_rng(1), graph, 5)
    memory = remembering(graph, x)
    conv, pool, flat, dense = graph.nodes
    other = replace(dense, affine=replace(dense.affine, bias=dense.affine.bias + 1))
    finer = replace(conv, affine=replace(conv.affine, accum=Fixed.parse("fixed<20,10>")))
    for changed, reached in (
        (graph, ["conv", "pool", "flat", "dense"]),
        (graph, []),
        (chain("dut", replace(conv, name="other", reuse=2), pool, flat, dense), []),
        (replace(graph, nodes=(conv, pool, flat, other)), ["dense"]),
        (replace(graph, nodes=(finer, pool, flat, dense)), ["conv", "pool", "flat", "dense"]),
        (graph, []),
    ):
        wanted = golden.predict(changed, x)
        evaluated.clear()
        np.testing.assert_array_equal(memory.predict(changed), wanted)
        assert evaluated == reached


def test_inputs_of_another_type_are_others(evaluated):
    graph = network()
    memory = remembering(graph, make.frames(np.random.default_rng(1), graph, 5))
    coarse = Fixed.parse("fixed<5,4,RND,SAT>")
    conv = replace(graph.nodes[0], input=replace(graph.input, type=coarse))
    other = replace(graph, nodes=(conv, *graph.nodes[1:]), inputs=(conv.input,))
    for changed in (graph, other, graph):
        wanted = golden.predict(changed, rows.from_float(memory._x, changed.inputs))
        np.testing.assert_array_equal(memory.predict(changed), wanted)
    assert evaluated.count("conv") == 2 + 3


def test_oldest_tensors_go_first(evaluated):
    graph = network()
    x = make.frames(np.random.default_rng(1), graph, 5)
    # What 5 frames take behind the convolution.
    memory = remembering(graph, x, most_bytes=5 * (36 + 36 + 3 * 2))
    wanted = golden.predict(graph, x)
    for reached in (["conv", "pool", "flat", "dense"], []):
        evaluated.clear()
        np.testing.assert_array_equal(memory.predict(graph), wanted)
        assert evaluated == reached
    conv = graph.nodes[0]
    memory.predict(
        replace(graph, nodes=(replace(conv, affine=replace(conv.affine, bias=-conv.affine.bias)), *graph.nodes[1:]))
    )
    evaluated.clear()
    np.testing.assert_array_equal(memory.predict(graph), wanted)
    assert evaluated == ["conv", "pool", "flat", "dense"]


def test_frames_in_other_parts_are_computed_again(evaluated, monkeypatch):
    graph = network()
    x = make.frames(np.random.default_rng(1), graph, 5)
    memory = remembering(graph, x)
    wanted, most = golden.predict(graph, x), max(tensor.size for tensor in graph.tensors)
    for at_once, parts in ((2, 3), (3, 2), (5, 1), (2, 0)):
        monkeypatch.setattr(golden, "AT_ONCE", at_once * most)
        evaluated.clear()
        np.testing.assert_array_equal(memory.predict(graph), wanted)
        assert evaluated.count("conv") == parts


def test_results_of_more_than_62_bits_are_kept_exactly():
    graph = network(acc="fixed<64,50>", y="fixed<64,46>")
    x = make.frames(np.random.default_rng(1), graph, 3)
    memory = remembering(graph, x)
    for _ in range(2):
        np.testing.assert_array_equal(memory.predict(graph), golden.predict(graph, x))
