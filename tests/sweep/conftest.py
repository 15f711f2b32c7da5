from __future__ import annotations

from dataclasses import replace

import pytest

from accel.sweep.figures import Done, Figures
from accel.sweep.result import Checked, Chosen, LayerShare, Score, SweepResult, Synthesised, Tensor

PLAIN = Figures(0.9, 0.99, 8.0, 10.0, 1000, 1500, 40, 3.5, 2000, 1000, 0.5, "dsp", 0.9)


def done(number: int, excess: float = -0.1, point: dict | None = None, **changes: object) -> Done:
    """A point with `PLAIN`'s figures but for the changes."""
    values = {"weights.bits": 4 + number, "ii": 1000} if point is None else point
    return Done(number, values, replace(PLAIN, **changes), excess={"fits": excess})


@pytest.fixture
def result() -> SweepResult:
    """A small search: two designs on the front, one beaten, one over the limits, one failed."""
    points = (
        done(0, accuracy=0.91, usage=0.5),
        done(1, accuracy=0.85, usage=0.2, limit="lut"),
        done(2, accuracy=0.84, usage=0.4),
        done(3, accuracy=0.99, usage=1.5, excess=0.5),
        Done(4, {"weights.bits": 8, "ii": 3}, None, "layer 'conv': takes at least 9 cycles"),
    )
    layers = (LayerShare("conv", 30, 1.5, 900, 800), LayerShare("dense", 10, 2.0, None, 100))
    tensors = (Tensor("image", 0.0, 1.0, 0.0, 1.9, 0.1, "ufixed<8,1>"), Tensor("conv", -3.0, 2.0, -4.0, 3.9, 0.1, "x"))
    checked, made = Checked(64, 0, 1500, 1000), Synthesised(2200, 1000, 40, 3.5)
    front = (
        Chosen("p000", points[0], Score(0.88, 0.97), checked, made, layers, tensors),
        Chosen("p001", points[1], Score(0.8, 0.9)),
    )
    base = Chosen("base", done(-1, point={}), Score(0.9, 1.0))
    return SweepResult(
        "net", "xc7z020", 10.0, ("accuracy", "usage"), "the examples", Score(0.92, 1.0), Score(0.9, 1.0),
        points, front, base, 90.0, ("make cosim MODEL=net DESIGN=p000",),
    )  # fmt: skip
