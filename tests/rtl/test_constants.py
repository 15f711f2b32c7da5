"""Where weights end up, as Yosys sees it: constants at the multipliers for reuse 1, block RAM for a large ROM."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from accel.ir.graph import Graph, Gru
from accel.rtl.layers import Instance, Stream
from accel.rtl.packing import packed
from accel.rtl.plan import plan
from accel.synth.families import FAMILIES
from accel.synth.yosys import TOP, Yosys, design, run_yosys
from tests.rtl import random_graphs as make
from tests.rtl.random_recurrent import recurrent

XC7 = FAMILIES["xc7"].fabric
RNG = np.random.default_rng(3)


def unit(graph: Graph) -> tuple[Instance, tuple[Stream, ...]]:
    """The matrix-vector unit of a one-layer network, and the stream before it."""
    wired = (pair for step in plan(graph).steps for pair in step.wired)
    return next((instance, sources) for instance, sources in wired if instance.module == "acc_mvau")


def operands(graph: Graph, folder: Path) -> list[tuple[int, int]]:
    """How many variable bits the two operands of each multiplication have, after the constants went through the
    hierarchy.
    """
    files = design(*unit(graph))
    for name, text in files.items():
        (folder / name).write_text(text)
    sources = " ".join(name for name in files if name.endswith(".sv"))
    run_yosys(
        f"read_verilog -sv {sources}; hierarchy -top {TOP}; proc; flatten; opt; write_json net.json", folder, "reading"
    )
    cells = json.loads((folder / "net.json").read_text())["modules"][TOP]["cells"].values()
    pins = [cell["connections"] for cell in cells if cell["type"] == "$mul"]
    return [tuple(sum(isinstance(bit, int) for bit in pin[port]) for port in "AB") for pin in pins]


def test_weights_reach_the_multipliers_as_constants(tmp_path: Path):
    graph = make.dense(RNG, 12, 5, 1)
    found = operands(graph, tmp_path)
    weights = np.asarray(graph.nodes[0].affine.weights)
    assert 0 < len(found) <= np.count_nonzero(weights)
    assert all(min(pair) == 0 < max(pair) for pair in found)


def test_weights_of_a_rom_vary(tmp_path: Path):
    variable = [pair for pair in operands(make.dense(RNG, 12, 5, 3), tmp_path) if min(pair) > 0]
    assert len(variable) == 12 * 5 // 3


def test_a_large_rom_is_block_ram(tmp_path: Path):
    graph = make.dense(RNG, 32, 32, 512, w="fixed<16,4>")
    instance, sources = unit(graph)
    assert instance.memory_shapes == ((512, 2 * 16),)
    taken, planned = Yosys(tmp_path / "cache").synthesise(instance, sources), plan(graph)
    assert taken.bram == planned.bram(XC7) > 0
    assert taken.dsp == planned.dsp(XC7) == planned.multipliers == 2


@pytest.mark.parametrize(("outputs", "reuse", "blocks"), [(64, 36, True), (63, 36, False), (64, 32, False)])
def test_wide_weights_are_in_block_rams_of_an_ecp5(outputs: int, reuse: int, blocks: bool, tmp_path: Path):
    """From 1,024 bits in more than 32 words; in the 7 series in more than 64."""
    graph = make.dense(RNG, reuse, outputs, reuse, w="fixed<16,4>")
    for family, expected in (("ecp5", blocks), ("xc7", False)):
        own = FAMILIES[family]
        planned = plan(packed(graph, own.fabric))
        taken = Yosys(tmp_path / "cache", own).count(planned).values()
        assert sum(t.bram for t in taken) == planned.bram(own.fabric)
        assert (planned.bram(own.fabric) > 0) == expected


def test_memories_of_a_gru_are_the_planned_block_rams(tmp_path: Path):
    """Those of both weight matrices and of each gate's table, with the multipliers around them."""
    planned = plan(recurrent(Gru, 8, 96, steps=2, features=8, reuse=192, size=1024))
    taken = Yosys(tmp_path / "cache").count(planned).values()
    assert sum(t.bram for t in taken) == planned.bram(XC7) > 0
    assert sum(t.dsp for t in taken) == planned.dsp(XC7) == planned.multipliers


def test_a_small_rom_is_not(tmp_path: Path):
    instance, sources = unit(make.dense(RNG, 8, 4, 8))
    assert Yosys(tmp_path / "cache").synthesise(instance, sources).bram == 0
