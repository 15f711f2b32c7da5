"""How far the quantised network is from the float model, layer by layer, or from the quantised one that the file is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from accel import rows
from accel.fixed import to_float
from accel.flow.conversion import Conversion, Reference
from accel.hls import exact, float_layers
from accel.hls.precision import from_hls
from accel.intake.quantised import Quantised
from accel.intake.reading import Types
from accel.ir import golden
from accel.ir.graph import Graph, Lookup, Merge, Node, Operation, Pool, PoolKind, Recurrent, Softmax
from accel.progress import Progress
from accel.report import Exactness
from accel.report.measure import sqnr

if TYPE_CHECKING:
    import keras

FRAMES = 8


@dataclass(frozen=True, eq=False)
class Compared:
    """What each layer puts out for so many ``frames`` in floating point and in the C simulation, as numbers (frames,
    *shape), and the LSB of its type, by its name.
    """

    frames: int
    floats: dict[str, np.ndarray]
    traced: dict[str, np.ndarray]
    steps: dict[str, float]

    @property
    def ratios(self) -> dict[str, float | None]:
        """The signal-to-quantisation-noise ratios in dB."""
        return {name: sqnr(got, self.floats[name]) for name, got in self.traced.items()}


def layers(done: Conversion, known: Reference, progress: Progress) -> Compared:
    """Every layer that the C simulation traces beside floating point."""
    x = known.frames.x[:FRAMES]
    with progress.step("comparing every layer with floating point"):
        floats = Quantised(done.network, done.reading.types).tensors(x) if done.reading.types else _floats(done, x)
        traced = known.csim.trace(x)
    traced = {name: got.reshape(floats[name].shape) for name, got in traced.items() if name in floats}
    graph = done.hls_graph.graph
    steps = {name: from_hls(graph[name].get_output_variable().type.precision).step for name in traced}
    return Compared(len(x), floats, traced, steps)


def _floats(done: Conversion, x: np.ndarray) -> dict[str, np.ndarray]:
    found = list(float_layers.outputs(done.network, x))
    behind = {output.name: output.behind for output in found}
    values = {output.name: output.values for output in found}
    return float_layers.by_graph(done.hls_graph, values, behind)


def exactness(done: Conversion, graph: Graph, x: np.ndarray, raw: np.ndarray, progress: Progress) -> Exactness | None:
    """The integer model beside the quantised model of the file, for inputs ``x`` (frames, *shape) and their raw
    integers; None where the file's model did not come quantised.

    Where the file has no quantiser for its input, the quantised model gets the inputs as the input's type holds them.
    """
    types = done.reading.types
    if not types:
        return None
    first = done.network.inputs[0]._keras_history.operation.name
    with progress.step("comparing with the quantised model"):
        given = x if "result" in types.get(first, {}) else rows.to_float(raw, graph.inputs)
        wanted, traced = Quantised(done.network, types).tensors(given), golden.trace(graph, raw)
    fixed = _in_fixed_point(done.network, graph, types)
    values = differences = 0
    through, where = first, ""
    for name, node in fixed.items():
        ours = to_float(traced[name], node.output.type).reshape(len(raw), -1)
        wrong = np.argwhere(ours != wanted[name].reshape(ours.shape))
        through, values, differences = name, values + ours.size, differences + len(wrong)
        if len(wrong) and not where:
            where = f"layer {name}, frame {wrong[0][0]}, value {wrong[0][1]}"
    seen = [node.name for node in _before_tables(graph) if node.name in wanted]
    between = tuple(name for name in seen if name not in fixed)
    own = {name: done.design.layer(name).precision for name in types}
    replaced = tuple(f"{name}.{kind}" for name, kinds in types.items() for kind in kinds if kind in own[name])
    return Exactness(len(raw), values, differences, through, where, between, replaced)


def _before_tables(graph: Graph) -> list[Node]:
    """The nodes that are no table, and read nothing behind one."""
    found, behind = [], set()
    for node in graph.nodes:
        if isinstance(node, Lookup | Softmax | Recurrent) or any(tensor.name in behind for tensor in node.inputs):
            behind.add(node.name)
        else:
            found.append(node)
    return found


def _in_fixed_point(network: keras.Model, graph: Graph, types: Types) -> dict[str, Node]:
    """The layers whose outputs the quantised model has in fixed point, by name: a quantiser stands there, or none of
    the numbers since the last one is of another kind.
    """
    known = {layer.name: layer for layer in network.layers}
    found, fixed = {}, {tensor.name for tensor in graph.inputs}
    for node in _before_tables(graph):
        kept = all(tensor.name in fixed for tensor in node.inputs)
        if node.name in known:
            kept = "result" in types.get(node.name, {}) or (kept and _exact(known[node.name], node))
        if kept:
            fixed.add(node.name)
            found |= {node.name: node} if node.name in known else {}
    return found


def _exact(layer: keras.Layer, node: Node) -> bool:
    """Whether the layer makes numbers of fixed point of such."""
    arrays = layer.get_weights()
    if type(layer).__name__ == "BatchNormalization":
        factor = (np.asarray(layer.gamma) if layer.scale else 1.0) / np.sqrt(
            np.asarray(layer.moving_variance) + layer.epsilon
        )
        offset = (np.asarray(layer.beta) if layer.center else 0.0) - np.asarray(layer.moving_mean) * factor
        arrays = [np.asarray(factor, np.float64), offset]
    averages = isinstance(node, Pool) and node.kind is PoolKind.AVERAGE and node.window.taps.bit_count() > 1
    averages = averages or (isinstance(node, Merge) and node.operation is Operation.AVERAGE)
    return all(exact.weights(array) for array in arrays) and not averages
