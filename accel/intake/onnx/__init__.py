"""Reading ONNX files: the network as a Keras model, channels last, and onnxruntime beside it.

`loading` gives the graph, `building` walks through it; a function for each kind of node stands in `elementwise`,
`products`, `convolutions`, `pooling`, `shaping` or `recurrent`; `layout` follows where axes lie; `checking` compares.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from accel.intake import limits
from accel.intake.onnx import building, checking, loading
from accel.intake.quantised import Quantised, settled
from accel.intake.reading import Reading
from accel.source import identifier

if TYPE_CHECKING:
    import onnx


def read(path: Path) -> Reading:
    """Read a .onnx file and what it keeps in others of its folder.

    Raises:
        AccelError: it is damaged, too large, or has nodes that cannot be read.
    """
    return of(path, loading.load(path), "ONNX")


def companions(path: Path) -> list[Path]:
    """The other files of its folder that hold weights of the model in `path`; AccelError where that is none."""
    return loading.companions(path)


def of(path: Path, model: onnx.ModelProto, words: str) -> Reading:
    """An ONNX model that came from `path`, as what `words` say.

    Raises:
        AccelError: as `read`.
    """
    graph = loading.graph(path, model)
    built = building.build(graph, identifier(path.stem))
    limits.check_run(built.model)
    told = f"opset {graph.opset}: {_inputs(graph, built)}; equal to onnxruntime."
    if not built.types:
        original = checking.runtime(path, graph, built)
        return Reading(built.model, f"Read from {words}, {told}", original, built.orders)
    model, types = settled(built.model, built.types)
    original = checking.runtime(path, graph, built, Quantised(model, types))
    return Reading(model, f"Read from QONNX, {told}", original, built.orders, types)


def _inputs(graph: loading.Graph, built: building.Built) -> str:
    """How the inputs' axes became those of the Keras model."""
    found = zip(graph.inputs, built.orders, built.model.inputs, strict=True)
    return "inputs " + " and ".join(_input(given.frame, order, tuple(made.shape[1:])) for given, order, made in found)


def _input(given: tuple[int, ...], order: building.Order, made: tuple[int, ...]) -> str:
    moved = order != tuple(range(len(given)))
    return f"{given} as {made}, axes {', '.join(map(str, order))}" if moved else str(made)
