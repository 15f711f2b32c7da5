"""Every network becomes hardware as fast as its slowest layer; `benchmarks/networks.py` simulates all of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from accel.flow import conversion, cosim
from accel.progress import SILENT
from accel.rtl import folding
from accel.rtl.plan import plan
from accel.synth import parts
from tests.networks.every import NETWORKS, Network


@pytest.mark.parametrize("network", NETWORKS, ids=lambda network: network.name)
def test_the_slowest_layer_alone_sets_the_pace(
    network: Network, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    done = conversion.make(network.request(network.saved(tmp_path)), SILENT)
    planned = plan(conversion.integers(done.hls_graph, done.design.part))
    beats = [source.beats for source in planned.sources]
    assert planned.ii == max(*beats, *(folding.cycles(step.node, step.source) for step in planned.steps))
    part = parts.find(done.design.part)
    assert planned.multipliers > 100 and ("reuse" in network.settings or planned.dsp(part.family.fabric) <= part.dsp)


def test_two_inputs_and_two_outputs_are_exact(
    fast_simulator: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    network = next(network for network in NETWORKS if network.name == "two_and_two")
    done = cosim.run(network.request(network.saved(tmp_path)), fast_simulator, frames=4)
    assert done.passed and done.report.timed and len(done.report.edges) > 10
