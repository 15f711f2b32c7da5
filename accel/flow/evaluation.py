"""One design measured without a simulator: what every point of a search costs and is worth.

Nothing here needs the model's folder or its data set, so that it runs in any process that has the package.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from accel import cache, rows
from accel.data.judging import ACCURACY, Judge
from accel.design import Design
from accel.fixed import Fixed
from accel.flow.conversion import foldings, integers
from accel.hls import convert, precision
from accel.hls.ranges import Range, Ranges
from accel.ir.graph import Graph
from accel.ir.memory import Memory
from accel.report.layers import planned_rows
from accel.report.measure import scores
from accel.rtl import folding
from accel.rtl.placing import Step
from accel.rtl.plan import Plan, plan
from accel.sweep.figures import Figures
from accel.sweep.result import LayerShare, Tensor
from accel.synth import estimate, parts
from accel.synth.families import Family, Resources

if TYPE_CHECKING:
    import keras
    from hls4ml.model.graph import ModelGraph


@dataclass(frozen=True, eq=False)
class Examples:
    """Inputs ``x`` float32 (frames, *shape), the truth ``y`` of the first of them where known, and what the float model
    makes of all, float64 (frames, *shape): its outputs, as ``judge`` takes them.
    """

    x: np.ndarray
    y: np.ndarray | None
    outputs: np.ndarray
    judge: Judge

    def accuracy(self, outputs: np.ndarray) -> float | None:
        """The fraction of the frames of known class that ``outputs`` (frames, classes) decide rightly; None also where
        they are no classes.
        """
        known = 0 if self.y is None else len(self.y)
        return scores(self.judge, outputs[:known], self.y).get(ACCURACY)

    def agreement(self, outputs: np.ndarray) -> float:
        """The fraction of the frames whose ``outputs`` (frames, values) agree with the float model's."""
        return self.judge.agreement(outputs, self.outputs.reshape(len(outputs), -1))


@dataclass(frozen=True, eq=False)
class Task:
    """What the points of a search have in common: the network that is converted, as its architecture in Keras' JSON
    and its weights, measured ranges, and the examples to measure with.
    """

    architecture: str
    weights: tuple[np.ndarray, ...]
    ranges: Ranges
    examples: Examples

    @property
    def digest(self) -> str:
        """16 hexadecimal digits over all of it."""
        given = self.examples
        known = (*self.weights, given.x, given.y, given.outputs)
        arrays = [array.tobytes() for array in known if array is not None]
        return cache.digest([], self.architecture, self.ranges, arrays)


def measure(task: Task, design: Design) -> Figures:
    """The figures of a design, from the integer model, the plan and the models of its resources.

    Raises:
        AccelError: there is no such design of this network.
    """
    graph, planned = hardware(task, design)
    given = task.examples
    raw = _memory(task).predict(graph)
    outputs = rows.to_float(raw, graph.outputs).reshape(len(raw), -1)
    used = resources(planned, parts.find(design.part))
    limit = max(used, key=lambda name: used[name][1])
    return Figures(
        given.accuracy(outputs),
        given.agreement(outputs),
        *_bits(graph),
        planned.ii,
        planned.latency,
        *(used[name][0] if name in used else None for name in ("dsp", "bram36", "lut", "ff")),
        used[limit][1],
        limit,
        sum(share for _, share in used.values()),
    )


def hardware(task: Task, design: Design) -> tuple[Graph, Plan]:
    """The integer graph of a design and its plan, as the command `rtl` makes them.

    Raises:
        AccelError: there is no such design of this network.
    """
    _, graph = _converted(task, design)
    return graph, plan(graph)


def _converted(task: Task, design: Design) -> tuple[ModelGraph, Graph]:
    model = convert.convert(_network(task), design, task.ranges, Path("unwritten"))
    graph = integers(model, design.part)
    if design.reuse is None:
        graph = folding.applied(graph, foldings(graph, design))
    return model, graph


def resources(planned: Plan, part: parts.Part) -> Mapping[str, tuple[float, float]]:
    """What a plan takes of the part, and its share of what there is, by name; block RAMs in units of 36 kb. Look-up
    tables and flip-flops are left out where there is no model of the family's.
    """
    found, unit = estimate.of_plan(planned, part.family), part.family.bram_kb / 36
    taken = {"dsp": found.dsp, "bram36": found.bram * unit, "lut": found.lut, "ff": found.ff}
    there = {"dsp": part.dsp, "bram36": part.bram * unit, "lut": part.lut, "ff": part.ff}
    return {
        name: (used, used / there[name] if there[name] else float(used > 0))
        for name, used in taken.items()
        if not math.isnan(used)
    }


def layers(task: Task, design: Design) -> tuple[tuple[LayerShare, ...], tuple[Tensor, ...]]:
    """What each layer of a design takes, and each tensor's type beside its measured range."""
    model, graph = _converted(task, design)
    family, planned = parts.find(design.part).family, plan(graph)
    rows = {row.name: row for row in planned_rows(planned, family.fabric)}
    shares = tuple(_share(step, family, rows[step.node.name].cycles) for step in planned.steps if step.instances)
    reach = precision.by_name(model, task.ranges)
    types = {tensor.name: tensor.type for tensor in graph.tensors}
    tensors = tuple(_tensor(name, type_, reach[name]) for name, type_ in types.items() if name in reach)
    return shares, tensors


def _share(step: Step, family: Family, cycles: int) -> LayerShare:
    taken = sum((estimate.estimate(instance, family) for instance in step.instances), Resources())
    lut = None if math.isnan(taken.lut) else round(taken.lut)
    return LayerShare(step.node.name, round(taken.dsp), taken.bram * family.bram_kb / 36, lut, cycles)


def _tensor(name: str, type_: Fixed, reach: Range) -> Tensor:
    return Tensor(name, reach.low, reach.high, type_.lo * type_.step, type_.hi * type_.step, type_.step, str(type_))


def _bits(graph: Graph) -> tuple[float, float]:
    """Mean bits of a weight, and of what layers put out."""
    weights = [(a.weights.size, a.weight_type.width) for node in graph.nodes for a in _affines(node)]
    data = [(node.output.size, node.output.type.width) for node in graph.nodes]
    return tuple(
        sum(size * width for size, width in found) / max(1, sum(size for size, _ in found)) for found in (weights, data)
    )


def _affines(node: object) -> list:
    return [value for name in ("affine", "kernel", "recurrent") if (value := getattr(node, name, None)) is not None]


@lru_cache(maxsize=2)
def _memory(task: Task) -> Memory:
    """Designs of a search have most of their first layers in common."""
    return Memory(task.examples.x)


@lru_cache(maxsize=2)
def _network(task: Task) -> keras.Model:
    import keras

    network = keras.models.model_from_json(task.architecture)
    network.set_weights(task.weights)
    return network
