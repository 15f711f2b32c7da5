"""When each layer works on a frame, by the timing model alone."""

from __future__ import annotations

import numpy as np
import pytest

from accel.fixed import Fixed
from accel.ir.graph import Cast, Dense, Graph, Merge, Operation, Tensor, chain
from accel.rtl import activity
from accel.rtl.plan import Plan, plan
from tests.rtl.random_graphs import affine

FRAME, ROUNDED, COARSE = (
    Tensor((6, 4), Fixed.parse(text)) for text in ("fixed<8,4>", "fixed<8,4,RND,SAT>", "fixed<6,4,RND,SAT>")
)


@pytest.fixture(scope="module")
def planned() -> Plan:
    """A fast dense layer before a slow one that rounds, as what is behind it does; six steps of four channels."""
    product = affine(np.random.default_rng(1), 4, 4, "fixed<8,2>", "fixed<8,2>", "fixed<20,8>")
    layers = Dense("fast", FRAME, FRAME, product, 1), Dense("slow", FRAME, ROUNDED, product, 4)
    return plan(chain("dut", *layers, Cast("last", ROUNDED, COARSE, relu=False)))


def test_the_slow_layer_is_busy_and_the_fast_one_waits_for_it(planned: Plan) -> None:
    cycles = planned.latency + 1
    fast, slow, last = activity.activity(planned, cycles)
    assert [fast.name, slow.name, last.name] == ["fast", "slow", "last"]
    assert len(slow.busy) == cycles and set(slow.busy) <= {0, 1}
    assert slow.busy.sum() >= 6 * 4 and not slow.full.any()
    assert fast.full.sum() > 6 and fast.busy.sum() < slow.busy.sum()
    assert not np.any(fast.busy * fast.full)
    assert last.busy[-1] or last.busy[-2]
    assert last.busy.argmax() > slow.busy.argmax() > fast.busy.argmax()


def test_stretches_are_means(planned: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = activity.activity(planned, planned.latency + 1)
    for coarse, fine in zip(activity.activity(planned, 1), whole, strict=True):
        assert coarse.busy == pytest.approx([fine.busy.mean()]) and coarse.full == pytest.approx([fine.full.mean()])
    monkeypatch.setattr(activity, "LONGEST", 3)
    assert activity.activity(planned, 10) == ()


def test_each_input_is_offered_its_own_beats() -> None:
    """One has six beats, the other one, which is repeated."""
    few = Tensor((1, 4), FRAME.type, "few")
    many = Tensor(FRAME.shape, FRAME.type, "many")
    made = Tensor(FRAME.shape, FRAME.type, "sum")
    planned = plan(Graph("dut", (many, few), (Merge("sum", many, made, (few,), Operation.ADD),), (made,)))
    (row,) = activity.activity(planned, planned.latency + 1)
    assert row.busy.sum() >= 6 and row.busy[-2:].any()
