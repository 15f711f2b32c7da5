"""LSTM and GRU, in either direction or both."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from accel.intake.keras2.functions import by_name
from accel.intake.onnx.layout import Final, Value, flat, reordered, whole
from accel.intake.onnx.nodes import Given, Node, operator
from accel.intake.onnx.refusal import Unreadable
from accel.intake.onnx.windows import flipped

ACTIVATIONS = {"LSTM": ["Sigmoid", "Tanh", "Tanh"], "GRU": ["Sigmoid", "Tanh"]}
SIDES = {"forward": 1, "reverse": 1, "bidirectional": 2}

Weights = list[np.ndarray]


@operator("LSTM")
def lstm(node: Node, x: Given, kernels: Given, recurrents: Given, biases: Given = None, *more: Given):
    """Gates i, o, f, c in ONNX; i, f, c, o in Keras. W (directions, 4 units, inputs), B of W's and R's."""
    lengths, hidden, cell, peepholes = (*more, None, None, None, None)[:4]
    node.expect("input_forget", 0)
    if peepholes is not None and np.any(peepholes):
        raise Unreadable("peepholes; expected none")
    if any(node.used[2:]):
        raise Unreadable("its last cell state is used; expected its outputs alone")

    def keras_weights(kernel: np.ndarray, recurrent: np.ndarray, bias: np.ndarray) -> Weights:
        return [kernel.T, recurrent.T, bias.reshape(2, -1).sum(axis=0)]

    return _recurrent(node, x, (kernels, recurrents, biases), (lengths, hidden, cell), (0, 2, 3, 1), keras_weights)


@operator("GRU")
def gru(node: Node, x: Given, kernels: Given, recurrents: Given, biases: Given = None, *more: Given):
    """Gates z, r, h in both. Keras' two rows of biases are ONNX's with `linear_before_reset=1`, as PyTorch has it."""
    lengths, hidden = (*more, None, None)[:2]
    if node.get("linear_before_reset", 0) != 1:
        raise Unreadable("linear_before_reset=0; expected 1, Keras' reset_after=True, which PyTorch's GRU has")

    def keras_weights(kernel: np.ndarray, recurrent: np.ndarray, bias: np.ndarray) -> Weights:
        return [kernel.T, recurrent.T, bias.reshape(2, -1)]

    return _recurrent(node, x, (kernels, recurrents, biases), (lengths, hidden), (0, 1, 2), keras_weights)


def _recurrent(
    node: Node,
    x: Given,
    weights: Sequence[Given],
    optional: Sequence[Given],
    gates: Sequence[int],
    keras_weights: Callable[..., Weights],
) -> tuple[Value, Value]:
    """All outputs, and the last one. `optional`: lengths of the sequences, and states to begin with."""
    x = node.value(x)
    kernel, recurrent = (node.constant(given, "a weight") for given in weights[:2])
    sides, units = recurrent.shape[0], recurrent.shape[-1]
    bias = np.zeros((sides, 2 * len(gates) * units)) if weights[2] is None else node.constant(weights[2], "the bias")
    _check(node, sides, optional, x)
    batch_first = node.get("layout", 0)
    steps, batch, features = x.axes[batch_first], x.axes[1 - batch_first], x.axes[2]
    if batch:
        raise Unreadable(f"{x.shape[1 - batch_first]} sequences at a time; expected a batch of 1, or an open one")
    inner = tuple(atom for atom in flat(x.stored) if atom in set(features))
    x = node.layers.stored(x, (steps, inner))
    kernel = reordered(kernel, 2, features, inner)
    ordered = [
        _gates(array, axis, gates) for array, axis in ((kernel, 1), (recurrent, 1), (bias.reshape(sides, 2, -1), 2))
    ]
    parameters = [array for side in range(sides) for array in keras_weights(*(given[side] for given in ordered))]
    direction, unit = whole((sides, units))
    layer = partial(_layer, node, units, sides)
    last = node.made((direction, (), unit), ((*direction, *unit),), x, partial(layer, False), parameters)
    every = node.made((steps, direction, (), unit), (steps, (*direction, *unit)), x, partial(layer, True), parameters)
    if sides == 1:
        backwards = node.get("direction") == "reverse"  # Keras puts its steps out in the order in which it reads them
        every = flipped(node, every, 0, f"{node.name}_ordered") if backwards else every
        every = replace(every, final=Final(steps, 0 if backwards else x.shape[batch_first] - 1, lambda: last))
    if batch_first:
        return every.transposed((2, 0, 1, 3)), last.transposed((1, 0, 2))
    return every, last


def _layer(node: Node, units: int, sides: int, sequences: bool):
    import keras

    kind = getattr(keras.layers, node.kind)
    inner = {"recurrent_activation": _gate(node, sides)} | ({"reset_after": True} if node.kind == "GRU" else {})
    if sides == 1:
        inner["go_backwards"] = node.get("direction") == "reverse"
        return node.layers.layer(node.kind, node.name, units, return_sequences=sequences, **inner)
    return node.layers.layer(
        "Bidirectional", node.name, kind(units, return_sequences=sequences, **inner, name=node.name)
    )


def _gate(node: Node, sides: int) -> Any:
    """The gates' activation as Keras has it; HardSigmoid is what files of Keras 1 and 2 have."""
    asked = [name.lower() for name in node.get("activations", ACTIVATIONS[node.kind] * sides)]
    usual = [name.lower() for name in ACTIVATIONS[node.kind] * sides]
    if asked == usual:
        return "sigmoid"
    if asked != [name.replace("sigmoid", "hardsigmoid") for name in usual]:
        given = node.get("activations")
        raise Unreadable(f"activations={given}; expected {ACTIVATIONS[node.kind]}, or HardSigmoid for Sigmoid")
    slopes, shifts = node.get("activation_alpha", [0.2]), node.get("activation_beta", [0.5])
    for slope, function in ((0.2, by_name()["accel>hard_sigmoid"]), (1 / 6, "hard_sigmoid")):
        if np.allclose(slopes, slope, rtol=1e-5) and np.allclose(shifts, 0.5):
            return function
    raise Unreadable(f"activation_alpha={slopes}, activation_beta={shifts}; expected 0.2 or 1/6, and 0.5")


def _gates(array: np.ndarray, axis: int, order: Sequence[int]) -> np.ndarray:
    """`array` with the gates, equal parts of its `axis`, in another order."""
    parts = np.split(array, len(order), axis)
    return np.concatenate([parts[gate] for gate in order], axis)


def _check(node: Node, sides: int, optional: Sequence[Given], x: Value) -> None:
    node.expect("direction", *SIDES)
    if SIDES[node.get("direction", "forward")] != sides:
        raise Unreadable(f"direction={node.get('direction')} with weights for {sides}")
    _gate(node, sides)
    if node.get("clip"):
        raise Unreadable(f"clip={node.get('clip')}; expected none")
    lengths, *states = optional
    steps = x.shape[node.get("layout", 0)]
    if lengths is not None and (isinstance(lengths, Value) or np.any(lengths != np.array(steps))):
        raise Unreadable(f"sequence_lens; expected all {steps} steps")
    if any(isinstance(state, Value) or (state is not None and np.any(state)) for state in states):
        raise Unreadable("a state to begin with; expected none, or zeros")
