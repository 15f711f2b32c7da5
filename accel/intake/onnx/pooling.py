"""Operators that make space smaller or larger without weights: poolings, means, padding and enlarging."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from accel.intake.onnx.layout import Value, flat
from accel.intake.onnx.nodes import Given, Node, operator
from accel.intake.onnx.refusal import Unreadable
from accel.intake.onnx.windows import Window, on_space, window, zeros


@operator("MaxPool", "AveragePool")
def pooling(node: Node, x: Given) -> tuple[Value, None]:
    """A padding that Keras does not have is refused for the maximum, and for a mean made of zeros where they count."""
    kernel = node.get("kernel_shape")
    seen = _ceiled(node, window(node, x, kernel))
    if any(rate != 1 for rate in seen.dilations):
        raise Unreadable(f"dilations={seen.dilations}; expected 1")
    counted = node.get("count_include_pad", 0)
    given, padding = seen.x, "valid"
    if seen.padded and node.kind == "AveragePool" and counted:
        given = zeros(node, seen, f"{node.name}_padding")
    elif seen.padded and seen.same:
        padding = "same"
    elif seen.padded:
        raise Unreadable(f"pads={[list(edge) for edge in seen.edges]}; expected none, or those of auto_pad=SAME_UPPER")
    kind = f"{'Max' if node.kind == 'MaxPool' else 'Average'}Pooling{seen.rank}D"
    axes, stored = seen.axes(seen.outputs, seen.x.axes[1], seen.x.stored[-1])
    made = node.made(
        axes, stored, given, lambda: node.layers.layer(kind, node.name, seen.kernel, seen.strides, padding)
    )
    return made, None


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
    return on_space(node, x, {place: edges[place] for place in places}, "ZeroPadding", 1)


@operator("Resize", "Upsample")
def resize(node: Node, x: Given, *given: Given) -> Value:
    """Each element repeated a whole number of times."""
    x = node.value(x)
    node.expect("mode", "nearest")
    wanted = [node.constant(one, "the sizes") for one in given if one is not None and np.size(one)]
    wanted = wanted[-1:] or [np.asarray(node.get("scales", ()))]
    scales = wanted[0] / x.shape if wanted[0].dtype.kind == "i" else wanted[0]
    factors = [int(scale) for scale in scales]
    if len(factors) != len(x.shape) or np.any(scales != factors) or factors[:2] != [1, 1] or min(factors) < 1:
        raise Unreadable(f"scales {np.ravel(scales).tolist()}; expected whole numbers, 1 for batch and channels")
    seen = window(node, x, [1 if n == 1 and f == 1 else 2 for n, f in zip(x.shape[2:], factors[2:], strict=True)])
    chosen = tuple(factors[place] for place in seen.places)
    sizes = [n * f for n, f in zip(seen.sizes, chosen, strict=True)]
    size = chosen if seen.rank == 2 else chosen[0]
    axes, stored = seen.axes(sizes, seen.x.axes[1], seen.x.stored[-1])
    return node.made(axes, stored, seen.x, lambda: node.layers.layer(f"UpSampling{seen.rank}D", node.name, size))
