"""TFLite's LSTM, which converters write where the batch is fixed and the layer was one of Keras 2."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from accel.intake.onnx.layout import Value
from accel.intake.onnx.nodes import Given
from accel.intake.onnx.refusal import Unreadable
from accel.intake.tflite.operators import Operation, constant, operator, tensor

TANH = 4
"""The schema's number of the activation."""

CLIP = 10.0
"""Where TensorFlow's converter ends the cells' states, of which Keras has no end: their tanh is 1 there in float32."""

PEEPHOLES, PROJECTION, NORMALISATION = slice(9, 12), slice(16, 18), slice(20, 24)
"""Where what only other kinds of LSTM have stands among the inputs."""


@operator("UNIDIRECTIONAL_SEQUENCE_LSTM")
def lstm(op: Operation, x: Given, *given: Given) -> Value:
    """Weights and biases of the gates i, f, c, o, each in a tensor of its own; ONNX has i, o, f, c in one."""
    inputs = [x, *given]
    _check(op, inputs)
    kernel, recurrent, bias = (_gates(inputs[start : start + 4]) for start in (1, 5, 12))
    bias = np.concatenate([bias, np.zeros_like(bias)])
    made = op.onnx("LSTM", tensor(x), kernel[None], recurrent[None], bias[None], layout=int(not _time_first(op)))
    return made.as_axes(tuple(made.axes[axis] for axis in ((0, 2, 3) if _time_first(op) else (0, 1, 3))))


def _time_first(op: Operation) -> bool:
    return bool(op.stored.setting("TimeMajor", False))


def _gates(given: Sequence[Given]) -> np.ndarray:
    i, f, c, o = (constant(one, "a weight of a gate") for one in given)
    return np.concatenate([i, o, f, c])


def _check(op: Operation, inputs: Sequence[Given]) -> None:
    if op.integers:
        raise Unreadable("weights of 8 bits; expected float32 or float16, as its loop rounds in ways of its own")
    for what, place in (("peepholes", PEEPHOLES), ("a projection", PROJECTION), ("normalisations", NORMALISATION)):
        if any(one is not None for one in inputs[place]):
            raise Unreadable(f"{what}; expected none")
    if 0 < (clip := op.stored.setting("CellClip", 0.0)) < CLIP:
        raise Unreadable(f"cell_clip={clip:g}; expected none, or the converter's {CLIP:g}")
    if (number := op.stored.setting("FusedActivationFunction", TANH)) != TANH:
        raise Unreadable(f"activation {number}; expected tanh")
