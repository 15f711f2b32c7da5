"""Operators that multiply by weights without a window, and normalisations: Gemm, MatMul, BatchNormalization."""

from __future__ import annotations

import numpy as np

from accel.intake.onnx.elementwise import rescaled
from accel.intake.onnx.layout import Value, flat, reordered, whole
from accel.intake.onnx.nodes import Given, Node, operator
from accel.intake.onnx.refusal import Unreadable


@operator("Gemm")
def gemm(node: Node, x: Given, weights: Given, bias: Given = None) -> Value:
    """alpha x W + beta C, W perhaps transposed."""
    x, weights = node.value(x), node.constant(weights, "the matrix")
    node.expect("transA", 0)
    weights = weights.T if node.get("transB", 0) else weights
    offset = 0.0 if bias is None else node.get("beta", 1.0) * node.constant(bias, "the bias")
    return _dense(node, x, node.get("alpha", 1.0) * weights, offset)


@operator("MatMul")
def matmul(node: Node, x: Given, weights: Given) -> Value:
    """The last axis times a matrix; what a single Add behind it adds is its bias."""
    x, weights = node.value(x, "the first factor"), node.constant(weights, "the second factor")
    weights = weights.reshape(weights.shape[-2:]) if weights.size == np.prod(weights.shape[-2:]) else weights
    if weights.ndim != 2:
        raise Unreadable(f"a factor of shape {weights.shape}; expected a matrix")
    return _dense(node, x, weights, 0.0 if node.bias is None else node.bias)


def _dense(node: Node, x: Value, weights: np.ndarray, bias: float | np.ndarray) -> Value:
    """`weights` (inputs, units), and what broadcasts to a bias."""
    inner = set(x.axes[-1])
    given = tuple(atom for atom in flat(x.stored) if atom in inner)
    outer = tuple(tuple(atom for atom in group if atom not in inner) for group in x.stored)
    x = node.layers.stored(x, (*(group for group in outer if group), given))
    (units,) = whole(weights.shape[1:])
    kernel = reordered(weights, 0, x.axes[-1], given)
    bias = np.broadcast_to(np.asarray(bias, np.float64).reshape(-1), (weights.shape[1],))
    kernel, scale = node.layers.factored(kernel)
    settings = {"use_bias": bool(np.any(bias)) and scale is None}
    parameters = [kernel, bias] if settings["use_bias"] else [kernel]
    made = node.made(
        (*x.axes[:-1], units),
        (*x.stored[:-1], units),
        x,
        lambda: node.layers.layer("Dense", node.name, weights.shape[1], **settings),
        parameters,
    )
    return made if scale is None else rescaled(node, made, scale, bias)


@operator("BatchNormalization")
def batch_normalization(node: Node, x: Given, *parameters: Given) -> Value:
    """Over the channels, ONNX's second axis; of a vector, its only one."""
    x = node.value(x)
    node.expect("training_mode", 0)
    axis = 1 if len(x.shape) > 1 else 0
    gamma, beta, mean, variance = (node.constant(given, "a parameter") for given in parameters)
    if gamma.size != x.shape[axis]:
        raise Unreadable(
            f"{gamma.size} scales for {x.shape[axis]} channels, ONNX's second axis, which no runtime takes; "
            "expected as many: export it again"
        )
    inner = set(x.axes[axis])
    given = tuple(atom for atom in flat(x.stored) if atom in inner)
    if x.stored[-1:] != (given,):
        outer = tuple(tuple(atom for atom in group if atom not in inner) for group in x.stored)
        x = node.layers.stored(x, (*(group for group in outer if group), given))
    epsilon = node.get("epsilon", 1e-5)
    return node.made(
        x.axes,
        x.stored,
        x,
        lambda: node.layers.layer("BatchNormalization", node.name, epsilon=epsilon),
        [reordered(array, 0, x.axes[axis], given) for array in (gamma, beta, mean, variance)],
    )
