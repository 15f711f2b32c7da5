"""A report with everything that a page shows: a network with a fork and a join, measured, decided, and gone wrong."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from accel.fixed import Fixed
from accel.report import Report, Resource, Simulation, Timing, sample
from accel.report.evidence import Activity, Edge, Evidence, Timeline
from accel.sim.result import Around, Mismatch
from tests.report.test_write import GREEN, REPORT

EDGES = (
    Edge("image", "conv", 1, "fixed<16,3>", 784, 16),
    Edge("conv", "left", 8, "fixed<16,6>", 676, 128),
    Edge("conv", "right", 8, "fixed<16,6>", 676, 128),
    Edge("left", "add", 8, "fixed<16,6>", 676, 128),
    Edge("right", "add", 8, "fixed<16,6>", 676, 128),
    Edge("conv", "add", 8, "fixed<16,6>", 676, 128),
    Edge("add", "", 8, "fixed<17,7>", 676, 136),
)
WRONG = Mismatch("left", 1, 2, 1, 30, 40)
AROUND = Around(0, (0, 1), ((1, 2), (3, 4), (5, 30), (7, 8)), ((1, 2), (3, 4), (5, 40), (None, None)))


@pytest.fixture(scope="session")
def full() -> Report:
    """All went well."""
    rng = np.random.default_rng(0)
    scores = rng.uniform(size=(60, 3))
    hardware = scores.copy()
    hardware[7] = scores[7, ::-1] + [0.5, 0, 0]
    hardware[7, 2] = 0
    truth = scores.argmax(axis=1)
    type_ = Fixed.parse("fixed<16,6,RND,SAT>")
    values = rng.normal(size=(8, 50))
    evidence = Evidence(
        frames=8,
        tensors=(
            sample.tensor("conv", "result", 20 * values, type_),
            sample.tensor("conv", "weight", 1e-4 * values, type_),
            sample.tensor("add", "result", np.zeros(4), type_),
        ),
        errors=(sample.error("conv", values, values + 1e-3, type_.step), sample.error("add", values, values, 1.0)),
        confusion=sample.confusion(scores, hardware, truth, ("one", "two", "three")),
        examples=sample.examples(rng.uniform(size=(2, 9, 9, 1)), ["frame 0", "frame 1"]),
    )
    conv = replace(REPORT.layers[0], cycles=784, busy=1.0, sqnr=42.0, lut=120.0, ff=99.0)
    others = [
        replace(conv, name=name, kind="cast", busy=0.86, cycles=676, multipliers=0, dsp=0, bram=0)
        for name in ("left", "right", "add")
    ]
    timeline = Timeline(813, tuple(Activity(row.name, "0123456789" * 4, "9000000000" * 4) for row in (conv, *others)))
    return replace(
        REPORT,
        layers=(conv, *others),
        edges=EDGES,
        timeline=timeline,
        evidence=evidence,
        resources=(Resource("DSP", 36, 220, "plan"), Resource("BRAM36", 15.5, 140, "plan")),
        predicted=Timing(813, 784),
    )


@pytest.fixture(scope="session")
def failed(full: Report) -> Report:
    """The hardware differs."""
    red = replace(GREEN, mismatches=2, first=WRONG)
    wrong = replace(WRONG, around=AROUND)
    return replace(full, simulations=(Simulation("cocotb", red),), mismatch=wrong)
