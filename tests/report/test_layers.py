"""Rows of the table of layers, of planned graphs."""

from __future__ import annotations

import numpy as np
import pytest

from accel.report.layers import planned_rows
from accel.rtl.plan import plan
from accel.synth.families import FAMILIES
from tests.rtl import random_graphs as make

XC7 = FAMILIES["xc7"].fabric
RNG = np.random.default_rng(3)
CASES = {
    "dense": make.dense(RNG, 6, 4, 3),
    "dense_steps": make.dense(RNG, 5, 3, 5, steps=7),
    "conv": make.conv(RNG, (5, 6, 2), (3, 3), (1, 1), (1, 1, 1, 1), 3, 6),
    "conv_stride": make.conv(RNG, (7, 8, 2), (3, 3), (2, 2), (0, 1, 0, 1), 3, 1),
    "conv_valid": make.conv(RNG, (5, 6, 2), (3, 3), (1, 1), (0, 0, 0, 0), 3, 3),
    "conv_stride_fold": make.conv(RNG, (7, 8, 2), (3, 3), (2, 1), (1, 1, 1, 1), 3, 6),
    "pool": make.pool((6, 6, 3), (2, 2), (2, 2), "max"),
    "softmax": make.softmax(RNG, 5),
}


@pytest.mark.parametrize("name", CASES)
def test_cycles_of_a_layer_alone_are_its_interval(name):
    planned = plan(CASES[name])
    (row,) = planned_rows(planned, XC7)
    assert row.cycles == planned.ii
    assert (row.multipliers, row.dsp, row.bram) == (planned.multipliers, planned.dsp(XC7), planned.bram(XC7))
    assert row.shape == CASES[name].output.shape


def test_types_and_reuse():
    graph = CASES["conv"]
    (row,) = planned_rows(plan(graph), XC7)
    node = graph.nodes[0]
    assert (row.kind, row.reuse) == ("conv", "6")
    assert (row.input_type, row.output_type) == (str(node.input.type), str(node.output.type))
    assert (row.weight_type, row.accum_type) == (str(node.affine.weight_type), str(node.affine.accum))
    (softmax,) = planned_rows(plan(CASES["softmax"]), XC7)
    assert (softmax.weight_type, softmax.reuse) == (None, None)
