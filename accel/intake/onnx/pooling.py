"""Operators that make space smaller or larger without weights: poolings, means, padding and enlarging."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from functools import cache, partial
from typing import TYPE_CHECKING

import numpy as np

from accel.errors import AccelError
from accel.intake.onnx.layout import Value, flat
from accel.intake.onnx.nodes import Given, Node, operator
from accel.intake.onnx.refusal import Unreadable
from accel.intake.onnx.windows import Window, on_space, window, zeros
from accel.intake.reading import Types

if TYPE_CHECKING:
    import keras


@operator("MaxPool", "AveragePool")
def pooling(node: Node, x: Given) -> tuple[Value, None]:
    """A padding that Keras does not have is zeros where a mean counts them, or left to `_padded_maximum`."""
    kernel = node.get("kernel_shape")
    seen = _ceiled(node, window(node, x, kernel))
    if any(rate != 1 for rate in seen.dilations):
        raise Unreadable(f"dilations={seen.dilations}; expected 1")
    given, padding = seen.x, "valid"
    if seen.padded and node.kind == "AveragePool" and node.get("count_include_pad", 0):
        given = zeros(node, seen, f"{node.name}_padding")
    elif seen.padded and seen.same:
        padding = "same"
    elif seen.padded and node.kind == "MaxPool":
        return _padded_maximum(node, seen), None
    elif seen.padded:
        raise Unreadable(f"pads={[list(edge) for edge in seen.edges]}; expected none, or those of auto_pad=SAME_UPPER")
    kind = f"{'Max' if node.kind == 'MaxPool' else 'Average'}Pooling{seen.rank}D"
    axes, stored = seen.axes(seen.outputs, seen.x.axes[1], seen.x.stored[-1])
    made = node.made(
        axes, stored, given, lambda: node.layers.layer(kind, node.name, seen.kernel, seen.strides, padding)
    )
    return made, None


def _padded_maximum(node: Node, seen: Window) -> Value:
    """A maximum over a padding of its own. Of what is never negative, zeros do not change it; else it is taken at every
    position as Keras pads, (k - 1) // 2 before, and each s-th of these maxima is kept.
    """
    given = zip(seen.sizes, seen.outputs, seen.edges, seen.kernel, seen.strides, strict=True)
    cuts = []
    for n, made, (before, _), k, s in given:
        front = (k - 1) // 2 - before
        behind = n - front - (made - 1) * s - 1
        cuts.append((front, behind if behind >= s else min(behind, 0)))
    centred = all(front >= 0 and behind >= 0 for front, behind in cuts)
    padded = zeros(node, seen, f"{node.name}_padding")
    axes, stored = seen.axes(seen.outputs, seen.x.axes[1], seen.x.stored[-1])
    pool = partial(node.layers.layer, f"MaxPooling{seen.rank}D")

    def make() -> keras.KerasTensor:
        x = seen.x.make()
        if never_negative(x, node.layers.types):
            return pool(node.name, seen.kernel, seen.strides)(padded.make())
        if not centred:
            listed = [list(edge) for edge in seen.edges]
            raise AccelError(
                f"node '{node.name}' (MaxPool): pads={listed} around numbers that may be negative; expected at most "
                f"half of the kernel, {list(seen.kernel)}, or a Relu before it"
            )
        x = pool(node.name, seen.kernel, 1, "same")(x)
        if any(map(any, cuts)):
            x = node.layers.layer(f"Cropping{seen.rank}D", f"{node.name}_crop", cuts if seen.rank == 2 else cuts[0])(x)
        return pool(f"{node.name}_steps", 1, seen.strides)(x) if any(s > 1 for s in seen.strides) else x

    return Value(axes, stored, cache(make))


KEEPING = (
    *("MaxPooling1D", "MaxPooling2D", "AveragePooling1D", "AveragePooling2D", "ZeroPadding1D", "ZeroPadding2D"),
    *("Cropping1D", "Cropping2D", "UpSampling1D", "UpSampling2D", "Reshape", "Flatten", "Permute", "Add"),
    *("Multiply", "Maximum", "Concatenate"),
)
"""Layers that make no negative number of others."""


def never_negative(tensor: keras.KerasTensor, types: Types) -> bool:
    """Whether no number in it can be below zero: it comes of a ReLU, or of a quantiser without a sign by `types`."""
    layer, place = tensor._keras_history.operation, tensor._keras_history.node_index
    kind, type_ = type(layer).__name__, types.get(layer.name, {}).get("result")
    if type_ is not None and not type_.signed:
        return True
    if kind in KEEPING:
        return all(never_negative(one, types) for one in layer._inbound_nodes[place].input_tensors)
    if kind == "ReLU":
        return layer.negative_slope == 0 and layer.threshold >= 0
    return kind == "Activation" and layer.activation.__name__ in ("relu", "sigmoid", "softmax", "softplus")


def _ceiled(node: Node, seen: Window) -> Window:
    """The window with `ceil_mode` as more padding behind."""
    if not node.get("ceil_mode", 0):
        return seen
    if node.get("count_include_pad", 0):
        raise Unreadable("ceil_mode=1 with count_include_pad=1; expected one of them")
    edges = []
    for n, (a, b), k, s in zip(seen.sizes, seen.edges, seen.reach, seen.strides, strict=True):
        steps = math.ceil((n + a + b - k) / s)
        steps -= steps * s >= n + a  # a window that begins in the padding is left out
        edges.append((a, max(b, steps * s + k - n - a)))
    return replace(seen, edges=tuple(edges))


@operator("GlobalAveragePool", "GlobalMaxPool")
def global_pooling(node: Node, x: Given) -> Value:
    """Over all of space."""
    x = node.value(x)
    return _pooled_to_one(node, x, range(2, len(x.shape)), "Average" if "Average" in node.kind else "Max")


@operator("ReduceMean", "ReduceMax")
def reduce(node: Node, x: Given, axes: Given = None) -> Value:
    """Over one or two axes that are stored before the others."""
    x = node.value(x)
    listed = node.setting("axes", axes)
    places = range(1, len(x.shape)) if listed is None else [node.axis(x, axis) for axis in np.ravel(listed)]
    made = _pooled_to_one(node, x, places, "Average" if node.kind == "ReduceMean" else "Max")
    if node.get("keepdims", 1):
        return made
    return made.as_axes(tuple(axis for i, axis in enumerate(made.axes) if i not in places))


def _pooled_to_one(node: Node, x: Value, places: Sequence[int], kind: str) -> Value:
    """The axes `places` become 1."""
    space = [x.axes[place] for place in places if x.axes[place]]
    if not space:
        return x
    if len(space) > 2:
        raise Unreadable(f"over {len(space)} axes; expected one or two")
    atoms = flat(x.stored)
    space.sort(key=lambda axis: atoms.index(axis[0]))
    rest = tuple(atom for atom in atoms if atom not in set(flat(space)))
    x = node.layers.stored(x, (*space, rest))
    axes = tuple(() if i in places else axis for i, axis in enumerate(x.axes))
    return node.made(axes, (rest,), x, lambda: node.layers.layer(f"Global{kind}Pooling{len(space)}D", node.name))


@operator("Pad")
def pad(node: Node, x: Given, pads: Given = None, value: Given = None, axes: Given = None) -> Value:
    """Zeros around space."""
    x = node.value(x)
    node.expect("mode", "constant")
    if np.any(node.setting("value", value, 0.0)):
        raise Unreadable("a value other than 0; expected zeros")
    rank = len(x.shape)
    where = range(rank) if axes is None else [node.axis(x, axis) for axis in node.constant(axes, "axes")]
    listed = [int(pad) for pad in np.ravel(node.setting("pads", pads))]
    edges = dict(zip(where, zip(listed[: len(where)], listed[len(where) :], strict=True), strict=True))
    if not any(map(any, edges.values())):
        return x
    places = [axis for axis, edge in edges.items() if any(edge)]
    if min(map(min, edges.values())) < 0 or 0 in places:
        raise Unreadable(f"pads={listed}; expected some on axes of space, none below 0")
    padded = {place: (edges[place], x.shape[place] + sum(edges[place])) for place in places}
    return on_space(node, x, padded, "ZeroPadding", (0, 0))


@operator("Resize", "Upsample")
def resize(node: Node, x: Given, *given: Given) -> Value:
    """Each element repeated a whole number of times."""
    x = node.value(x)
    node.expect("mode", "nearest")
    wanted = [node.constant(one, "the sizes") for one in given if one is not None and np.size(one)]
    wanted = wanted[-1:] or [np.asarray(node.get("scales", ()))]
    scales = wanted[0] / x.shape if wanted[0].dtype.kind == "i" else wanted[0]
    factors = [int(scale) for scale in scales]
    if len(factors) != len(x.shape) or np.any(scales != factors) or factors[0] != 1 or min(factors) < 1:
        raise Unreadable(f"scales {np.ravel(scales).tolist()}; expected whole numbers, 1 for the batch")
    larger = {place: (factor, x.shape[place] * factor) for place, factor in enumerate(factors) if factor > 1}
    return on_space(node, x, larger, "UpSampling", 1) if larger else x
