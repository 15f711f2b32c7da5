"""Every operator that is read but recurrent ones, alone or with what it stands beside, against onnxruntime."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.intake.onnx.cases import IMAGE, TABLE, WAVE, Case, check, one
from tests.intake.onnx.files import node, weights

NORMS = [weights(3), weights(3), weights(3), np.abs(weights(3)) + 0.5]

CASES = {
    "Gemm": one(TABLE, "Gemm", "Dense", {"w": weights(4, 5), "b": weights(4)}, transB=1, alpha=0.5, beta=2.0),
    "Gemm without bias": one(TABLE, "Gemm", "Dense", {"w": weights(5, 4)}),
    "MatMul": one(TABLE, "MatMul", "Dense", {"w": weights(5, 4)}),
    "MatMul and Add": Case(
        ("n", 7, 5),
        [node("MatMul", "x w", "a"), node("Add", "b a", "y")],
        "Dense",
        {"w": weights(5, 4), "b": weights(4)},
    ),
    "MatMul, read twice": Case(
        TABLE,
        [node("MatMul", "x w", "a"), node("Add", "a b", "c"), node("Mul", "c a", "y")],
        "Dense Rescaling Multiply",
        {"w": weights(5, 4), "b": weights(4)},
    ),
    "Conv, padded as Keras pads": one(
        IMAGE, "Conv", "Conv2D", {"w": weights(4, 3, 3, 3), "b": weights(4)}, pads=[1, 1, 1, 1]
    ),
    "Conv, padded otherwise": one(
        IMAGE, "Conv", "ZeroPadding2D Conv2D", {"w": weights(4, 3, 3, 3)}, pads=[1, 1, 1, 1], strides=[2, 2]
    ),
    "Conv, auto_pad": one(IMAGE, "Conv", "Conv2D", {"w": weights(4, 3, 3, 3)}, auto_pad="SAME_UPPER", strides=[2, 2]),
    "Conv, auto_pad below": one(
        IMAGE, "Conv", "ZeroPadding2D Conv2D", {"w": weights(4, 3, 3, 3)}, auto_pad="SAME_LOWER", strides=[2, 2]
    ),
    "Conv, dilated": one(IMAGE, "Conv", "Conv2D", {"w": weights(4, 3, 2, 3)}, dilations=[2, 3]),
    "Conv, depthwise": one(IMAGE, "Conv", "DepthwiseConv2D", {"w": weights(6, 1, 3, 3), "b": weights(6)}, group=3),
    "Conv, in groups": one(("n", 4, 6, 8), "Conv", "Conv2D", {"w": weights(6, 2, 3, 3)}, group=2),
    "Conv 1-d": one(WAVE, "Conv", "Conv1D", {"w": weights(4, 2, 5), "b": weights(4)}, pads=[2, 2]),
    "Conv over one line": one(("n", 3, 1, 8), "Conv", "Reshape Conv1D", {"w": weights(4, 3, 1, 3)}, pads=[0, 1, 0, 1]),
    "ConvTranspose": one(IMAGE, "ConvTranspose", "Conv2DTranspose", {"w": weights(3, 2, 2, 3), "b": weights(2)}),
    "ConvTranspose, cropped": one(
        WAVE,
        "ConvTranspose",
        "Conv1DTranspose Cropping1D",
        {"w": weights(2, 3, 4)},
        strides=[2],
        pads=[1, 2],
        output_padding=[1],
    ),
    "BatchNormalization": one(IMAGE, "BatchNormalization", "BatchNormalization", dict(zip("gbmv", NORMS, strict=True))),
    "Relu": one(IMAGE, "Relu", "Activation"),
    "Sigmoid": one(IMAGE, "Sigmoid", "Activation"),
    "Tanh": one(IMAGE, "Tanh", "Activation"),
    "Softplus": one(IMAGE, "Softplus", "Activation"),
    "LeakyRelu": one(IMAGE, "LeakyRelu", "LeakyReLU", alpha=0.3),
    "Elu": one(IMAGE, "Elu", "ELU", alpha=0.7),
    "Selu": one(IMAGE, "Selu", "Activation"),
    "PRelu": one(IMAGE, "PRelu", "PReLU", {"slope": weights(3, 1, 1)}),
    "Clip": one(IMAGE, "Clip", "ReLU", {"low": np.float32(0), "high": np.float32(0.5)}),
    "Clip, as attributes": one(IMAGE, "Clip", "ReLU", opset=9, min=0.0, max=0.5),
    "Clip from below": one(IMAGE, "Clip", "Activation", {"low": np.float32(0)}),
    "HardSigmoid": one(IMAGE, "HardSigmoid", "Rescaling ReLU"),
    "HardSigmoid as Keras has it": one(IMAGE, "HardSigmoid", "Activation", alpha=1 / 6),
    "HardSwish": one(IMAGE, "HardSwish", "Activation"),
    "Softmax": one(TABLE, "Softmax", "Activation", axis=-1),
    "Softmax over channels": one(IMAGE, "Softmax", "Activation", axis=1),
    "Softmax of old": one(TABLE, "Softmax", "Activation", opset=9),
    "Dropout and Identity": Case(
        TABLE, [node("Dropout", "x", "a"), node("Relu", "a", "b"), node("Identity", "b", "y")], "Activation"
    ),
    "numbers": Case(
        IMAGE,
        [node("Sub", "x m", "a"), node("Div", "a s", "b"), node("Mul", "c b", "d"), node("Sub", "o d", "y")],
        "Rescaling Rescaling Rescaling Rescaling",
        {"m": np.float32(3), "s": np.abs(weights(3, 1, 1)) + 1, "c": weights(1, 3, 1, 1), "o": np.float32(1)},
    ),
    "a residue": Case(
        IMAGE,
        [node("Conv", "x w", "a", pads=[1, 1, 1, 1]), node("Add", "a x", "b"), node("Relu", "b", "y")],
        "Conv2D Add Activation",
        {"w": weights(3, 3, 3, 3)},
    ),
    "a gate": Case(
        IMAGE,
        [node("GlobalAveragePool", "x", "a"), node("Sigmoid", "a", "b"), node("Mul", "b x", "y")],
        "GlobalAveragePooling2D Activation Reshape Multiply",
    ),
    "Concat": Case(
        IMAGE,
        [node("Conv", "x w", "a", pads=[1, 1, 1, 1]), node("Concat", "a x", "y", axis=1)],
        "Conv2D Concatenate",
        {"w": weights(2, 3, 3, 3)},
    ),
    "Slice": one(WAVE, "Slice", "Cropping1D", {"s": np.array([1]), "e": np.array([-2]), "a": np.array([2])}),
    "Split": Case(
        WAVE,
        [node("Split", "x sizes", "a b c", axis=2), node("Sub", "a c", "d"), node("Concat", "d b", "y", axis=2)],
        "Cropping1D Cropping1D Subtract Cropping1D Concatenate",
        {"sizes": np.array([5, 2, 5])},
    ),
    "Split, in equal parts": Case(
        WAVE,
        [node("Split", "x", "a b", axis=-1), node("Mul", "a b", "y")],
        "Cropping1D Cropping1D Multiply",
        {},
        {"opset": 9},
    ),
    "the channels behind a convolution, flattened": Case(
        IMAGE,
        [node("Conv", "x w", "a"), node("Relu", "a", "b"), node("Flatten", "b", "c"), node("Gemm", "c m", "y")],
        "Conv2D Activation Flatten Dense",
        {"w": weights(4, 3, 3, 3), "m": weights(4 * 4 * 6, 5)},
    ),
    "a shape that is computed": Case(
        IMAGE,
        [
            node("Conv", "x w", "a"),
            node("Shape", "a", "s"),
            node("Gather", "s zero", "n"),
            node("Unsqueeze", "n axes", "u"),
            node("Concat", "u rest", "t", axis=0),
            node("Reshape", "a t", "b"),
            node("MatMul", "b m", "y"),
        ],
        "Conv2D Flatten Dense",
        {
            "w": weights(4, 3, 3, 3),
            "zero": np.array(0),
            "axes": np.array([0]),
            "rest": np.array([-1]),
            "m": weights(4 * 4 * 6, 5),
        },
    ),
    "channels last, as tf2onnx writes them": Case(
        ("n", 6, 8, 3),
        [
            node("Transpose", "x", "a", perm=[0, 3, 1, 2]),
            node("Conv", "a w", "b"),
            node("MaxPool", "b", "c", kernel_shape=[2, 2], strides=[2, 2]),
            node("Transpose", "c", "d", perm=[0, 2, 3, 1]),
            node("Reshape", "d shape", "e"),
            node("MatMul", "e m", "f"),
            node("Add", "f v", "g"),
            node("Softmax", "g", "y"),
        ],
        "Conv2D MaxPooling2D Flatten Dense Activation",
        {"w": weights(4, 3, 3, 3), "shape": np.array([-1, 24]), "m": weights(24, 5), "v": weights(5)},
    ),
    "time behind frequency": Case(
        ("n", 1, 4, 10),
        [
            node("Conv", "x w", "a", pads=[1, 1, 1, 1]),
            node("Transpose", "a", "b", perm=[3, 0, 1, 2]),
            node("Reshape", "b shape", "c"),
            node("LSTM", "c W R B", "- d", hidden_size=4),
            node("Squeeze", "d zero", "y"),
        ],
        "Conv2D Reshape LSTM",
        {
            "w": weights(2, 1, 3, 3),
            "shape": np.array([0, 0, 8]),
            "zero": np.array([0]),
            "W": weights(1, 16, 8),
            "R": weights(1, 16, 4),
            "B": weights(1, 32),
        },
    ),
    "weights that are inputs, too": Case(
        TABLE, [node("MatMul", "x w", "y")], "Dense", {"w": weights(5, 4)}, {"as_inputs": True, "ir": 3, "opset": 9}
    ),
    "doubles": Case(
        TABLE, [node("MatMul", "x w", "y")], "Dense", {"w": weights(5, 4).astype(float)}, {"dtype": np.float64}
    ),
    "a batch of three": one((3, 3, 6, 8), "Conv", "Conv2D", {"w": weights(4, 3, 3, 3)}),
    "a batch of one": one((1, 3, 6, 8), "Conv", "Conv2D", {"w": weights(4, 3, 3, 3)}),
}


@pytest.mark.parametrize("name", CASES)
def test_an_operator(name: str, tmp_path: Path) -> None:
    check(CASES[name], tmp_path)
