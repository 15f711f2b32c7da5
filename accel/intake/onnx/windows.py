"""A window that an operator moves over space or time, and the zeros around what it moves over."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from accel.intake.onnx.layout import Axes, Axis, Value, flat, whole
from accel.intake.onnx.nodes import Given, Node
from accel.intake.onnx.refusal import Unreadable

Edges = tuple[tuple[int, int], ...]
"""Of each axis of space: how much is added before it and behind it."""


@dataclass(frozen=True, eq=False)
class Window:
    """A window on `x`, whose axes of space are those of ONNX called `places` in the order in which they are stored.

    An axis of size 1 that the window does not grow or pad is left out, so that a Conv2d over one line is a Conv1D.
    """

    x: Value
    places: tuple[int, ...]
    kernel: tuple[int, ...]
    strides: tuple[int, ...]
    dilations: tuple[int, ...]
    edges: Edges

    @property
    def rank(self) -> int:
        """Axes of space."""
        return len(self.places)

    @property
    def sizes(self) -> tuple[int, ...]:
        """Of the axes of space."""
        return tuple(self.x.shape[place] for place in self.places)

    @property
    def reach(self) -> tuple[int, ...]:
        """The kernel's sizes with what a dilation leaves out."""
        return tuple((k - 1) * d + 1 for k, d in zip(self.kernel, self.dilations, strict=True))

    @property
    def outputs(self) -> tuple[int, ...]:
        """Sizes of what comes out."""
        given = zip(self.sizes, self.edges, self.reach, self.strides, strict=True)
        return tuple((n + sum(edge) - k) // s + 1 for n, edge, k, s in given)

    @property
    def same(self) -> bool:
        """Whether the padding is what Keras calls 'same': as much before as behind, or one less."""
        given = zip(self.sizes, self.reach, self.strides, strict=True)
        totals = [max((math.ceil(n / s) - 1) * s + k - n, 0) for n, k, s in given]
        return self.edges == tuple((total // 2, total - total // 2) for total in totals)

    @property
    def padded(self) -> bool:
        """Whether there is any."""
        return any(map(any, self.edges))

    def kernels(self, weights: np.ndarray) -> np.ndarray:
        """`weights` (a, b, *kernel of ONNX) as (*kernel, b, a), with the axes of space that the window has."""
        kept = list(self.places)
        dropped = [axis for axis in range(2, weights.ndim) if axis not in kept]
        return weights.transpose(*kept, 1, 0, *dropped).reshape(*self.kernel, *weights.shape[1::-1])

    def axes(self, sizes: Sequence[int], channels: Axis, stored: Axis | None = None) -> tuple[Axes, Axes]:
        """ONNX's axes and how they are stored, of what has space of these `sizes`."""
        space = whole(sizes)
        axes = [(), channels, *(() for _ in self.x.shape[2:])]
        for place, axis in zip(self.places, space, strict=True):
            axes[place] = axis
        return tuple(axes), (*space, channels if stored is None else stored)


def window(node: Node, x: Given, kernel: Sequence[int]) -> Window:
    """The window of a node, and `x` stored with its axes of space first and the channels last."""
    x = node.value(x)
    if x.axes[0]:
        raise Unreadable(f"{x.shape[0]} at a time; expected a batch of 1, or an open batch axis")
    rank = len(x.shape) - 2
    strides, dilations = (list(node.get(name, [1] * rank)) for name in ("strides", "dilations"))
    edges = _edges(node, x.shape[2:], kernel, strides, dilations)
    stored = flat(x.stored)
    order = [i for i in range(rank) if x.shape[2 + i] > 1 or kernel[i] > 1 or any(edges[i])]
    order = order or [rank - 1]
    if all(x.axes[2 + i] for i in order):
        order.sort(key=lambda i: stored.index(x.axes[2 + i][0]))
    if len(order) > 2:
        raise Unreadable(f"{len(order)} axes of space; expected one or two")
    places = tuple(2 + i for i in order)
    inner = tuple(atom for atom in stored if atom in set(x.axes[1]))
    x = node.layers.stored(x, (*(x.axes[place] for place in places), inner))
    picked = [tuple(values[i] for i in order) for values in (kernel, strides, dilations, edges)]
    return Window(x, places, *picked)


def _edges(node: Node, sizes: Sequence[int], kernel: Sequence[int], strides: Sequence[int], dilations: Sequence[int]):
    auto, rank = node.get("auto_pad", "NOTSET"), len(sizes)
    if auto in ("SAME_UPPER", "SAME_LOWER"):
        given = zip(sizes, kernel, strides, dilations, strict=True)
        totals = [max((math.ceil(n / s) - 1) * s + (k - 1) * d + 1 - n, 0) for n, k, s, d in given]
        halves = [(total // 2, total - total // 2) for total in totals]
        return [half if auto == "SAME_UPPER" else half[::-1] for half in halves]
    pads = node.get("pads", [0] * 2 * rank) if auto == "NOTSET" else [0] * 2 * rank
    if any(pad < 0 for pad in pads):
        raise Unreadable(f"pads={pads}; expected none below 0")
    return list(zip(pads[:rank], pads[rank:], strict=True))


def padded(node: Node, seen: Window) -> tuple[Value, str]:
    """What the window moves over, and Keras' name for the padding that is left to the layer itself."""
    if not seen.padded or seen.same:
        return seen.x, "same" if seen.padded else "valid"
    return zeros(node, seen, f"{node.name}_padding"), "valid"


def zeros(node: Node, seen: Window, name: str) -> Value:
    """`seen.x` with zeros around it."""
    sizes = [n + sum(edge) for n, edge in zip(seen.sizes, seen.edges, strict=True)]
    axes, stored = seen.axes(sizes, seen.x.axes[1], seen.x.stored[-1])
    edges = seen.edges if seen.rank == 2 else seen.edges[0]
    return node.made(axes, stored, seen.x, lambda: node.layers.layer(f"ZeroPadding{seen.rank}D", name, edges))


def on_space(node: Node, x: Value, changed: Mapping[int, tuple[Any, int]], kind: str, neutral: Any) -> Value:
    """A layer called `kind`1D or 2D on the axes that `changed` names, each with its setting and its new size: they and,
    of the others, all but those stored last are space, which get the `neutral` setting.
    """
    atoms = flat(x.stored)
    others = [place for place, axis in enumerate(x.axes) if axis and place not in changed]
    others.sort(key=lambda place: atoms.index(x.axes[place][-1]))
    space = sorted((*changed, *others[:-1]), key=lambda place: atoms.index(x.axes[place][0]) if x.axes[place] else -1)
    if len(space) > 2:
        raise Unreadable(f"{len(space)} axes of {x.shape}; expected one or two beside the channels")
    inner = tuple(atom for atom in atoms if others and atom in x.axes[others[-1]])
    x = node.layers.stored(x, (*(x.axes[place] for place in space), inner))
    around = tuple(changed[place][0] if place in changed else neutral for place in space)
    sizes = whole([changed[place][1] if place in changed else x.shape[place] for place in space])
    axes = list(x.axes)
    for place, axis in zip(space, sizes, strict=True):
        axes[place] = axis
    given = around if len(space) == 2 else around[0]
    layer = partial(node.layers.layer, f"{kind}{len(space)}D", node.name, given)
    return node.made(tuple(axes), (*sizes, inner), x, layer)


def flipped(node: Node, x: Value, place: int, name: str) -> Value:
    """`x` with an axis in reverse order."""
    along = x.axes[place]
    if not along:
        return x
    x = node.layers.stored(x, (along, tuple(atom for atom in flat(x.stored) if atom not in along)))
    return node.made(x.axes, x.stored, x, lambda: node.layers.flip(name))


def cropped(node: Node, x: Value, edges: Mapping[int, tuple[int, int]]) -> Value:
    """`x` without so many indices before and behind of each axis."""
    return on_space(
        node, x, {place: (edge, x.shape[place] - sum(edge)) for place, edge in edges.items()}, "Cropping", (0, 0)
    )
