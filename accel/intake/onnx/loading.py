"""An ONNX file as a graph of one input and one output, for a batch of one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from accel.data import unpacked
from accel.errors import AccelError

if TYPE_CHECKING:
    import onnx

STANDARD = ("", "ai.onnx")
OLDEST = 7
"""The version of the standard from which on onnxruntime runs a file; older ones are brought to it."""


MOST_NODES = 100_000


@dataclass(frozen=True, eq=False)
class Graph:
    """An ONNX `proto` of one network: its input's name, `shape` and the place of the batch's axis in it, which is 1."""

    proto: onnx.ModelProto
    input: str
    shape: tuple[int, ...]
    batch: int
    dtype: np.dtype

    @property
    def output(self) -> str:
        """The name of the only output."""
        return self.proto.graph.output[0].name

    @property
    def opset(self) -> int:
        """The version of the standard's operators."""
        return next(entry.version for entry in self.proto.opset_import if entry.domain in STANDARD)

    @cached_property
    def nodes(self) -> tuple[onnx.NodeProto, ...]:
        """What the output needs, each behind what it reads, as the standard asks."""
        needed, kept = {self.output}, []
        for node in reversed(self.proto.graph.node):
            if needed & set(node.output):
                kept.append(node)
                needed |= set(node.input)
        return tuple(reversed(kept))

    @cached_property
    def readers(self) -> Counter[str]:
        """How many nodes, or outputs of the network, read a tensor."""
        read = Counter(name for node in self.nodes for name in node.input)
        return read + Counter([self.output])


def load(path: Path) -> onnx.ModelProto:
    """The model, functions unfolded, with weights that lie in other files of its folder.

    Raises:
        AccelError: it is not an ONNX model, too large, or not valid.
    """
    import onnx
    from onnx import inliner, version_converter

    with _told(path):
        model = onnx.load(path, load_external_data=False)
        unpacked.check_onnx(path, model)
        onnx.load_external_data_for_model(model, str(path.parent))
        if any(entry.domain in STANDARD and entry.version < OLDEST for entry in model.opset_import):
            model = version_converter.convert_version(model, OLDEST)
        _check_functions(path, model)
        return inliner.inline_local_functions(model) if model.functions else model


def _check_functions(path: Path, model: onnx.ModelProto) -> None:
    """Refuse functions that call each other so often that the graph becomes too large."""
    functions = {(one.domain, one.name): one for one in model.functions}
    known: dict[tuple[str, str], int] = {}

    def nodes(given: Iterable[onnx.NodeProto]) -> int:
        inner = (attribute.g.node for node in given for attribute in node.attribute if attribute.HasField("g"))
        return sum(calls((node.domain, node.op_type)) for node in given) + sum(map(nodes, inner))

    def calls(name: tuple[str, str]) -> int:
        if name not in functions:
            return 1
        if name not in known:
            known[name] = 0  # of itself, which onnx refuses in words
            known[name] = nodes(functions[name].node)
        return known[name]

    if (count := nodes(model.graph.node)) > MOST_NODES:
        raise AccelError(f"{path}: {count:,} nodes with all that its functions call; expected at most {MOST_NODES:,}")


def companions(path: Path) -> list[Path]:
    """The other files of its folder that hold weights of the model in `path`.

    Raises:
        AccelError: it is not an ONNX model.
    """
    import onnx

    with _told(path):
        model = onnx.load(path, load_external_data=False)
    entries = [entry for weight in model.graph.initializer for entry in weight.external_data]
    names = sorted({entry.value for entry in entries if entry.key == "location"})
    return [path.parent / name for name in names if (path.parent / name).is_file()]


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """What onnx raises, as an AccelError."""
    try:
        yield
    except AccelError:
        raise
    except Exception as error:  # protobuf's own kinds, too
        told = " ".join(str(error).split())[:200]
        raise AccelError(f"{path}: expected an ONNX model, could not load it: {told}") from error


def graph(path: Path, model: onnx.ModelProto) -> Graph:
    """The network in a model.

    Raises:
        AccelError: it has several inputs or outputs, an input that is not of floating point, or sizes left open.
    """
    from onnx import helper

    weights = {weight.name for weight in model.graph.initializer}
    inputs = [given for given in model.graph.input if given.name not in weights]
    outputs = [made.name for made in model.graph.output]
    for side, names in (("input", [given.name for given in inputs]), ("output", outputs)):
        if len(names) != 1:
            raise AccelError(f"{path}: {len(names)} {side}s ({', '.join(names)}); expected one: export it with one")
    if not any(entry.domain in STANDARD for entry in model.opset_import):
        raise AccelError(f"{path}: expected operators of the ONNX standard")
    tensor = inputs[0].type.tensor_type
    dtype = helper.tensor_dtype_to_np_dtype(tensor.elem_type) if tensor.elem_type else np.dtype(object)
    if not np.issubdtype(dtype, np.floating):
        raise AccelError(f"{path}: input '{inputs[0].name}' is of {dtype}; expected floating point")
    batch, shape = _shape(path, model, inputs[0])
    return Graph(_of_one(model, inputs[0].name, batch), inputs[0].name, shape, batch, dtype)


def _shape(path: Path, model: onnx.ModelProto, given: onnx.ValueInfoProto) -> tuple[int, tuple[int, ...]]:
    """The place of the batch's axis and all sizes, the batch's 1: the open axis, else the first; the second, where that
    is 1 and a recurrent layer, which has time first, reads the input.
    """
    named = f"{path}: input '{given.name}'"
    if not given.type.tensor_type.HasField("shape"):
        raise AccelError(f"{named} has no shape; expected one whose batch axis alone is open")
    axes = given.type.tensor_type.shape.dim
    sizes = [axis.dim_value if axis.HasField("dim_value") and axis.dim_value > 0 else None for axis in axes]
    told = ", ".join(axis.dim_param or "any" if n is None else str(n) for axis, n in zip(axes, sizes, strict=True))
    opened = [place for place, size in enumerate(sizes) if size is None]
    if len(opened) > 1 or (opened not in ([], [0]) and sizes[0] == 1):
        raise AccelError(f"{named} is ({told}); expected its batch axis alone open: export it with the others fixed")
    if len(sizes) < 2:
        raise AccelError(f"{named} is ({told}); expected a batch axis and another")
    read_by = {node.op_type for node in model.graph.node if given.name in node.input}
    time_first = len(sizes) == 3 and sizes[0] != 1 and sizes[1] == 1 and read_by & {"LSTM", "GRU", "RNN"}
    batch = opened[0] if opened else int(bool(time_first))
    return batch, tuple(1 if place == batch else size for place, size in enumerate(sizes))


def _of_one(model: onnx.ModelProto, name: str, batch: int) -> onnx.ModelProto:
    """The model for a batch of one, where it is written for another; a node that needs the other is refused later."""
    given = next(given for given in model.graph.input if given.name == name)
    if given.type.tensor_type.shape.dim[batch].dim_value <= 1:
        return model
    given.type.tensor_type.shape.dim[batch].dim_value = 1
    del model.graph.value_info[:]
    model.graph.output[0].type.tensor_type.ClearField("shape")
    return model
