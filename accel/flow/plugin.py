"""What hls4ml's backend `Accel` does with a converted model beyond the C simulation."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from accel.fixed import from_float, to_float
from accel.flow import assemble
from accel.ir.lower import lower
from accel.rtl import project
from accel.rtl.plan import plan
from accel.sim import bulk

if TYPE_CHECKING:
    from hls4ml.model.graph import ModelGraph


def simulate_rtl(model: ModelGraph, x: np.ndarray) -> np.ndarray:
    """Outputs of the RTL of a converted hls4ml model: float64 (frames, *shape) for floats (frames, *shape)."""
    graph = lower(model)
    planned = plan(graph)
    folder = Path(model.config.get_output_dir()) / "accel" / "rtl"
    rtl = project.write(project.generate(planned, project.top_name(graph.name)), folder)
    raw = from_float(np.asarray(x, np.float64).reshape(-1, *graph.input.shape), graph.input.type)
    beats = bulk.simulate(rtl, raw.reshape(len(raw), planned.source.beats, planned.source.lanes))
    return to_float(beats.reshape(len(raw), *graph.output.shape), graph.output.type)


def build_report(model: ModelGraph) -> dict:
    """The planned design of a converted hls4ml model, as plain values: layers, multipliers, memories, cycles."""
    return assemble.of_graph(model, plan(lower(model))).to_dict()
