"""An ONNX file as a graph, for a batch of one."""

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
from accel.errors import AccelError, in_line

if TYPE_CHECKING:
    import onnx

STANDARD = ("", "ai.onnx")
OLDEST = 7
"""The version of the standard from which on onnxruntime runs a file; older ones are brought to it."""


MOST_NODES = 100_000


@dataclass(frozen=True, eq=False)
class Input:
    """An input of a network: its name, its `shape`, and the place of the batch's axis in that, where there is a 1."""

    name: str
    shape: tuple[int, ...]
    batch: int
    dtype: np.dtype

    @property
    def frame(self) -> tuple[int, ...]:
        """The shape without the batch's axis."""
        return (*self.shape[: self.batch], *self.shape[self.batch + 1 :])


@dataclass(frozen=True, eq=False)
class Graph:
    """An ONNX `proto` of one network, and its inputs."""

    proto: onnx.ModelProto
    inputs: tuple[Input, ...]

    @property
    def outputs(self) -> list[str]:
        """Their names."""
        return [made.name for made in self.proto.graph.output]

    @property
    def opset(self) -> int:
        """The version of the standard's operators."""
        return next(entry.version for entry in self.proto.opset_import if entry.domain in STANDARD)

    @cached_property
    def nodes(self) -> tuple[onnx.NodeProto, ...]:
        """What the outputs need, each behind what it reads, as the standard asks."""
        needed, kept = set(self.outputs), []
        for node in reversed(self.proto.graph.node):
            if needed & set(node.output):
                kept.append(node)
                needed |= set(node.input)
        return tuple(reversed(kept))

    @cached_property
    def readers(self) -> Counter[str]:
        """How many nodes, or outputs of the network, read a tensor."""
        read = Counter(name for node in self.nodes for name in node.input)
        return read + Counter(self.outputs)


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
        told = in_line(error)
        raise AccelError(f"{path}: expected an ONNX model, could not load it: {told}") from error


def graph(path: Path, model: onnx.ModelProto) -> Graph:
    """The network in a model.

    Raises:
        AccelError: an input is not of floating point, has sizes left open, or is not read.
    """
    if not any(entry.domain in STANDARD for entry in model.opset_import):
        raise AccelError(f"{path}: expected operators of the ONNX standard")
    weights = {weight.name for weight in model.graph.initializer}
    given = [one for one in model.graph.input if one.name not in weights]
    for side, found in (("input", given), ("output", model.graph.output)):
        if not found:
            raise AccelError(f"{path}: no {side}; expected at least one")
    made = Graph(model, tuple(_input(path, model, one) for one in given))
    for one in made.inputs:
        if not made.readers[one.name]:
            raise AccelError(f"{path}: input '{one.name}' has no part in the outputs; expected an export without it")
        _of_one(model, one)
    return made


def _input(path: Path, model: onnx.ModelProto, given: onnx.ValueInfoProto) -> Input:
    from onnx import helper

    tensor = given.type.tensor_type
    dtype = helper.tensor_dtype_to_np_dtype(tensor.elem_type) if tensor.elem_type else np.dtype(object)
    if not np.issubdtype(dtype, np.floating):
        raise AccelError(f"{path}: input '{given.name}' is of {dtype}; expected floating point")
    batch, shape = _shape(path, model, given)
    return Input(given.name, shape, batch, dtype)


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


def _of_one(model: onnx.ModelProto, read: Input) -> None:
    """Make the model, as far as it says so of an input, one for a batch of one, where it is written for another; a node
    that needs the other is refused later.
    """
    given = next(given for given in model.graph.input if given.name == read.name)
    if given.type.tensor_type.shape.dim[read.batch].dim_value <= 1:
        return
    given.type.tensor_type.shape.dim[read.batch].dim_value = 1
    del model.graph.value_info[:]
    for made in model.graph.output:
        made.type.tensor_type.ClearField("shape")
