"""The exact integer model: hls4ml's C simulation, layer by layer, on raw integers in numpy.

Every function takes int64 raw integers with the frames on axis 0 and gives the same; between layers of 63 or 64 bits
they are Python's, and some layers take and give short ones (``fixed.held``). Sources: ``nnet_utils/*.h`` of hls4ml
1.3.0.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import singledispatch
from typing import TypeVar

import numpy as np
from threadpoolctl import threadpool_limits

from accel import rows
from accel.fixed import Fixed, held, requantise
from accel.ir import golden_activations, golden_joins, golden_recurrent, golden_shaping, golden_windows
from accel.ir.arithmetic import product, times
from accel.ir.graph import (
    Argmax,
    Cast,
    Concatenate,
    Conv,
    Crop,
    Curve,
    Dense,
    Graph,
    Gru,
    LegacySoftmax,
    Lookup,
    Lstm,
    Merge,
    Node,
    Pad,
    Permute,
    Piecewise,
    Pool,
    Repeat,
    Reshape,
    Reverse,
    Scale,
    Softmax,
    Tensor,
)
from accel.ir.tables import lookup, softmax_index

AT_ONCE = 1 << 21  # elements of the largest tensor in work
FROM_SHORT = Cast, Conv, Dense, Gru, Lstm, Permute, Pool, Reshape, Reverse
"""Take tensors as ``fixed.held`` has them; all others, long integers."""

Part, Made = TypeVar("Part"), TypeVar("Made")


def predict(graph: Graph, x: np.ndarray) -> np.ndarray:
    """Outputs of the network: int64 (frames, *shape_of(graph.outputs)) for raw inputs (frames,
    *shape_of(graph.inputs)).
    """
    made = np.empty((len(x), *shape_of(graph.outputs)), np.int64)

    def work(part: slice) -> None:
        given = dict(zip(names(graph.inputs), rows.of(x[part], graph.inputs), strict=True))
        found = given | {node.name: values for node, values in walk(graph.nodes, given) if node.output in graph.outputs}
        made[part] = rows.joined([found[name] for name in names(graph.outputs)])

    in_threads(work, parts(graph, len(x)))
    return made


def parts(graph: Graph, frames: int) -> list[slice]:
    """The frames in parts that are as large as is fast for the graph's tensors."""
    size = max(1, AT_ONCE // max(tensor.size for tensor in graph.tensors))
    return [slice(start, start + size) for start in range(0, frames, size)]


def in_threads(work: Callable[[Part], Made], given: Iterable[Part]) -> list[Made]:
    """What ``work`` makes of each part, in as many threads as there are cores."""
    # The matrices are so narrow that threads of BLAS are slower than one.
    with threadpool_limits(1, "blas"), ThreadPoolExecutor(len(os.sched_getaffinity(0))) as threads:
        return list(threads.map(work, given))


def trace(graph: Graph, x: np.ndarray) -> dict[str, np.ndarray]:
    """What every node makes, by name, in order: int64 (frames, *node.output.shape)."""
    given = dict(zip(names(graph.inputs), rows.of(x, graph.inputs), strict=True))
    return {node.name: values.astype(np.int64) for node, values in walk(graph.nodes, given)}


def shape_of(tensors: Iterable[Tensor]) -> tuple[int, ...]:
    """That of a network's inputs, or outputs, for a frame."""
    return rows.shape([tensor.shape for tensor in tensors])


def names(tensors: Iterable[Tensor]) -> list[str]:
    """What each is called."""
    return [tensor.name for tensor in tensors]


def walk(nodes: Sequence[Node], given: Mapping[str, np.ndarray]) -> Iterator[tuple[Node, np.ndarray]]:
    """Each node and what it makes of the tensors that are ``given`` or made before, by name; none is kept for longer
    than a node to come reads it.
    """
    last = {name: node for node in nodes for name in names(node.inputs)}
    known = dict(given)
    for node in nodes:
        read = [known[name] for name in names(node.inputs)]
        made = evaluate(node, *(read if isinstance(node, FROM_SHORT) else map(_long, read)))
        yield node, made
        known[node.name] = made
        for name in (node.name, *names(node.inputs)):
            if last.get(name, node) is node:
                known.pop(name, None)


def _long(x: np.ndarray) -> np.ndarray:
    """As it can be computed with in numpy."""
    return x if x.dtype.hasobject else x.astype(np.int64, copy=False)


@singledispatch
def evaluate(node: Node, *x: np.ndarray) -> np.ndarray:
    """One node's outputs (frames, *node.output.shape) for each of its inputs (frames, *tensor.shape)."""
    raise TypeError(f"no integer model for {type(node).__name__}")


@evaluate.register
def _(node: Reshape, x: np.ndarray) -> np.ndarray:
    return x.reshape(len(x), *node.output.shape)


@evaluate.register
def _(node: Reverse, x: np.ndarray) -> np.ndarray:
    return x[:, ::-1]


@evaluate.register
def _(node: Permute, x: np.ndarray) -> np.ndarray:
    return x.transpose(0, *(1 + axis for axis in node.axes))


@evaluate.register
def _(node: Pad, x: np.ndarray) -> np.ndarray:
    return golden_shaping.pad(node, x)


@evaluate.register
def _(node: Crop, x: np.ndarray) -> np.ndarray:
    return golden_shaping.crop(node, x)


@evaluate.register
def _(node: Repeat, x: np.ndarray) -> np.ndarray:
    return golden_shaping.repeat(node, x)


@evaluate.register
def _(node: Dense, x: np.ndarray) -> np.ndarray:
    return product(node.input.type, node.affine, node.output.type)(x)


evaluate.register(Conv, golden_windows.conv)
evaluate.register(Pool, golden_windows.pool)


@evaluate.register
def _(node: Cast, x: np.ndarray) -> np.ndarray:
    type_, least = node.output.type, 0 if node.relu else None
    return requantise(x, node.input.type.fraction, type_, held(type_), least).reshape(len(x), *node.output.shape)


@evaluate.register
def _(node: Lookup, x: np.ndarray) -> np.ndarray:
    return requantise(lookup(x, node.input.type, node.table), node.table.type.fraction, node.output.type)


@evaluate.register
def _(node: Scale, x: np.ndarray) -> np.ndarray:
    fraction = node.input.type.fraction + node.scale_type.fraction
    exact = max(fraction, node.bias_type.fraction)
    bias = times(node.bias, np.ones_like(node.bias), exact - node.bias_type.fraction)
    total = times(x, node.scale, exact - fraction) + bias
    return requantise(total, exact, node.output.type)


@evaluate.register
def _(node: Softmax, x: np.ndarray) -> np.ndarray:
    apart = x.max(axis=-1, keepdims=True) - x if node.stable else x
    difference = requantise(apart, node.input.type.fraction, node.difference)
    exps = requantise(
        node.exp[softmax_index(difference, node.difference, len(node.exp))], node.exp_type.fraction, node.accum
    )
    total = requantise(_tree_sum(exps, node.accum), node.accum.fraction, node.sum)
    inverse = node.inverse[softmax_index(total, node.sum, len(node.inverse))]
    return requantise(
        times(exps, inverse[..., None]), node.accum.fraction + node.inverse_type.fraction, node.output.type
    )


evaluate.register(Piecewise, golden_activations.piecewise)
evaluate.register(Curve, golden_activations.curve)
evaluate.register(LegacySoftmax, golden_activations.legacy_softmax)
evaluate.register(Argmax, golden_activations.argmax)


def _tree_sum(x: np.ndarray, accum: Fixed) -> np.ndarray:
    """Sum over the last axis, each addition cast to ``accum``, in the order of hls4ml's ``reduce``."""
    count = x.shape[-1]
    if count == 1:
        return x[..., 0]
    left = 1 << ((count - 1).bit_length() - 1)
    return requantise(_tree_sum(x[..., :left], accum) + _tree_sum(x[..., left:], accum), accum.fraction, accum)


@evaluate.register
def _(node: Gru, x: np.ndarray) -> np.ndarray:
    return golden_recurrent.gru(node, x).reshape(len(x), *node.output.shape)


@evaluate.register
def _(node: Lstm, x: np.ndarray) -> np.ndarray:
    return golden_recurrent.lstm(node, x).reshape(len(x), *node.output.shape)


@evaluate.register
def _(node: Merge, a: np.ndarray, b: np.ndarray) -> np.ndarray:
    return golden_joins.merge(node, a, b)


@evaluate.register
def _(node: Concatenate, a: np.ndarray, b: np.ndarray) -> np.ndarray:
    return golden_joins.concatenate(node, a, b)
