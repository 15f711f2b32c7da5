"""The first layer, frame, beat and lane that differ."""

from __future__ import annotations

import json

import numpy as np
import pytest

from accel.errors import AccelError
from accel.rtl.folder import FILELIST
from accel.rtl.interface import FILE
from accel.sim import bulk
from accel.sim.locate import locate
from accel.sim.result import Kind, Mismatch
from accel.sim.runner import cosimulate


def test_a_folder_that_was_read_is_not_read_again(toy, fast_simulator: str) -> None:
    design = toy()
    rtl = design.rtl
    for name in (FILE, FILELIST):
        (design.folder / name).unlink()
    assert locate(rtl, design.inputs, design.expected, design.layers, fast_simulator) is None
    assert bulk.check(rtl, design.inputs, design.expected, fast_simulator).passed
    assert cosimulate(rtl, design.inputs, design.expected, fast_simulator, patterns=0, reset=0).passed


def test_wrong_layer(toy, simulator: str) -> None:
    design = toy(6)
    due = int(design.layers["pair"][1, 3, 1])
    found = locate(design.rtl, design.inputs, design.expected, design.layers, simulator)
    assert found == Mismatch("pair", 1, 3, 1, due, due ^ 1)
    assert str(found) == f"pair: frame 1, beat 3, lane 1: expected {due}, got {due ^ 1}"


def test_wrong_first_layer(toy, fast_simulator: str) -> None:
    design = toy()
    memory = design.folder / "toy.mem"
    memory.write_text(memory.read_text().replace("064", "065"))
    found = locate(design.rtl, design.inputs, design.expected, design.layers, fast_simulator)
    due = int(design.layers["add"][0, 0, 2])
    assert found == Mismatch("add", 0, 0, 2, due, due + 1)


def test_corrupted_expectation_is_the_output(toy, fast_simulator: str) -> None:
    design = toy()
    wrong = design.expected.copy()
    wrong[2, 1, 0] ^= 1
    found = locate(design.rtl, design.inputs, wrong, design.layers, fast_simulator)
    assert found == Mismatch("output", 2, 1, 0, int(wrong[2, 1, 0]), int(design.expected[2, 1, 0]))


def test_dropped_beat(toy, fast_simulator: str) -> None:
    design = toy(1, frames=1)
    constant = {name: np.zeros_like(values) for name, values in design.layers.items()}
    assert locate(design.rtl, design.inputs, design.expected, design.layers, fast_simulator).beat == 1
    found = locate(design.rtl, design.inputs, design.expected, {"add": design.layers["add"]}, fast_simulator)
    assert (found.layer, found.beat, found.lane) == ("output", 1, 0)
    silent = design.inputs * 0 - np.array([5, -7, 100])  # every sum is 0: only the number of beats tells
    found = locate(design.rtl, silent, constant["pair"], constant, fast_simulator)
    assert found == Mismatch("pair", 1, 2, None, 0, None, Kind.MISSING)  # one of each frame, which is sent twice


def test_nothing_wrong(toy, fast_simulator: str) -> None:
    design = toy()
    assert locate(design.rtl, design.inputs, design.expected, design.layers, fast_simulator) is None


def test_refusals(toy, fast_simulator: str) -> None:
    design = toy()
    with pytest.raises(AccelError, match=r"layer 'add': expected values of shape \(6, 8, 3\), got \(6, 4, 3\)"):
        locate(design.rtl, design.inputs, design.expected, {"add": design.expected}, fast_simulator)
    fields = json.loads(design.interface.to_json())
    fields["layers"][0]["name"] = "conv"
    (design.folder / FILE).write_text(json.dumps(fields))
    with pytest.raises(AccelError, match="no trace of layer 'conv'"):
        locate(design.rtl, design.inputs, design.expected, {"conv": design.layers["add"]}, fast_simulator)
