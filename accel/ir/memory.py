"""What the integer model computed before of the same frames, for graphs that have their first layers in common."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import fields, is_dataclass
from itertools import chain

import numpy as np

from accel import rows
from accel.fixed import Fixed, held
from accel.ir import golden
from accel.ir.graph import Cast, Graph, Node, Tensor

MOST_BYTES = 1 << 29
WITHOUT_EFFECT = ("name", "reuse", "recurrent_reuse")
"""Fields of a node and its tensors that change none of its values."""

Kind = tuple[tuple[int, ...], Fixed]
"""The shape and the type of a network's input."""

Parts = list[np.ndarray]
"""A tensor of all frames as it was computed, some frames at a time."""


class Memory:
    """The integer model of some frames with the tensors of the graphs before, the least recently used of which go
    first.

    A tensor is known by the digest of everything that it was computed from: a node's own content, and what it read;
    of the network's inputs, their types. So a graph of which one layer was changed costs that layer and those behind
    it.

    Args:
        x: floating point (frames, *golden.shape_of(graph.inputs)), for every graph to come.
        most_bytes: of tensors kept.
    """

    def __init__(self, x: np.ndarray, most_bytes: int = MOST_BYTES) -> None:
        self._x = x
        self._most_bytes = most_bytes
        self._kept: OrderedDict[str, Parts] = OrderedDict()
        self._bytes = 0
        self._kinds: list[Kind] = []
        self._raw: list[np.ndarray] = []

    def predict(self, graph: Graph) -> np.ndarray:
        """What ``golden.predict`` gives for the frames as raw integers: int64 (frames,
        *golden.shape_of(graph.outputs)).
        """
        parts = golden.parts(graph, len(self._x))
        digests = _digests(graph, parts)
        known = {name: [raw[part] for part in parts] for name, raw in self._given(graph.inputs).items()}
        for name, digest in digests.items():
            if digest in self._kept:
                self._kept.move_to_end(digest)
                known[name] = self._kept[digest]
        todo, passed = _unknown(graph, known), _passed(graph)
        read = {name for node in todo for name in golden.names(node.inputs)} & known.keys()

        def work(number: int) -> dict[str, np.ndarray]:
            walked = golden.walk(todo, {name: known[name][number] for name in read})
            return {
                node.name: np.ascontiguousarray(values, held(node.output.type))
                for node, values in walked
                if node.name not in passed
            }

        made = golden.in_threads(work, range(len(parts)))
        for node in todo:
            if node.name not in passed:
                known[node.name] = [tensors[node.name] for tensors in made]
                self._keep(digests[node.name], known[node.name])
        return rows.joined([np.concatenate(known[name], dtype=np.int64) for name in golden.names(graph.outputs)])

    def _given(self, inputs: tuple[Tensor, ...]) -> dict[str, np.ndarray]:
        """The network's inputs as raw integers, by name; kept as long as these are of the same kinds."""
        kinds = [_kind(tensor) for tensor in inputs]
        if kinds != self._kinds:
            raw = zip(inputs, rows.of(rows.from_float(self._x, inputs), inputs), strict=True)
            self._raw = [part.astype(held(tensor.type)) for tensor, part in raw]
            self._kinds = kinds
        return dict(zip(golden.names(inputs), self._raw, strict=True))

    def _keep(self, digest: str, tensor: Parts) -> None:
        if _bytes(tensor) > self._most_bytes:
            return
        self._kept[digest] = tensor
        self._bytes += _bytes(tensor)
        while self._bytes > self._most_bytes:
            self._bytes -= _bytes(self._kept.popitem(last=False)[1])


def _bytes(tensor: Parts) -> int:
    return sum(part.nbytes for part in tensor)


def _unknown(graph: Graph, known: Collection[str]) -> list[Node]:
    """The nodes whose tensors are not ``known`` and are needed for the network's outputs, in order."""
    needed, found = set(golden.names(graph.outputs)), []
    for node in reversed(graph.nodes):
        if node.name in needed and node.name not in known:
            found.append(node)
            needed.update(golden.names(node.inputs))
    return found[::-1]


def _passed(graph: Graph) -> set[str]:
    """The tensors that casts alone read: to move them costs more than it would ever save, for their types change with
    those of the casts.
    """
    read = {name for node in graph.nodes if not isinstance(node, Cast) for name in golden.names(node.inputs)}
    return {tensor.name for tensor in graph.tensors} - read - set(golden.names(graph.outputs))


def _digests(graph: Graph, parts: Sequence[slice]) -> dict[str, str]:
    """Of each node's output in these parts, by name."""
    given = enumerate(graph.inputs)
    digests = {tensor.name: _digest([repr((position, _kind(tensor), parts)).encode()]) for position, tensor in given}
    for node in graph.nodes:
        read = (digests[name].encode() for name in golden.names(node.inputs))
        digests[node.name] = _digest(chain(read, _content(node)))
    return {node.name: digests[node.name] for node in graph.nodes}


def _kind(tensor: Tensor) -> Kind:
    return tensor.shape, tensor.type


def _digest(parts: Iterable[bytes]) -> str:
    state = hashlib.sha256()
    for part in parts:
        state.update(part)
    return state.hexdigest()


def _content(value: object) -> Iterator[bytes]:
    """Everything that a node's values depend on."""
    if isinstance(value, np.ndarray):
        yield repr((value.dtype.str, value.shape)).encode()
        yield repr(value.tolist()).encode() if value.dtype.hasobject else value.tobytes()
    elif is_dataclass(value) and not isinstance(value, Fixed):
        yield type(value).__name__.encode()
        for field in fields(value):
            if not (isinstance(value, Node | Tensor) and field.name in WITHOUT_EFFECT):
                yield field.name.encode()
                yield from _content(getattr(value, field.name))
    else:
        yield repr(value).encode()
