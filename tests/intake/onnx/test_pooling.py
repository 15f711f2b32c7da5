"""Operators that make space smaller or larger without weights, against onnxruntime."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.intake.onnx.cases import IMAGE, WAVE, Case, check, one
from tests.intake.onnx.files import node

CASES = {
    "MaxPool": one(IMAGE, "MaxPool", "MaxPooling2D", kernel_shape=[2, 2], strides=[2, 2]),
    "MaxPool, overlapping": one(WAVE, "MaxPool", "MaxPooling1D", kernel_shape=[3], strides=[2], auto_pad="SAME_UPPER"),
    "MaxPool, rounded up": one(IMAGE, "MaxPool", "MaxPooling2D", kernel_shape=[3, 3], strides=[3, 3], ceil_mode=1),
    "MaxPool, padded around any numbers": one(
        IMAGE, "MaxPool", "MaxPooling2D MaxPooling2D", kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 1, 1]
    ),
    "MaxPool, padded along one axis": one(
        IMAGE,
        "MaxPool",
        "MaxPooling2D Cropping2D MaxPooling2D",
        kernel_shape=[3, 5],
        strides=[2, 3],
        pads=[0, 1, 0, 2],
    ),
    "MaxPool, padded and rounded up": Case(
        WAVE,
        [node("Relu", "x", "a"), node("MaxPool", "a", "y", kernel_shape=[3], strides=[4], pads=[1, 1], ceil_mode=1)],
        "Activation ZeroPadding1D MaxPooling1D",
    ),
    "MaxPool, padded behind a Relu": Case(
        IMAGE,
        [
            node("Relu", "x", "a"),
            node("Concat", "a a", "b", axis=1),
            node("MaxPool", "b", "y", kernel_shape=[2, 3], strides=[2, 2], pads=[1, 1, 1, 1]),
        ],
        "Activation Concatenate ZeroPadding2D MaxPooling2D",
    ),
    "AveragePool": one(IMAGE, "AveragePool", "AveragePooling2D", kernel_shape=[3, 2], strides=[3, 2]),
    "AveragePool, zeros counted": one(
        IMAGE,
        "AveragePool",
        "ZeroPadding2D AveragePooling2D",
        kernel_shape=[3, 3],
        strides=[2, 2],
        pads=[1, 1, 1, 1],
        count_include_pad=1,
    ),
    "GlobalAveragePool": one(IMAGE, "GlobalAveragePool", "GlobalAveragePooling2D"),
    "GlobalMaxPool": one(WAVE, "GlobalMaxPool", "GlobalMaxPooling1D"),
    "ReduceMean": one(IMAGE, "ReduceMean", "GlobalAveragePooling2D", {"axes": np.array([2, -1])}, keepdims=0),
    "ReduceMean, as attributes": one(WAVE, "ReduceMean", "GlobalAveragePooling1D", opset=11, axes=[2]),
    "Pad": one(IMAGE, "Pad", "ZeroPadding2D", {"pads": np.array([0, 0, 1, 0, 0, 0, 2, 3])}),
    "Pad, as attributes": one(WAVE, "Pad", "ZeroPadding1D", opset=9, pads=[0, 0, 1, 0, 0, 2]),
    "Resize": one(IMAGE, "Resize", "UpSampling2D", {"-": None, "s": np.float32([1, 1, 2, 3])}),
    "Resize, with the channels last": one(
        ("n", 6, 8, 3), "Resize", "UpSampling2D", {"-": None, "s": np.float32([1, 2, 3, 1])}
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_an_operator(name: str, tmp_path: Path) -> None:
    check(CASES[name], tmp_path)
