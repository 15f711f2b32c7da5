"""The file's own runtime, and the check that the Keras model computes what it does."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from accel import rows
from accel.errors import AccelError, in_line
from accel.intake.onnx.building import Built, Order
from accel.intake.onnx.expansion import expanded
from accel.intake.onnx.layout import Value, flat, sizes
from accel.intake.onnx.loading import STANDARD, Graph, Input
from accel.intake.quantised import Quantised
from accel.intake.reading import Reading, given, inputs_of, shape_of

if TYPE_CHECKING:
    import onnx
    from onnxruntime import InferenceSession

FRAMES = 4
TOLERANCE = 1e-3
"""The largest error of the Keras model, as a share of the largest output: rounding in float32, nothing else."""


@dataclass(frozen=True, eq=False)
class Runtime:
    """onnxruntime, for frames as the Keras model takes them."""

    graph: Graph
    built: Built

    @cached_property
    def _session(self) -> InferenceSession:
        return _session(self.graph.proto)

    def __call__(self, x: np.ndarray) -> np.ndarray:
        """Outputs (frames, *shape) for ``x`` (frames, *shape), rows of several, both as the Keras model has them."""
        made = [self._session.run(None, feed) for feed in self.feeds(x)]
        pairs = zip(self.built.outputs, zip(*made, strict=True), strict=True)
        return rows.joined([np.stack([_stored(value, one) for one in frames]) for value, frames in pairs])

    def feeds(self, x: np.ndarray) -> list[dict[str, np.ndarray]]:
        """What the session is fed with, frame by frame."""
        parts = rows.split(x, inputs_of(self.built.model))
        sources = list(zip(self.graph.inputs, self.built.orders, parts, strict=True))
        return [
            {given.name: _as_given(given, order, part[frame]) for given, order, part in sources}
            for frame in range(len(x))
        ]


def _session(model: onnx.ModelProto) -> InferenceSession:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    options.intra_op_num_threads = 1
    return onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])


def runtime(path: Path, graph: Graph, built: Built, quantised: Quantised | None = None) -> Runtime:
    """The runtime of a model that gives what the Keras model gives, on frames of a fixed seed; the `quantised` one, if
    it has quantisers.

    Raises:
        AccelError: it does not run, or gives something else; names the first node that differs.
    """
    if any(node.domain not in STANDARD for node in graph.nodes):
        graph = replace(graph, proto=expanded(graph.proto, built.values))
    made = Runtime(graph, built)
    x = np.random.default_rng(0).uniform(-1, 1, (FRAMES, *shape_of(built.model))).astype(np.float32)
    try:
        wanted = made(x)
    except Exception as error:  # onnxruntime's own kinds
        told = in_line(error)
        raise AccelError(f"{path}: onnxruntime does not run it: {told}") from error
    if not np.all(np.isfinite(wanted)):
        raise AccelError(f"{path}: its outputs are not finite in onnxruntime; expected finite weights (train it again)")
    ours = quantised(x) if quantised else Reading(built.model).outputs(x)
    error = _error(ours, wanted)
    if not error <= TOLERANCE:
        where = "its output" if quantised else _first_difference(made, x)
        raise AccelError(
            f"{path}: read into Keras it differs from onnxruntime by {error:.2g} of the largest output, first at "
            f"{where}; this is a fault of accel: please report it"
        )
    return made


def _as_given(given: Input, order: Order, frame: np.ndarray) -> np.ndarray:
    """An input of one frame as the file has it."""
    return np.expand_dims(frame.transpose(np.argsort(order)), given.batch).astype(given.dtype)


def _stored(value: Value, array: np.ndarray) -> np.ndarray:
    """An ONNX tensor of one frame as the Keras tensor has it."""
    given, wanted = flat(value.axes), flat(value.stored)
    parts = array.reshape([atom.size for atom in given])
    return parts.transpose([given.index(atom) for atom in wanted]).reshape(sizes(value.stored))


def _error(ours: np.ndarray, wanted: np.ndarray) -> float:
    return float(np.abs(ours - wanted).max() / max(np.abs(wanted).max(), 1e-30))


def _first_difference(made: Runtime, x: np.ndarray) -> str:
    """The first node whose outputs differ."""
    import keras
    import onnx

    named = [(node, name, made.built.values.get(name)) for node in made.graph.nodes for name in node.output if name]
    asked = [(node, name, value) for node, name, value in named if isinstance(value, Value)]
    model = onnx.ModelProto()
    model.CopyFrom(made.graph.proto)
    del model.graph.output[:]
    model.graph.output.extend(onnx.ValueInfoProto(name=name) for _, name, _ in asked)
    theirs = _session(model).run(None, made.feeds(x)[0])
    for (node, name, value), array in zip(asked, theirs, strict=True):
        ours = keras.Model(made.built.model.inputs, value.make()).predict(given(made.built.model, x[:1]), verbose=0)[0]
        if not _error(ours, _stored(value, array)) <= TOLERANCE:
            return f"node '{node.name or name}' ({node.op_type})"
    return "its output"
