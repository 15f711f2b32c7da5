"""Some random networks, and each that ever failed: every witness agrees. `make conformance` tries many more."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conformance.draw import draw
from tests.conformance.judge import Kind, judge
from tests.conformance.networks import Layer, Network
from tests.conformance.shrink import shrink

KEPT = Path(__file__).with_name("kept.jsonl").read_text().splitlines()
SEED = 266  # of those drawn here, which are small and of many kinds
DRAWN = 6


@pytest.mark.parametrize("index", range(DRAWN))
def test_drawn(index, fast_simulator, tmp_path):
    verdict = judge(draw(SEED, index), (fast_simulator,), tmp_path / "network")
    assert verdict.kind is Kind.EQUAL, verdict


@pytest.mark.parametrize("line", KEPT, ids=range(len(KEPT)))
def test_kept(line, fast_simulator, tmp_path):
    verdict = judge(Network.from_json(line), (fast_simulator,), tmp_path / "network")
    assert verdict.kind.good, verdict


def test_a_draw_repeats_and_survives_as_text():
    networks = [draw(3, index) for index in range(40)]
    assert networks == [draw(3, index) for index in range(40)]
    assert len({network.to_json() for network in networks}) == 40
    for network in networks:
        assert Network.from_json(network.to_json()).to_json() == network.to_json()


def test_a_failing_network_is_made_small():
    layers = (Layer("Conv1D", "conv", {"filters": 3, "kernel_size": [2]}), Layer("ReLU", "relu"), Layer("GRU", "gru"))
    own = {"conv": {"reuse": 2}, "relu": {"precision": {"result": "fixed<8,3>"}}}
    network = Network(1, (8, 2), layers, {"precision": "auto<8>", "strategy": "Latency", "layers": own})

    def fails(other: Network) -> bool:
        return any(layer.kind == "ReLU" for layer in other.layers) and other.shape[0] > 3

    small = shrink(network, fails)
    assert small == Network(1, (4, 1), (layers[1],), {"precision": "auto", "strategy": "Latency", "layers": {}})
