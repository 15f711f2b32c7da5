"""Reuse factors by rate matching: no layer is slower than asked, none has more multipliers than it needs for that."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from accel.errors import AccelError
from accel.fixed import Fixed
from accel.ir.graph import Dense, Graph, Gru, Lstm, Tensor, chain
from accel.reuse import valid_factors
from accel.rtl import folding
from accel.rtl.placing import entering
from accel.rtl.plan import plan
from accel.synth.families import FAMILIES
from tests.rtl import random_graphs
from tests.rtl.random_recurrent import recurrent

XC7 = FAMILIES["xc7"].fabric
TYPES = ("fixed<8,2>", "fixed<8,2>", "fixed<24,8>")


def dense(name: str, source: Tensor, n_out: int) -> Dense:
    """A dense layer over the last axis, every factor 1."""
    output = Tensor((*source.shape[:-1], n_out), Fixed(8, 4))
    affine = random_graphs.affine(np.random.default_rng(1), source.channels, n_out, *TYPES)
    return Dense(name, source, output, affine, 1)


def network() -> Graph:
    """Convolution over 8 x 8 pixels, a dense layer on each, and one on what is left of a row's width."""
    first = random_graphs.conv(np.random.default_rng(2), (8, 8, 2), (3, 3), (1, 1), (0, 0, 0, 0), 4, 1).nodes[0]
    second = dense("second", first.output, 6)
    return chain("dut", first, second, dense("third", second.output, 3))


@pytest.mark.parametrize("ii", [300, 1000, 5000])
def test_an_interval_that_is_asked_for_is_kept_with_the_fewest_multipliers(ii):
    graph = network()
    chosen = folding.choose(graph, XC7, 0, ii)
    made = plan(folding.applied(graph, chosen))
    assert made.ii <= ii
    source = entering(graph.input)
    for step in made.steps:
        lanes = step.node.affine.n_in
        larger = [r for r in valid_factors(lanes, step.node.affine.n_out) if r > step.node.reuse]
        if larger:  # the next factor would be too slow, or stay so only if nothing came in bursts
            slower = folding.cycles(replace(step.node, reuse=larger[0]), source)
            assert slower > folding.SPARE[-1] * ii
        source = step.instances[-1].output


def test_the_part_holds_what_is_taken_without_one() -> None:
    graph = network()
    fastest, *slower = (
        plan(folding.applied(graph, folding.choose(graph, XC7, 200, None, holds=holds)))
        for holds in (lambda _: True, lambda made: made.multipliers <= 50, lambda made: made.ii >= 300)
    )
    assert slower[0].multipliers <= 50 < fastest.multipliers
    assert slower[1].ii >= 300 > fastest.ii
    kept = folding.choose(graph, XC7, 200, None, holds=lambda _: False)
    assert plan(folding.applied(graph, kept)).ii == fastest.ii


def test_without_one_the_fastest_that_fits_is_taken():
    graph, before = network(), None
    for dsp in (20, 60, 200):
        made = plan(folding.applied(graph, folding.choose(graph, XC7, dsp, None)))
        assert made.dsp(XC7) <= dsp
        assert before is None or (made.ii < before.ii and made.dsp(XC7) > before.dsp(XC7))
        before = made
    assert before.ii >= 64


def test_what_does_not_fit_at_all_gets_the_largest_factors():
    graph = network()
    chosen = folding.choose(graph, XC7, 0, None)
    assert all(chosen[node.name].reuse == node.affine.weights.size for node in graph.nodes)


def test_factors_of_a_layer_s_own_stay():
    graph = network()
    chosen = folding.choose(graph, XC7, 100, None, kept=["second"])
    assert set(chosen) == {"conv", "third"}


def test_what_no_layer_can_keep_is_refused():
    with pytest.raises(
        AccelError, match="layer 'conv': takes at least 64 cycles for a frame; expected at least that II"
    ):
        folding.choose(network(), XC7, 1000, 63)


@pytest.mark.parametrize("kind", [Gru, Lstm])
@pytest.mark.parametrize(("units", "recurrent_reuse", "reuse"), [(4, 1, 1), (4, 4, 12), (6, 12, 3), (4, 2, 48)])
def test_cycles_of_recurrent_layers_are_what_they_take(kind, units, recurrent_reuse, reuse):
    features = 12
    if reuse not in valid_factors(features, (3 if kind is Gru else 4) * units):
        reuse = features
    graph = recurrent(kind, units, recurrent_reuse, features=features, reuse=reuse, steps=5)
    assert folding.cycles(graph.nodes[0], entering(graph.input)) == plan(graph).ii


@pytest.mark.parametrize("kind", [Gru, Lstm])
def test_both_products_of_a_recurrent_layer_share_one_pace(kind):
    graph = recurrent(kind, 4, 1, features=6, steps=5)
    fast, slow = (folding.choose(graph, XC7, 0, ii)[graph.nodes[0].name] for ii in (100, 400))
    assert slow.reuse > fast.reuse and slow.recurrent_reuse > fast.recurrent_reuse
    node = replace(graph.nodes[0], reuse=slow.reuse, recurrent_reuse=slow.recurrent_reuse)
    assert plan(random_graphs.single(node)).ii <= 400
