"""That the extreme chains are extreme: else they would pass without having tried anything."""

from __future__ import annotations

import numpy as np
import pytest

from accel.fixed import Overflow
from accel.hls import convert, ranges
from accel.ir import golden
from accel.ir.graph import Conv, Dense, Graph, Node, Scale
from accel.ir.lower import lower
from tests.conformance.extremes import EXTREMES

FRAMES = 64
NEAR = 0.05  # of the range; what SAT_ZERO and WRAP leave next to a bound is not hit at will


@pytest.fixture(scope="module", params=EXTREMES, ids=lambda extreme: extreme.name)
def graph(request, tmp_path_factory) -> Graph:
    folder = tmp_path_factory.mktemp(request.param.name)
    network = request.param.network()
    noise = np.random.default_rng(2).uniform(-1, 1, (8, *network.input_shape[1:])).astype(np.float32)
    return lower(convert.convert(network, request.param.design(), ranges.measure(network, noise), folder / "hls"))


def products(graph: Graph) -> list[Node]:
    return [node for node in graph.nodes if isinstance(node, Conv | Dense | Scale)]


def test_results_reach_both_bounds(graph):
    type_ = graph.input.type
    raw = np.random.default_rng(4).integers(type_.lo, type_.hi, (FRAMES, *graph.input.shape), endpoint=True)
    made = golden.trace(graph, raw)
    short = {}
    for node in products(graph):
        y, type_ = made[node.name], node.output.type
        saturates = type_.overflow in (Overflow.SAT, Overflow.SAT_SYM)
        slack = 0 if saturates else NEAR * (type_.hi - type_.lo)
        least = -type_.hi if type_.overflow is Overflow.SAT_SYM else type_.lo
        if y.min() > least + slack or y.max() < type_.hi - slack:
            short[node.name] = (str(type_), int(y.min()), int(y.max()))
    assert not short


def test_weights_reach_both_bounds(graph):
    for node in graph.nodes:
        if isinstance(node, Conv | Dense):
            weights, type_ = node.affine.weights, node.affine.weight_type
            assert weights.min() <= type_.lo + NEAR * type_.hi and weights.max() >= type_.hi * (1 - NEAR), node.name


def test_accumulators_and_reuse_factors_are_of_all_kinds(graph):
    layers = [node for node in graph.nodes if isinstance(node, Conv | Dense)]
    dropped = {n.affine.accum.fraction < n.input.type.fraction + n.affine.weight_type.fraction for n in layers}
    assert dropped == {True, False}
    shares = [n.reuse / n.affine.weights.size for n in layers]
    assert 1 in shares and any(0 < share < 0.5 and n.reuse > 1 for share, n in zip(shares, layers, strict=True))
    assert 1 in [n.reuse for n in layers]
