"""What the integer model computed before, for graphs that have their first layers in common."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import fields, is_dataclass
from itertools import chain

import numpy as np

from accel import rows
from accel.fixed import Fixed, held
from accel.ir import golden
from accel.ir.graph import Graph, Node, Tensor

MOST_BYTES = 1 << 29
WITHOUT_EFFECT = ("name", "reuse", "recurrent_reuse")
"""Fields of a node and its tensors that change none of its values."""


class Memory:
    """The integer model with the tensors of the graphs before, the least recently used of which go first.

    A tensor is known by the digest of everything that it was computed from: a node's own content, and what it read.
    So a graph of which one layer was changed costs that layer and those behind it.
    """

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most_bytes = most_bytes
        self._kept: OrderedDict[str, np.ndarray] = OrderedDict()
        self._bytes = 0

    def predict(self, graph: Graph, x: np.ndarray) -> np.ndarray:
        """What ``golden.predict`` gives: int64 (frames, *golden.shape_of(graph.outputs)) for raw inputs (frames,
        *golden.shape_of(graph.inputs)).
        """
        digests = _digests(graph, x)
        given = dict(zip(golden.names(graph.inputs), rows.of(x, graph.inputs), strict=True))
        known = given | {name: self._kept[digest] for name, digest in digests.items() if digest in self._kept}
        for name in set(digests) & set(known):
            self._kept.move_to_end(digests[name])
        todo = _unknown(graph, known)
        read = {name for node in todo for name in golden.names(node.inputs)}
        made = {node.name: np.empty((len(x), *node.output.shape), held(node.output.type)) for node in todo}

        def work(part: slice) -> None:
            taken = {name: tensor[part] for name, tensor in known.items() if name in read}
            for node, values in golden.walk(todo, taken):
                made[node.name][part] = values

        golden.in_parts(work, graph, len(x))
        for name, tensor in made.items():
            self._keep(digests[name], tensor)
        return rows.joined([(known | made)[name].astype(np.int64) for name in golden.names(graph.outputs)])

    def _keep(self, digest: str, tensor: np.ndarray) -> None:
        if tensor.nbytes > self._most_bytes:
            return
        self._kept[digest] = tensor
        self._bytes += tensor.nbytes
        while self._bytes > self._most_bytes:
            self._bytes -= self._kept.popitem(last=False)[1].nbytes


def _unknown(graph: Graph, known: Collection[str]) -> list[Node]:
    """The nodes whose tensors are not ``known`` and are needed for the network's outputs, in order."""
    needed, found = set(golden.names(graph.outputs)), []
    for node in reversed(graph.nodes):
        if node.name in needed and node.name not in known:
            found.append(node)
            needed.update(golden.names(node.inputs))
    return found[::-1]


def _digests(graph: Graph, x: np.ndarray) -> dict[str, str]:
    """Of each node's output, by name."""
    given = zip(golden.names(graph.inputs), rows.of(x, graph.inputs), strict=True)
    digests = {name: _digest(_content(np.ascontiguousarray(part, np.int64))) for name, part in given}
    for node in graph.nodes:
        read = (digests[name].encode() for name in golden.names(node.inputs))
        digests[node.name] = _digest(chain(read, _content(node)))
    return {node.name: digests[node.name] for node in graph.nodes}


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
