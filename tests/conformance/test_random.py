"""Some random networks, and each that ever failed: every witness agrees. `make conformance` tries many more."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.conformance.draw import TOGETHER, draw
from tests.conformance.judge import Judge, Kind
from tests.conformance.networks import Layer, Network, beside
from tests.conformance.shrink import shrink

KEPT = defaultdict(list)
for line in Path(__file__).with_name("kept.jsonl").read_text().splitlines():
    network = Network.from_json(line)
    KEPT[network.defaults].append(network)
SEED = 266  # of those drawn here, which are small and of many kinds
DRAWN = 3  # times `TOGETHER`
QUICK = 12  # of those without the C simulation


@pytest.mark.parametrize("group", range(DRAWN))
def test_drawn(group, fast_simulator, tmp_path):
    networks = [draw(SEED, TOGETHER * group + number) for number in range(TOGETHER)]
    verdicts = Judge((fast_simulator,), tmp_path / "networks").verdicts(networks)
    assert all(verdict.kind.good for verdict in verdicts), verdicts
    assert sum(verdict.kind is Kind.EQUAL for verdict in verdicts) > TOGETHER // 2, verdicts


def test_drawn_without_the_c_simulation(fast_simulator, tmp_path):
    networks = [draw(SEED + 1, index) for index in range(QUICK)]
    verdicts = Judge((fast_simulator,), tmp_path / "networks", csim=False).verdicts(networks)
    assert all(verdict.kind.good for verdict in verdicts), verdicts
    assert sum(verdict.kind is Kind.EQUAL for verdict in verdicts) > QUICK // 2, verdicts


@pytest.mark.parametrize("defaults", KEPT, ids=str)
def test_kept(defaults, fast_simulator, tmp_path):
    verdicts = Judge((fast_simulator,), tmp_path / "networks").verdicts(KEPT[defaults])
    assert all(verdict.kind.good for verdict in verdicts), verdicts


def test_a_draw_repeats_and_survives_as_text():
    networks = [draw(3, index) for index in range(40)]
    assert networks == [draw(3, index) for index in range(40)]
    assert len({network.to_json() for network in networks}) == 40
    for network in networks:
        assert Network.from_json(network.to_json()).to_json() == network.to_json()


def test_draws_fork_and_join_and_have_several_ends():
    networks = [draw(3, index) for index in range(100)]
    reads = [[name for layer in network.layers for name in layer.reads] for network in networks]
    assert sum(len(set(names)) < len(names) for names in reads) > 30, "forks"
    assert sum(any(len(layer.reads) > 1 for layer in network.layers) for network in networks) > 30, "joins"
    assert sum(len(network.inputs) > 1 for network in networks) > 10
    assert sum(len(network.outputs) > 1 for network in networks) > 10


def test_networks_side_by_side_are_what_they_are_alone():
    pair = [draw(3, 0), replace(draw(3, 0), seed=5)]
    model, settings = beside(pair)
    assert len(settings["layers"]) == sum(len(network.settings["layers"]) for network in pair)
    for number, network in enumerate(pair):
        for layer in network.build().layers:
            same = model.get_layer(f"n{number}_{layer.name}").get_weights()
            assert all(np.array_equal(a, b) for a, b in zip(layer.get_weights(), same, strict=True))


def test_a_failing_network_is_made_small():
    layers = (
        Layer("Conv1D", "conv", ("x",), {"filters": 3, "kernel_size": [2]}),
        Layer("ReLU", "relu", ("conv",)),
        Layer("Add", "add", ("relu", "conv")),
        Layer("GRU", "gru", ("add",)),
        Layer("Dense", "aside", ("y",), {"units": 2}),
    )
    own = {"conv": {"reuse": 2}, "relu": {"precision": {"result": "fixed<8,3>"}}, "y": {}}
    settings = {"precision": "auto<8>", "strategy": "Latency", "layers": own}
    network = Network(1, {"x": (8, 2), "y": (3,)}, layers, ("gru", "aside"), settings)

    def fails(other: Network) -> bool:
        return any(layer.kind == "ReLU" for layer in other.layers) and other.inputs["x"][0] > 3

    plain = {"precision": "auto", "strategy": "Latency", "layers": {}}
    assert shrink(network, fails) == Network(1, {"x": (4, 1)}, (replace(layers[1], reads=("x",)),), ("relu",), plain)
