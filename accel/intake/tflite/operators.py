"""TFLite's operators by the functions that read ONNX's: axes are named anew, channels first, and nothing is moved."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from accel.intake.onnx import building
from accel.intake.onnx.layout import Layers, Value, channels_first, channels_last
from accel.intake.onnx.nodes import Given, Node
from accel.intake.onnx.refusal import Unreadable
from accel.intake.tflite.loading import FIRST_ALONE, Operator

OPSET = 21
"""The version of the ONNX standard whose operators stand for TFLite's."""

PADDINGS = {0: "SAME_UPPER", 1: "VALID"}
FUSED = {0: "", 1: "RELU", 3: "RELU6"}
"""TFLite's numbers of paddings and of the activations that an operator does itself."""

OPERATORS: dict[str, Callable[..., Given | tuple[Value, ...]]] = {}
"""By TFLite's name of the operator: a function of an `Operation` and of what it reads that gives what it puts out."""


def operator(*kinds: str) -> Callable[[Callable], Callable]:
    """Enter a function for these kinds of operators."""

    def enter(function: Callable) -> Callable:
        OPERATORS.update(dict.fromkeys(kinds, function))
        return function

    return enter


@dataclass(frozen=True, eq=False)
class Operation:
    """An operator as its function sees it: its settings, the `name` its layer gets, the file's `shape` of what it puts
    out, and whether it reads `integers` for real numbers.
    """

    stored: Operator
    name: str
    shape: tuple[int, ...]
    layers: Layers
    integers: bool

    @property
    def kind(self) -> str:
        """TFLite's name of it."""
        return self.stored.kind

    def onnx(self, kind: str, *given: Given, name: str = "", **attributes: Any) -> Value:
        """What ONNX's operator `kind` makes of the same."""
        return self.all_of(kind, *given, name=name, **attributes)[0]

    def all_of(self, kind: str, *given: Given, name: str = "", **attributes: Any) -> tuple[Value, ...]:
        """All that ONNX's operator `kind` makes of the same."""
        node = Node(kind, name or self.name, OPSET, attributes, [True] * len(self.stored.outputs), self.layers)
        made = building.OPERATORS[kind](node, *given)
        return made if isinstance(made, tuple) else (made,)

    def activated(self, x: Value) -> Value:
        """`x` through the activation that the operator does itself."""
        number = self.stored.setting("FusedActivationFunction", 0)
        if number not in FUSED:
            raise Unreadable(f"fused activation {number}; expected none, RELU or RELU6")
        return self.activation(FUSED[number], x, f"{self.name}_{FUSED[number].lower()}") if number else x

    def activation(self, kind: str, x: Value, name: str) -> Value:
        """`x` through the activation called `kind`."""
        operator, attributes = ACTIVATIONS[kind]
        return self.onnx(operator, x, name=name, **attributes)

    def pair(self, name: str, default: int = 1) -> list[int]:
        """A setting of height and width."""
        return [self.stored.setting(name.format(side), default) for side in "HW"]


ACTIVATIONS: dict[str, tuple[str, dict[str, Any]]] = {
    "RELU": ("Relu", {}),
    "RELU6": ("Clip", {"min": 0.0, "max": 6.0}),
    "RELU_0_TO_1": ("Clip", {"min": 0.0, "max": 1.0}),
    "TANH": ("Tanh", {}),
    "LOGISTIC": ("Sigmoid", {}),
    "ELU": ("Elu", {}),
    "HARD_SWISH": ("HardSwish", {}),
}


def tensor(given: Given) -> Value:
    """What must be computed from the network's input."""
    if not isinstance(given, Value):
        raise Unreadable("the tensor is a constant; expected it to be computed from the input")
    return given


def constant(given: Given, what: str) -> np.ndarray:
    """What must not be computed from the network's input."""
    if not isinstance(given, np.ndarray):
        raise Unreadable(f"{what} is not stored in the file; expected a constant")
    return given


@operator(*ACTIVATIONS)
def activation(op: Operation, x: Given) -> Value:
    """One of all elements by themselves."""
    return op.activation(op.kind, tensor(x), op.name)


