"""What hls4ml's backend `Accel` does with a converted model beyond the C simulation."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from accel import rows
from accel.data import user
from accel.design import PRECISIONS, Design, LayerDesign
from accel.flow import assemble
from accel.flow.conversion import inputs, integers
from accel.hls import convert, precision, ranges
from accel.intake.reading import outputs_of, shape_of
from accel.ir.graph import Graph
from accel.rtl import project
from accel.rtl.plan import plan
from accel.sim import bulk
from accel.sim.vectors import framed

if TYPE_CHECKING:
    import keras
    from hls4ml.model.graph import ModelGraph


def simulate_rtl(model: ModelGraph, x: np.ndarray | Sequence[np.ndarray]) -> np.ndarray | list[np.ndarray]:
    """Outputs of the RTL of a converted hls4ml model: float64 (frames, *shape) for floats (frames, *shape); a list of
    them for several outputs, or inputs, as Keras has it.
    """
    graph = _graph(model)
    planned = plan(graph)
    folder = Path(model.config.get_output_dir()) / "accel" / "rtl"
    rtl = project.write(project.generate(planned, project.top_name(graph.name)), folder)
    given = x if isinstance(x, list | tuple) else [x]
    shaped = [np.asarray(one, np.float64).reshape(-1, *t.shape) for one, t in zip(given, graph.inputs, strict=True)]
    raw = rows.from_float(rows.joined(shaped), graph.inputs)
    beats = bulk.simulate(rtl, framed(raw, planned.sources))
    made = rows.of(rows.to_float(beats, graph.outputs), graph.outputs)
    return made[0] if len(made) == 1 else made


def choose_types(graph: ModelGraph, model: keras.Model, data: Path) -> None:
    """Give `graph`, whose types are still free, those that the examples in `data` ask for, as the command line does.

    Types that the user's hls4ml configuration names for a layer are kept; its default type is replaced.

    Raises:
        AccelError: the file is none of examples for the model.
    """
    examples = user.read(data, inputs(model, shape_of(model)), lambda _: outputs_of(model))
    reach = ranges.measure(model, np.concatenate([examples.calibration, examples.x]))
    named = graph.config.config["HLSConfig"].get("LayerName", {})
    own = {name: _named_types(named.get(name, {}).get("Precision", {})) for name in graph.graph}
    design = Design(layers={name: LayerDesign(precision=types) for name, types in own.items() if types})
    for name, types in precision.choose(graph, design, reach).items():
        convert.settle(graph.graph[name], types)


def _named_types(given: str | dict[str, str]) -> dict[str, str]:
    """The types that hls4ml's `Precision` of a layer names, by what they are of."""
    given = given if isinstance(given, dict) else {"result": given}
    return {kind: text for kind, text in given.items() if kind in PRECISIONS and text != "auto"}


def build_report(model: ModelGraph) -> dict:
    """The planned design of a converted hls4ml model, as plain values: layers, multipliers, memories, cycles."""
    return assemble.of_graph(model, plan(_graph(model))).to_dict()


def _graph(model: ModelGraph) -> Graph:
    return integers(model, model.config.get_config_value("Part"))
