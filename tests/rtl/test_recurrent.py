"""GRU and LSTM in RTL, behind their input product: against the integer model and the plan."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from accel.errors import AccelError
from accel.fixed import Fixed
from accel.ir import golden
from accel.ir.graph import Gru, Lstm, Recurrent
from accel.reuse import valid_factors
from accel.rtl import project
from accel.rtl.layers.recurrent import rounds, step_cycles
from accel.rtl.plan import plan
from accel.sim import bulk
from accel.sim.drive import Pace
from tests.rtl import random_graphs as make
from tests.rtl.random_recurrent import recurrent
from tests.rtl.simulate import lint, read_in_yosys

FRAMES = 4
CASES = {
    "gru": recurrent(Gru, 4, 1),
    "gru_sequences": recurrent(Gru, 6, 3, sequences=True),
    "gru_one_unit": recurrent(Gru, 1, 3),
    "gru_rounds": recurrent(Gru, 6, 18, reuse=9, sequences=True, acc="fixed<12,8,RND_CONV>", y="fixed<8,1,RND,SAT>"),
    "gru_largest_reuse": recurrent(
        Gru, 4, 48, acc="fixed<9,5>", y="fixed<12,3,RND_ZERO,SAT_ZERO>", table="fixed<18,1>"
    ),
    "gru_wide": recurrent(Gru, 3, 1, w="ufixed<5,1>", acc="fixed<36,16>", y="fixed<18,2>", size=2048),
    "gru_between": recurrent(Gru, 4, 6, sequences=True),
    "gru_rounds_of_all": recurrent(Gru, 4, 3, reuse=2),
    "lstm_between": recurrent(Lstm, 6, 16, reuse=8),
    "gru_relu": recurrent(Gru, 6, 3, sequences=True, functions=("sigmoid", "relu"), y="fixed<16,6,RND,SAT>"),
    "gru_relu_gates": recurrent(Gru, 4, 8, functions=("relu", "sigmoid"), w="fixed<5,-1>", y="fixed<16,5,TRN,SAT>"),
    "lstm_relu_gates": recurrent(Lstm, 4, 2, functions=("relu", "tanh"), sequences=True, w="fixed<6,0>"),
    "lstm_relu": recurrent(
        Lstm, 3, 1, functions=("tanh", "relu"), sequences=True, acc="fixed<20,9,RND_ZERO>", y="fixed<18,8>"
    ),
    "gru_hard_gates": recurrent(Gru, 4, 3, functions=("hard_sigmoid", "tanh"), sequences=True),
    "lstm": recurrent(Lstm, 4, 1),
    "lstm_one_step": recurrent(Lstm, 2, 2, steps=1, sequences=True),
    "lstm_one_unit": recurrent(Lstm, 1, 1),
    "lstm_saturates": recurrent(
        Lstm, 6, 3, acc="fixed<20,10>", y="fixed<10,2,RND,SAT_SYM>", table="fixed<10,2>", size=512
    ),
    "lstm_rounds": recurrent(Lstm, 6, 12, sequences=True, reuse=12, features=4),
    "lstm_largest_reuse": recurrent(Lstm, 4, 64, sequences=True, acc="fixed<14,6>", y="fixed<12,3,RND_CONV,SAT>"),
}
PACES = (Pace(idle=40), Pace(stall=70, seed=2), Pace(idle=60, stall=60, seed=3))
LEAVES = (
    "acc_requant",
    "acc_delay",
    "acc_collect",
    "acc_adder_tree",
    "acc_multiply",
    "acc_products",
    "acc_dots",
    "acc_weights",
    "acc_select",
    "acc_table",
)
MODULES = (
    *LEAVES,
    "acc_blend",
    "acc_ring",
    "acc_recurrent_control",
    "acc_recurrent_sums",
    "acc_recurrent_state",
    "acc_gru_lane",
    "acc_gru",
    "acc_lstm_lane",
    "acc_lstm",
)


@pytest.mark.parametrize("name", CASES)
def test_equals_golden_and_plan_at_every_pace(name: str, fast_simulator: str, tmp_path: Path):
    graph = CASES[name]
    planned, node = plan(graph), graph.nodes[0]
    rtl = project.write(project.generate(planned, "dut"), tmp_path / "rtl")
    x = make.frames(np.random.default_rng(11), graph, FRAMES)
    expected = golden.predict(graph, x)
    assert np.unique(expected).size > 4 or node.units == 1, "hardly an output: nothing is shown"
    beats = x.reshape(FRAMES, planned.source.beats, -1), expected.reshape(FRAMES, planned.output.beats, -1)
    result = bulk.check(rtl, *beats, fast_simulator).require()
    assert (result.latency, result.ii) == (planned.latency, planned.ii)
    assert result.ii == node.steps * step_cycles(node)
    for pace in PACES:
        bulk.check(rtl, *beats, fast_simulator, pace=pace).require()


def test_lstm_of_20_units_takes_8_cycles_a_step(fast_simulator: str, tmp_path: Path):
    graph = recurrent(Lstm, 20, 1, steps=20, features=6, w="fixed<4,1>", acc="fixed<14,7>")
    planned = plan(graph)
    rtl = project.write(project.generate(planned, "dut"), tmp_path / "rtl")
    x = make.frames(np.random.default_rng(11), graph, 3)[2:]
    expected = golden.predict(graph, x)
    result = bulk.check(rtl, x, expected[:, None], fast_simulator).require()
    assert step_cycles(graph.nodes[0]) == 8
    assert result.latency == planned.latency == 163


def test_gru_of_20_units_takes_9_cycles_a_step():
    graph = recurrent(Gru, 20, 1, steps=20, features=6, w="fixed<4,1>", acc="fixed<14,7>")
    assert step_cycles(graph.nodes[0]) == 9
    assert plan(graph).latency == 183


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"acc": "fixed<18,8,TRN,SAT>"}, "accumulator fixed<18,8,TRN,SAT>; expected a signed type that wraps"),
        ({"y": "ufixed<12,3>"}, "result ufixed<12,3>; expected a signed type"),
        ({"acc": "fixed<8,9>"}, "accumulator fixed<8,9>"),
        ({"size": 1000}, "table of 1000 entries; expected a power of two"),
        ({"size": 2}, "tables of 2 entries"),
        ({"acc": "fixed<40,30>"}, "overflows the 32-bit index"),
        ({"recurrent_reuse": 5}, "reuse factor 5"),
        ({"reuse": 5}, "reuse factor 5"),
    ],
    ids=str,
)
def test_refuses(changes: dict, message: str):
    with pytest.raises(AccelError, match=message.replace("<", "\\<")):
        plan(recurrent(Lstm, **{"units": 4, "recurrent_reuse": 1, **changes}))


def test_refuses_two_accumulators():
    graph = recurrent(Gru, 4, 1)
    node = graph.nodes[0]
    other = replace(node.kernel, accum=Fixed.parse("fixed<20,8>"))
    with pytest.raises(AccelError, match="one for W and U"):
        plan(replace(graph, nodes=(replace(node, kernel=other),)))


@pytest.mark.parametrize(
    ("reuse", "wide", "multiplied"),
    [(1, 32, 3 * 32 * 32 + 96), (8, 4, 384 + 12), (96, 1, 32 + 3), (3072, 1, 1 + 3)],
)
def test_lanes_follow_the_reuse_factor(reuse: int, wide: int, multiplied: int):
    shape = rounds(recurrent(Gru, 32, reuse, features=4).nodes[0])
    assert (shape.reuse, shape.lanes, shape.multipliers) == (reuse, wide, multiplied)


@pytest.mark.parametrize("kind", [Gru, Lstm])
def test_the_gates_add_at_most_12_cycles_to_those_of_the_product(kind: type[Recurrent]):
    node = recurrent(kind, 128, 1, y="fixed<12,3,RND,SAT>").nodes[0]
    for reuse in valid_factors(128, node.recurrent.n_out):
        assert step_cycles(replace(node, recurrent_reuse=reuse)) <= reuse + 12


@pytest.mark.parametrize("module", MODULES[4:])
def test_module_is_portable(module: str, tmp_path: Path):
    needed = MODULES[: MODULES.index(module)]
    lint(module, needed)
    read_in_yosys(module, needed, tmp_path)


@pytest.mark.parametrize(("module", "gates"), [("acc_gru", 3), ("acc_lstm", 4)])
@pytest.mark.parametrize(("fold", "parallel"), [(1, None), (1, 1), (4, None), (2, 2)])
def test_shapes_lint(module: str, gates: int, fold: int, parallel: int | None):
    """Of 4 units: rounds of all outputs, of one and of two."""
    rounds = gates * 4 // parallel if parallel else 1
    lint(module, MODULES[: MODULES.index(module)], {"Fold": fold, "Rounds": rounds, "HOverflow": fold % 2})
