"""Operators that do the same to every element: activations, and sums and products with constants or tensors."""

from __future__ import annotations

import math
from functools import cache

import numpy as np

from accel.intake.onnx.layout import Atom, Axes, Axis, Value, flat, reordered
from accel.intake.onnx.nodes import Given, Node, operator
from accel.intake.onnx.refusal import Unreadable

ACTIVATIONS = {
    "Relu": "relu",
    "Sigmoid": "sigmoid",
    "Tanh": "tanh",
    "Softplus": "softplus",
    "Softsign": "softsign",
    "HardSwish": "hard_silu",
    "Mish": "mish",
}
MERGES = {"Add": "Add", "Sub": "Subtract", "Mul": "Multiply", "Max": "Maximum", "Min": "Minimum"}


@operator("Identity", "Dropout", "Cast", "CastLike")
def same(node: Node, x: Given, *_: Given) -> tuple[Value, None]:
    """What it reads, as there is no training; numbers stay floating point."""
    return node.value(x), None


@operator(*ACTIVATIONS)
def activation(node: Node, x: Given) -> Value:
    """A Keras activation."""
    return node.elementwise(node.value(x), "Activation", ACTIVATIONS[node.kind])


@operator("LeakyRelu")
def leaky_relu(node: Node, x: Given) -> Value:
    """With its slope below zero."""
    return node.elementwise(node.value(x), "LeakyReLU", negative_slope=node.get("alpha", 0.01))


@operator("Elu")
def elu(node: Node, x: Given) -> Value:
    """With its alpha."""
    return node.elementwise(node.value(x), "ELU", alpha=node.get("alpha", 1.0))


@operator("Selu")
def selu(node: Node, x: Given) -> Value:
    """Of Keras' own constants, which are ONNX's defaults."""
    alpha, gamma = node.get("alpha", 1.67326), node.get("gamma", 1.0507)
    if not (math.isclose(alpha, 1.67326, rel_tol=1e-4) and math.isclose(gamma, 1.0507, rel_tol=1e-4)):
        raise Unreadable(f"alpha={alpha}, gamma={gamma}; expected alpha=1.67326, gamma=1.0507")
    return node.elementwise(node.value(x), "Activation", "selu")


@operator("Gelu")
def gelu(node: Node, x: Given) -> Value:
    """Exact; Keras has the approximation by tanh as a function only."""
    node.expect("approximate", "none")
    return node.elementwise(node.value(x), "Activation", "gelu")


@operator("HardSigmoid")
def hard_sigmoid(node: Node, x: Given) -> Value:
    """max(0, min(1, alpha x + beta)): Keras' own has alpha 1/6."""
    alpha, beta, x = node.get("alpha", 0.2), node.get("beta", 0.5), node.value(x)
    if math.isclose(alpha, 1 / 6, rel_tol=1e-5) and beta == 0.5:
        return node.elementwise(x, "Activation", "hard_sigmoid")
    return node.elementwise(node.elementwise(x, "Rescaling", alpha, beta), "ReLU", max_value=1.0)


@operator("Clip")
def clip(node: Node, x: Given, low: Given = None, high: Given = None) -> Value:
    """A ReLU that may be bounded."""
    low, high = (node.setting(*bound) for bound in (("min", low), ("max", high)))
    if low is None or float(low) != 0:
        raise Unreadable(f"min={low}, max={high}; expected min=0")
    if high is None or float(high) > 3e38:
        return node.elementwise(node.value(x), "Activation", "relu")
    return node.elementwise(node.value(x), "ReLU", max_value=float(high))


@operator("PRelu")
def prelu(node: Node, x: Given, slope: Given) -> Value:
    """With its slope for each channel, or each element."""
    x, slope = node.value(x), node.constant(slope, "slope")
    if slope.size == 1:
        return node.elementwise(x, "LeakyReLU", negative_slope=float(slope.item()))
    alpha = in_storage(x, np.broadcast_to(slope, x.shape))
    return node.made(x.axes, x.stored, x, lambda: node.layers.layer("PReLU", node.name), [alpha])


@operator("Softmax")
def softmax(node: Node, x: Given) -> Value:
    """Over one axis, which is stored last."""
    x = node.value(x)
    axis = node.axis(x, node.get("axis", -1 if node.opset >= 13 else 1))
    if node.opset < 13 and any(size > 1 for size in x.shape[axis + 1 :]):
        raise Unreadable(f"axis={axis} and all behind it of {x.shape}; expected the last axis alone")
    last = set(x.axes[axis])
    kept = [tuple(atom for atom in group if atom not in last) for group in x.stored]
    inner = tuple(atom for atom in flat(x.stored) if atom in last)
    x = node.layers.stored(x, (*(group for group in kept if group), inner))
    return node.elementwise(x, "Activation", "softmax")


@operator("Add", "Sub", "Mul", "Div", "Max", "Min")
def arithmetic(node: Node, a: Given, b: Given) -> Value:
    """With a constant a scale and an offset, else a layer of two tensors."""
    if isinstance(a, Value) and isinstance(b, Value):
        return _merged(node, a, b)
    x, number = (a, b) if isinstance(a, Value) else (b, a)
    if node.kind in ("Max", "Min"):
        if node.kind == "Max" and not np.any(number):
            return node.elementwise(node.value(x), "Activation", "relu")
        raise Unreadable(f"{node.kind} with a constant; expected Max with 0, or Clip with min=0")
    return _affine(node, node.value(x), np.asarray(number, np.float64), isinstance(a, Value))


