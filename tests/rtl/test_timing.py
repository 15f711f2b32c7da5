"""The timing models where no hardware is beside them: circuits that never deliver, and units that read one stream."""

from __future__ import annotations

from dataclasses import replace

import pytest

from accel.errors import AccelError
from accel.rtl.circuit import Circuit
from accel.rtl.plan import plan
from accel.rtl.timing import Unit, fifo, recurrence, sequencer, splitter
from tests.rtl.random_graphs import pool, single


def chained(units: list[Unit]) -> Circuit:
    """Each reads the one before it."""
    return Circuit(units, [(number,) for number in range(len(units))], 1, [len(units)])


@pytest.mark.parametrize("units", [[sequencer(3, 5, 4)], [fifo(3), recurrence(900, 9, False, 3, 2, 1)]])
def test_circuit_that_lacks_beats_stops(units):
    with pytest.raises(ValueError, match="the streams stop in frame 1 of 2"):
        chained(units).frame_ends([2], [1], 2)


def test_long_work_is_no_stop():
    slow = [recurrence(90_000, 2, False, 7, 5, 9), sequencer(70_000, 1, 62)]
    assert chained(slow).frame_ends([18], [1], 2).tolist() == [[250_054, 430_054]]


@pytest.mark.parametrize(
    "units",
    [
        [sequencer(12, 2, 3, parts=3), fifo(4), sequencer(30, 3, 5)],
        [recurrence(40, 2, True, 7, 5, 3), sequencer(9, 2, 1), fifo(2)],
        [fifo(6), recurrence(25, 3, False, 0, 3, 2), splitter(3)],
    ],
)
def test_cycles_that_are_skipped_change_nothing(units):
    """Stepped one by one; a frame has 18 beats, more than are needed for the one that comes of it."""
    circuit, entered, left = chained(units), [], []
    for cycle in range(1500):
        (ready,), (valid,) = circuit.step([True], [True])
        entered += [cycle] if ready else []
        left += [cycle] if valid else []
    ends = [cycle - entered[0] for cycle in left[:8]]
    assert chained(units).frame_ends([18], [1], 8).tolist() == [ends]
    assert chained(units).frame_ends([18], [1], 8, due=ends).tolist() == [ends]
    with pytest.raises(ValueError, match="the streams stop in frame 5 of 8"):
        chained(units).frame_ends([18], [1], 8, due=[*ends[:4], ends[4] - 1, *ends[5:]])


def test_pipeline_deeper_than_a_word_is_refused():
    with pytest.raises(ValueError, match="a pipeline of 63 stages; expected 1 to 62"):
        sequencer(1, 1, 63)


def test_plan_of_a_network_that_never_delivers_is_an_error():
    node = pool((4, 4, 2), (2, 2), (2, 2), "max").nodes[0]
    wrong = replace(node, output=replace(node.output, shape=(9, 9, 2)))
    with pytest.raises(AccelError, match=r"network 'dut': the streams stop in frame 1 of 5; this is a fault of accel"):
        plan(single(wrong))