@operator("LEAKY_RELU")
def leaky_relu(op: Operation, x: Given) -> Value:
    """With its slope below zero."""
    return op.onnx("LeakyRelu", tensor(x), alpha=op.stored.setting("Alpha", 0.0))


@operator("SOFTMAX")
def softmax(op: Operation, x: Given) -> Value:
    """Over the last axis."""
    if not math.isclose(beta := op.stored.setting("Beta", 1.0), 1):
        raise Unreadable(f"beta={beta}; expected 1")
    return op.onnx("Softmax", tensor(x), axis=-1)


@operator("QUANTIZE", "DEQUANTIZE")
def same(op: Operation, x: Given) -> Given:
    """Other integers for the same numbers."""
    return x


@operator(*FIRST_ALONE)
def reshape(op: Operation, x: Given, *_: Given) -> Value:
    """To the shape that the file gives what comes out."""
    return op.layers.reshaped(tensor(x), op.shape)


@operator("TRANSPOSE")
def transpose(op: Operation, x: Given, order: Given) -> Value:
    """The axes in another order, the batch's first."""
    order = [int(axis) for axis in constant(order, "the order")]
    return tensor(x).transposed(order)


@operator("CONV_2D")
def conv(op: Operation, x: Given, weights: Given, bias: Given = None) -> Value:
    """Weights (filters, height, width, channels / groups)."""
    weights, x = constant(weights, "the kernel"), tensor(x)
    return _convolved(op, x, weights.transpose(0, 3, 1, 2), bias, x.shape[-1] // weights.shape[-1])


@operator("DEPTHWISE_CONV_2D")
def depthwise_conv(op: Operation, x: Given, weights: Given, bias: Given = None) -> Value:
    """Weights (1, height, width, channels * multiplier)."""
    weights, x = constant(weights, "the kernel"), tensor(x)
    return _convolved(op, x, weights.transpose(3, 0, 1, 2), bias, x.shape[-1])


def _convolved(op: Operation, x: Value, weights: np.ndarray, bias: Given, groups: int) -> Value:
    settings = {
        "strides": op.pair("Stride{}"),
        "dilations": op.pair("Dilation{}Factor"),
        "auto_pad": PADDINGS[op.stored.setting("Padding", 0)],
        "group": groups,
    }
    return op.activated(channels_last(op.onnx("Conv", channels_first(x), weights, bias, **settings)))


@operator("FULLY_CONNECTED")
def fully_connected(op: Operation, x: Given, weights: Given, bias: Given = None) -> Value:
    """Weights (units, inputs); all axes but the last are one, where they need not be kept."""
    weights, x = constant(weights, "the matrix"), tensor(x)
    if op.stored.setting("WeightsFormat", 0):
        raise Unreadable("weights in another order; expected the default")
    if not op.stored.setting("KeepNumDims", False):
        x = op.layers.reshaped(x, (math.prod(x.shape) // weights.shape[1], weights.shape[1]))
    return op.activated(op.onnx("Gemm", x, weights, bias, transB=1))


@operator("AVERAGE_POOL_2D", "MAX_POOL_2D")
def pooling(op: Operation, x: Given) -> Value:
    """Elements that a padding adds do not count."""
    settings = {
        "kernel_shape": [op.stored.setting("FilterHeight"), op.stored.setting("FilterWidth")],
        "strides": op.pair("Stride{}"),
        "auto_pad": PADDINGS[op.stored.setting("Padding", 0)],
    }
    kind = "MaxPool" if op.kind == "MAX_POOL_2D" else "AveragePool"
    return op.activated(channels_last(op.onnx(kind, channels_first(tensor(x)), **settings)))


@operator("MEAN", "REDUCE_MAX")
def reduce(op: Operation, x: Given, axes: Given) -> Value:
    """Over one or two axes."""
    kind = "ReduceMean" if op.kind == "MEAN" else "ReduceMax"
    keeps = int(bool(op.stored.setting("KeepDims", False)))
    return op.onnx(kind, tensor(x), constant(axes, "the axes"), keepdims=keeps)


@operator("PAD", "PADV2")
def pad(op: Operation, x: Given, edges: Given, value: Given = None) -> Value:
    """Zeros around axes of space; edges (axes, 2)."""
    x, edges = channels_first(tensor(x)), constant(edges, "the padding")
    pads = np.concatenate([edges[:1], edges[-1:], edges[1:-1]]).T.ravel().tolist()
    return channels_last(op.onnx("Pad", x, pads=pads, value=0.0 if value is None else constant(value, "the value")))


@operator("ADD", "SUB", "MUL", "DIV")
def arithmetic(op: Operation, a: Given, b: Given) -> Value:
    """Of two tensors, or of a tensor and constants."""
    return op.activated(op.onnx(op.kind.title(), a, b))


@operator("MAXIMUM", "MINIMUM")
def extremum(op: Operation, a: Given, b: Given) -> Value:
    """Of two tensors, or of a tensor and zero."""
    return op.onnx(op.kind[:3].title(), a, b)


@operator("CONCATENATION")
def concatenation(op: Operation, *given: Given) -> Value:
    """Tensors behind one another."""
    return op.activated(op.onnx("Concat", *given, axis=op.stored.setting("Axis", 0)))


@operator("SPLIT")
def split(op: Operation, axis: Given, x: Given) -> tuple[Value, ...]:
    """Equal parts of an axis."""
    return op.all_of("Split", tensor(x), axis=int(constant(axis, "the axis").item()))


@operator("SPLIT_V")
def split_sizes(op: Operation, x: Given, sizes: Given, axis: Given) -> tuple[Value, ...]:
    """Parts of an axis, of these sizes."""
    return op.all_of("Split", tensor(x), constant(sizes, "the sizes"), axis=int(constant(axis, "the axis").item()))


@operator("SLICE")
def sliced(op: Operation, x: Given, begin: Given, size: Given) -> Value:
    """A part from `begin` on; all that is left where a size is -1."""
    x, begin, size = tensor(x), constant(begin, "the begin"), constant(size, "the size")
    ends = np.where(size < 0, x.shape, begin + size)
    return op.onnx("Slice", x, begin, ends)


@operator("STRIDED_SLICE")
def strided(op: Operation, x: Given, begin: Given, end: Given, strides: Given) -> Value:
    """As Python's slices; an axis of a single index goes where its bit of `ShrinkAxisMask` is set."""
    x = tensor(x)
    masks = {
        name: op.stored.setting(f"{name}Mask", 0) for name in ("Begin", "End", "ShrinkAxis", "Ellipsis", "NewAxis")
    }
    if masks["Ellipsis"] or masks["NewAxis"]:
        raise Unreadable("an ellipsis or a new axis; expected a slice for each axis")
    given = [constant(one, "a bound") for one in (begin, end, strides)]
    ends = [
        np.where(_bits(masks[name], len(x.shape)), edge, own)
        for name, edge, own in (
            ("Begin", np.zeros(len(x.shape), np.int64), given[0]),
            ("End", np.array(x.shape), given[1]),
        )
    ]
    single = _bits(masks["ShrinkAxis"], len(x.shape))
    ends[1] = np.where(single, ends[0] % x.shape + 1, ends[1])
    made = op.onnx("Slice", x, np.where(single, ends[0] % x.shape, ends[0]), ends[1], None, given[2])
    return made.as_axes(tuple(axis for axis, gone in zip(made.axes, single, strict=True) if not gone))


def _bits(mask: int, rank: int) -> np.ndarray:
    return np.array([bool(mask >> place & 1) for place in range(rank)])


@operator("RESIZE_NEAREST_NEIGHBOR")
def resize(op: Operation, x: Given, *_: Given) -> Value:
    """Each element repeated a whole number of times."""
    if op.stored.setting("AlignCorners", False):
        raise Unreadable("align_corners; expected none")
    return op.onnx("Resize", tensor(x), None, None, np.array(op.shape))
