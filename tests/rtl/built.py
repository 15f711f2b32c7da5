"""A network as RTL, with frames and what the integer model makes of them."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from accel.ir import golden
from accel.ir.graph import Graph
from accel.rtl import project
from accel.rtl.plan import Plan, plan
from tests.rtl import random_graphs as make

FRAMES = 6


def built(graph: Graph, folder: Path) -> tuple[Plan, Path, np.ndarray, np.ndarray]:
    """The plan of a network of one input and output, its RTL below ``folder``, beats (frames, beats, lanes) of random
    frames, and the beats that must come out.
    """
    planned = plan(graph)
    rtl = project.write(project.generate(planned, "dut"), folder / "rtl")
    x = make.frames(np.random.default_rng(11), graph, FRAMES)
    expected = golden.predict(graph, x)
    source, output = planned.source, planned.output
    return (
        planned,
        rtl,
        x.reshape(FRAMES, source.beats, source.lanes),
        expected.reshape(FRAMES, output.beats, output.lanes),
    )
