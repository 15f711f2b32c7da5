"""One number followed through the first layer with weights, for the README of a folder."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from accel import rows
from accel.bare.text import dims
from accel.fixed import requantise
from accel.ir import golden
from accel.ir.graph import Conv, Dense, Graph

SHOWN = 12


@dataclass(frozen=True)
class Worked:
    """How one output of a layer comes about: what it reads times its weights, bias and sum in the sum's unit, and the
    output. ``left``: how many of the products are not listed.
    """

    place: int
    output: str
    bias: int
    products: tuple[tuple[str, int, str, int], ...]
    left: int
    sum: int
    result: int
    real: float


def worked(graph: Graph, frame: np.ndarray) -> Worked | None:
    """The first layer with weights, in the middle of its output, in the channel with most to say; None where no layer
    has such weights, or where its products are rounded one by one.

    Args:
        frame: raw integers, as `golden.shape_of` has those of the inputs.
    """
    places = [place for place, node in enumerate(graph.nodes) if isinstance(node, Conv | Dense)]
    if not places:
        return None
    node, affine = graph.nodes[places[0]], graph.nodes[places[0]].affine
    if node.input.type.fraction + affine.weight_type.fraction != affine.accum.fraction:
        return None
    known = golden.trace(graph, frame[None])
    known |= zip(golden.names(graph.inputs), rows.of(frame[None], graph.inputs), strict=True)
    return _followed(places[0] + 1, node, known[node.input.name][0], known[node.name][0])


def _followed(place: int, node: Conv | Dense, x: np.ndarray, made: np.ndarray) -> Worked:
    affine = node.affine
    middle = tuple(size // 2 for size in made.shape[:-1])
    channel = int(np.abs(made[middle]).argmax())
    read = _read(node, middle, channel)
    values = [int(x[index]) if index else 0 for index in read]
    weights = [int(value) for value in affine.weights[:, channel]]
    taps = _taps(node)
    products = tuple(
        (f"in{dims(index)}", value, f"weights{dims((channel, *tap))}", weight)
        for index, value, tap, weight in zip(read, values, taps, weights, strict=True)
        if index
    )
    bias = int(requantise(affine.bias[channel], affine.bias_type.fraction, affine.accum))
    total = bias + sum(value * weight for value, weight in zip(values, weights, strict=True))
    result = int(made[(*middle, channel)])
    step = node.output.type.step
    left = max(0, len(products) - SHOWN)
    output = f"out{dims((*middle, channel))}"
    return Worked(place, output, bias, products[:SHOWN], left, total, result, result * step)


def _taps(node: Conv | Dense) -> list[tuple[int, ...]]:
    """Where the weights of an output are, behind its own index."""
    if isinstance(node, Dense):
        return [(k,) for k in range(node.affine.n_in)]
    return list(np.ndindex(*node.window.kernel[3 - len(node.input.shape) :], node.together))


def _read(node: Conv | Dense, middle: tuple[int, ...], out: int) -> list[tuple[int, ...] | None]:
    """Where the input's elements are that channel ``out`` of an output reads; None outside the input."""
    if isinstance(node, Dense):
        return [(*middle, k) for k in range(node.affine.n_in)]
    skip = 3 - len(node.input.shape)
    stride, pad = node.window.stride[skip:], node.window.pad[::2][skip:]
    first = out * node.groups // node.affine.n_out * node.together
    found = []
    for *tap, channel in _taps(node):
        at = tuple(o * s + t - p for o, s, t, p in zip(middle, stride, tap, pad, strict=True))
        inside = all(0 <= place < size for place, size in zip(at, node.input.shape, strict=False))
        found.append((*at, first + channel) if inside else None)
    return found
