"""Operators that move numbers about (Reshape, Transpose, Slice, Concat and others); few of them need a layer."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from accel.intake.onnx.elementwise import aligned
from accel.intake.onnx.layout import Atom, Axes, Axis, Value, whole
from accel.intake.onnx.nodes import Given, Node, operator
from accel.intake.onnx.refusal import Unreadable
from accel.intake.onnx.windows import cropped, flipped


@dataclass(frozen=True, eq=False)
class Part(Value):
    """What has the index `index` along the atom `along` of `source`."""

    source: Value | None = None
    along: Axis = ()
    index: int = 0


@dataclass(frozen=True, eq=False)
class Joined(Value):
    """Several tensors behind one another along `place`, where each has the size 1."""

    place: int = 0
    parts: tuple[Value, ...] = ()


@operator("Shape")
def shape(node: Node, x: Given) -> np.ndarray:
    """A constant, as all sizes are known; a batch of 1."""
    full = np.array(node.value(x).shape, np.int64)
    return full[node.get("start", 0) : node.get("end")]


@operator("Size")
def size(node: Node, x: Given) -> np.ndarray:
    """A constant."""
    return np.array(math.prod(node.value(x).shape), np.int64)


@operator("Reshape")
def reshape(node: Node, x: Given, wanted: Given = None) -> Value:
    """To a constant shape."""
    x, wanted = node.value(x), [int(size) for size in np.ravel(node.setting("shape", wanted))]
    if not node.get("allowzero", 0):
        wanted = [x.shape[i] if size == 0 else size for i, size in enumerate(wanted)]
    if -1 in wanted:
        wanted[wanted.index(-1)] = math.prod(x.shape) // max(1, -math.prod(wanted))
    return node.layers.reshaped(x, wanted)


@operator("Flatten")
def flatten(node: Node, x: Given) -> Value:
    """Two axes: all before `axis`, and all from it on."""
    x = node.value(x)
    axis = node.get("axis", 1) % (len(x.shape) + 1)
    return node.layers.reshaped(x, (math.prod(x.shape[:axis]), math.prod(x.shape[axis:])))


@operator("Transpose")
def transpose(node: Node, x: Given) -> Value:
    """The axes in another order."""
    x = node.value(x)
    return x.transposed(node.get("perm", range(len(x.shape))[::-1]))


@operator("Squeeze")
def squeeze(node: Node, x: Given, axes: Given = None) -> Value:
    """Without axes of size 1."""
    x, axes = node.value(x), node.setting("axes", axes)
    ones = [i for i, size in enumerate(x.shape) if size == 1]
    places = ones if axes is None else [node.axis(x, axis) for axis in np.ravel(axes)]
    if wrong := [place for place in places if place not in ones]:
        raise Unreadable(f"axis {wrong[0]} of {x.shape}; expected one of size 1")
    return x.as_axes(tuple(axis for i, axis in enumerate(x.axes) if i not in places))


@operator("Unsqueeze")
def unsqueeze(node: Node, x: Given, axes: Given = None) -> Value:
    """With more axes of size 1."""
    x, listed = node.value(x), [int(axis) for axis in np.ravel(node.setting("axes", axes))]
    rank = len(x.shape) + len(listed)
    new, old = {axis % rank for axis in listed}, iter(x.axes)
    return x.as_axes(tuple(() if i in new else next(old) for i in range(rank)))


@operator("Expand")
def expand(node: Node, x: Given, wanted: Given) -> Value:
    """To the shape that it has."""
    x, wanted = node.value(x), tuple(int(size) for size in node.constant(wanted, "the shape"))
    if np.broadcast_shapes(x.shape, wanted) != x.shape:
        raise Unreadable(f"{x.shape} to {wanted}; expected the same shape")
    return x


@operator("Gather")
def gather(node: Node, x: Given, index: Given) -> Value:
    """One index of an axis."""
    x, index = node.value(x), node.constant(index, "the index")
    if index.size != 1:
        raise Unreadable(f"{index.size} indices; expected one")
    axis = node.axis(x, node.get("axis", 0))
    return picked(node, x, axis, int(index.item()) % x.shape[axis], keep=index.ndim > 0)


@operator("Slice")
def sliced(node: Node, x: Given, starts: Given = None, ends: Given = None, axes: Given = None, steps: Given = None):
    """A run of an axis, or of two, forwards or backwards."""
    x = node.value(x)
    starts, ends = (np.ravel(node.setting(*given)) for given in (("starts", starts), ("ends", ends)))
    axes = np.ravel(node.setting("axes", axes, range(len(starts))))
    steps = np.ravel(node.setting("steps", steps, np.ones(len(starts), int)))
    if not np.all(np.isin(steps, (1, -1))):
        raise Unreadable(f"steps={steps.tolist()}; expected 1 or -1")
    edges = {}
    for start, end, axis, step in zip(starts, ends, axes, steps, strict=True):
        place = node.axis(x, axis)
        run = range(x.shape[place])[int(start) : int(end) : int(step)]
        if not run:
            raise Unreadable(f"nothing is left of axis {place} of {x.shape}")
        edges[place] = min(run), x.shape[place] - 1 - max(run)
    x = without(node, x, edges)
    for axis in axes[steps < 0]:
        x = flipped(node, x, node.axis(x, axis), node.name)
    return x


@operator("ReverseSequence")
def reverse_sequence(node: Node, x: Given, lengths: Given) -> Value:
    """An axis backwards, the same of each sequence: all of it."""
    x, place = node.value(x), node.axis(x, node.get("time_axis", 0))
    if np.any(node.constant(lengths, "sequence_lens") != x.shape[place]):
        raise Unreadable(f"sequence_lens; expected all {x.shape[place]} steps")
    return flipped(node, x, place, node.name)


@operator("Split")
def split(node: Node, x: Given, sizes: Given = None) -> tuple[Value, ...]:
    """Runs of an axis, one behind the other; of equal sizes, where none are given, but the last."""
    x = node.value(x)
    place = node.axis(x, node.get("axis", 0))
    count, whole_size = len(node.used), x.shape[place]
    equal = [min(size := math.ceil(whole_size / count), whole_size - size * i) for i in range(count)]
    runs = [int(size) for size in np.ravel(node.setting("split", sizes, equal))]
    if sum(runs) != whole_size or len(runs) != count or min(runs) < 1:
        raise Unreadable(f"parts of {runs}; expected {count} that are {whole_size} together")
    starts = [sum(runs[:i]) for i in range(count)]
    return tuple(
        without(node, x, {place: (start, whole_size - start - size)}) for start, size in zip(starts, runs, strict=True)
    )


def without(node: Node, x: Value, edges: Mapping[int, tuple[int, int]]) -> Value:
    """`x` without so many indices before and behind of each axis."""
    edges = {place: edge for place, edge in edges.items() if any(edge)}
    if not edges:
        return x
    if len(edges) == 1:
        ((place, (first, behind)),) = edges.items()
        if first + behind + 1 == x.shape[place]:
            return picked(node, x, place, first, keep=True)
    return cropped(node, x, edges)


def picked(node: Node, x: Value, place: int, index: int, keep: bool) -> Value:
    """`x` at one index of an axis, which stays with size 1 or not."""
    axes = (*x.axes[:place], *([()] if keep else []), *x.axes[place + 1 :])
    if x.shape[place] == 1:
        return x.as_axes(axes)
    if isinstance(x, Joined) and x.place == place and len(x.parts) == x.shape[place]:
        part = x.parts[index]
        return part.as_axes(tuple(axis for i, axis in enumerate(part.axes) if keep or i != place))
    if x.final and (x.axes[place], index) == (x.final.steps, x.final.index):
        last = x.final.value()
        return Value(axes, last.stored, last.make)
    cut = cropped(node, x, {place: (index, x.shape[place] - 1 - index)})
    return Part(axes, cut.stored, cut.make, None, x, x.axes[place], index)


@operator("Concat")
def concat(node: Node, *values: Given) -> Value:
    """Tensors behind one another."""
    values = [node.value(value, "a part") for value in values]
    place = node.axis(values[0], node.get("axis", 1))
    if (all_of_it := _rejoined(values, place)) is not None:
        return all_of_it
    base = values[0]
    for value in values[1:]:
        base, _ = aligned(base, value, but=place)
    values = [base, *(aligned(base, value, but=place)[1] for value in values[1:])]
    before, behind = _around(base, set(base.axes[place]))
    stored = [node.layers.stored(value, (*before, value.axes[place], *behind)) for value in values]
    (along,) = whole([sum(value.shape[place] for value in values)])

    def make():
        return node.layers.layer("Concatenate", node.name, 1 + len(before))([value.make() for value in stored])

    axes = (*base.axes[:place], along, *base.axes[place + 1 :])
    parts = tuple(values) if all(value.shape[place] == 1 for value in values) else ()
    return Joined(axes, (*before, along, *behind), cache(make), None, place, parts)


def _rejoined(values: Sequence[Value], place: int) -> Value | None:
    """What was taken apart, if these are all of its parts in their order."""
    first = values[0]
    if not all(isinstance(value, Part) and value.source is first.source for value in values):
        return None
    whole_axis = all(value.along == first.along and value.index == i for i, value in enumerate(values))
    if not whole_axis or len(values) != math.prod(atom.size for atom in first.along):
        return None
    return first.source.as_axes((*first.axes[:place], (*first.along, *first.axes[place]), *first.axes[place + 1 :]))


def _around(x: Value, along: set[Atom]) -> tuple[Axes, Axes]:
    """How the other atoms of `x` are stored, before and behind those `along` an axis: before, where there are none."""
    before: list[Axis] = []
    behind: list[Axis] = []
    seen = False
    for group in x.stored:
        edge = next((i for i, atom in enumerate(group) if atom in along), None)
        halves = (group, ()) if edge is None else (group[:edge], group[edge:])
        (behind if seen else before).append(halves[0])
        seen = seen or edge is not None
        behind.append(tuple(atom for atom in halves[1] if atom not in along))
    return tuple(group for group in before if group), tuple(group for group in behind if group)
