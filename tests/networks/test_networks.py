"""Every network becomes hardware as fast as its slowest layer; `benchmarks/networks.py` simulates all of them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from accel.flow import conversion, cosim
from accel.ir import golden
from accel.progress import SILENT
from accel.rtl import folding, project
from accel.rtl.plan import Plan, plan
from accel.sim import bulk
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


def named(name: str) -> Network:
    return next(network for network in NETWORKS if network.name == name)


def in_both_types(name: str, folder: Path) -> dict[str, Plan]:
    """The plans of a network by precision, `auto` and hls4ml's own."""
    network = named(name)
    request, planned = network.request(network.saved(folder)), {}
    for precision in ("auto", "fixed<16,6>"):
        done = conversion.make(replace(request, precision=precision), SILENT)
        planned[precision] = plan(conversion.integers(done.hls_graph, done.design.part))
    return planned


def test_the_jet_tagger_takes_a_cycle_for_each_product_and_each_level_of_its_trees(
    fast_simulator: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Behind one FIFO 1 + 3, 1 + 4, 1 + 4 and 1 + 4. Sums are rounded and limited as their last two terms are added, at
    no cycle; but for the second layer, whose 64 products and bias leave three to the last addition.
    """
    monkeypatch.chdir(tmp_path)
    planned = in_both_types("jet_tagger", tmp_path)
    assert {name: (one.latency, one.ii) for name, one in planned.items()} == {"auto": (21, 1), "fixed<16,6>": (20, 1)}
    for precision, one in planned.items():
        rtl = project.write(project.generate(one, "dut"), tmp_path / precision)
        raw = np.random.default_rng(1).integers(-(1 << 12), 1 << 12, (8, 16))
        found = bulk.check(rtl, raw[:, None], golden.predict(one.graph, raw)[:, None], fast_simulator)
        assert found.passed and (found.latency, found.ii) == (one.latency, 1)


@pytest.mark.parametrize(("kind", "auto", "plain"), [("lstm", 198, 176), ("gru", 198, 196)])
def test_top_tagging_takes_at_most_200_cycles(
    kind: str, auto: int, plain: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    planned = in_both_types(f"top_tag_{kind}", tmp_path)
    assert {name: one.latency for name, one in planned.items()} == {"auto": auto, "fixed<16,6>": plain}


def test_two_inputs_and_two_outputs_are_exact(
    fast_simulator: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    network = named("two_and_two")
    done = cosim.run(network.request(network.saved(tmp_path)), fast_simulator, frames=4)
    assert done.passed and done.report.timed and len(done.report.edges) > 10