def _affine(node: Node, x: Value, number: np.ndarray, first: bool) -> Value:
    """`first`: the tensor stands before the constant."""
    if node.kind == "Div" and not first:
        raise Unreadable("a constant divided by the tensor; expected the tensor divided by a constant")
    if (scale := {"Add": 1.0, "Sub": 1.0 if first else -1.0}.get(node.kind)) is not None:
        return rescaled(node, x, scale, -number if node.kind == "Sub" and first else number)
    return rescaled(node, x, number if node.kind == "Mul" else 1 / number, 0.0)


def rescaled(node: Node, x: Value, scale: float | np.ndarray, offset: float | np.ndarray) -> Value:
    """`x` times `scale` plus `offset`, each one number or an array of a shape that broadcasts to that of `x`."""
    if np.all(np.asarray(scale) == 1) and not np.any(offset):
        return x
    spread = [_for_channels(x, np.asarray(number)) for number in (scale, offset)]
    return node.elementwise(x, "Rescaling", *spread)


def _for_channels(x: Value, number: np.ndarray) -> float | list[float]:
    """One number, or a list of one for each index of the last axis that is stored."""
    if number.size == 1 or np.all(number == number.flat[0]):
        return float(number.flat[0])
    number = number.reshape((1,) * (len(x.shape) - number.ndim) + number.shape)
    if np.broadcast_shapes(number.shape, x.shape) != x.shape:
        raise Unreadable(f"numbers of shape {number.shape} to {x.shape}; expected no larger shape")
    stored = in_storage(x, np.broadcast_to(number, x.shape))
    rows = stored.reshape(-1, stored.shape[-1])
    if np.any(rows != rows[0]):
        raise Unreadable(f"numbers of shape {number.shape} to {x.shape}; expected one, or one for each channel")
    return rows[0].tolist()


def in_storage(x: Value, array: np.ndarray) -> np.ndarray:
    """`array` of the shape of `x` in ONNX as the Keras tensor of `x` has it."""
    rows = reordered(array.reshape(-1), 0, flat(x.axes), flat(x.stored))
    return rows.reshape([math.prod(atom.size for atom in axis) for axis in x.stored])


def _merged(node: Node, a: Value, b: Value) -> Value:
    """One layer of two tensors, the second stored as the first."""
    if node.kind not in MERGES:
        raise Unreadable("one tensor divided by another; expected a constant")
    swapped = len(flat(a.axes)) < len(flat(b.axes)) or math.prod(a.shape) < math.prod(b.shape)
    large, small = (b, a) if swapped else (a, b)
    large, small = aligned(large, small)
    small = node.layers.stored(small, _groups(large, small))
    first, second = (small, large) if swapped else (large, small)

    def make():
        return node.layers.layer(MERGES[node.kind], node.name)([first.make(), second.make()])

    return Value(large.axes, large.stored, cache(make))


def _groups(large: Value, small: Value) -> Axes:
    """How `small` is stored beside `large`: of each axis all or nothing."""
    atoms = set(flat(small.axes))
    groups = tuple(tuple(atom for atom in group if atom in atoms) for group in large.stored)
    if any(group and group != full for group, full in zip(groups, large.stored, strict=True)):
        raise Unreadable(f"{small.shape} is spread over {large.shape}; expected equal shapes")
    return groups


def aligned(large: Value, small: Value, but: int | None = None) -> tuple[Value, Value]:
    """Both with the same atoms wherever ONNX has them side by side, `but` on one axis; `small` may have axes of size 1
    instead.
    """
    rank = len(large.shape)
    small = small.as_axes(((),) * (rank - len(small.shape)) + small.axes)
    sides = [axis for axis in range(rank) if axis != but]
    for axis in sides:
        if small.axes[axis]:
            large, small = _refined(large, small, axis)
    pairs = {b: a for axis in sides for a, b in zip(large.axes[axis], small.axes[axis], strict=False)}

    def named(axes: Axes) -> Axes:
        return tuple(tuple(pairs.get(atom, atom) for atom in axis) for axis in axes)

    return large, Value(named(small.axes), named(small.stored), small.make)


def _refined(large: Value, small: Value, axis: int) -> tuple[Value, Value]:
    """Both with atoms of the same sizes in this axis."""
    if large.shape[axis] != small.shape[axis]:
        raise Unreadable(f"shapes {large.shape} and {small.shape}; expected equal ones")
    place = 0
    while place < max(len(large.axes[axis]), len(small.axes[axis])):
        a, b = large.axes[axis][place], small.axes[axis][place]
        if a.size % b.size and b.size % a.size:
            raise Unreadable(f"shapes {large.shape} and {small.shape}, of parts that differ; expected the same parts")
        if a.size > b.size:
            large = large.with_split(a, _two(b.size, a.size))
        elif b.size > a.size:
            small = small.with_split(b, _two(a.size, b.size))
        place += 1
    return large, small


def _two(first: int, size: int) -> Axis:
    return Atom(first), Atom(size // first)
