"""Operators one by one, in floats and integers; reading compares each with TFLite's interpreter."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from accel.intake import files
from tests.intake.onnx.files import kinds
from tests.intake.tflite.files import Op, Stored, constant, write
from tests.intake.tflite.test_converted import interpreted

RNG = np.random.default_rng(0)
IMAGE, VECTOR = (1, 6, 8, 2), (1, 5)

ACTIVATIONS = {
    "RELU": "Activation",
    "RELU6": "ReLU",
    "RELU_0_TO_1": "ReLU",
    "TANH": "Activation",
    "LOGISTIC": "Activation",
    "ELU": "ELU",
    "HARD_SWISH": "Activation",
}


def check(path: Path, layers: str) -> None:
    """It is read as these layers, and gives what the interpreter does."""
    reading = files.read(path)
    assert kinds(reading.model) == layers.split()
    x = RNG.normal(size=(5, *reading.model.input_shape[1:])).astype(np.float32)
    wanted = interpreted(path, x).reshape(5, *reading.model.output_shape[1:])
    np.testing.assert_allclose(reading.outputs(x), wanted, rtol=1e-4, atol=2e-5)
    np.testing.assert_allclose(reading.model.predict(x, verbose=0), wanted, rtol=1e-4, atol=2e-5)


@pytest.mark.parametrize("kind", ACTIVATIONS)
def test_an_activation(kind: str, tmp_path: Path) -> None:
    path = write(tmp_path / "net.tflite", {"x": Stored(VECTOR), "y": Stored(VECTOR)}, [Op(kind, "x", "y")])
    check(path, ACTIVATIONS[kind])


SHAPED = {
    "squeeze": (Op("SQUEEZE", "x", "y", {"squeezeDims": [1]}, "SqueezeOptions"), (1, 1, 5), (1, 5), "Flatten"),
    "expand": (Op("EXPAND_DIMS", "xc", "y", {}, "ExpandDimsOptions"), (1, 5), (1, 1, 5), ""),
    "reshape": (Op("RESHAPE", "xc", "y", {}, "ReshapeOptions"), (1, 4, 6), (1, 6, 4), "Flatten Reshape"),
    "transpose of ones": (Op("TRANSPOSE", "xc", "y", {}, "TransposeOptions"), (1, 1, 5), (1, 5, 1), "Flatten"),
    "transpose": (Op("TRANSPOSE", "xc", "y", {}, "TransposeOptions"), (1, 4, 5), (1, 5, 4), "Permute"),
}
SECOND = {
    "expand": constant(1, "int32"),
    "reshape": constant((1, 6, 4), "int32"),
    "transpose of ones": constant((0, 2, 1), "int32"),
    "transpose": constant((0, 2, 1), "int32"),
}


@pytest.mark.parametrize("name", SHAPED)
def test_a_shape(name: str, tmp_path: Path) -> None:
    op, given, made, layers = SHAPED[name]
    tensors = {"x": Stored(given), "r": Stored(given), "y": Stored(made)}
    if name in SECOND:
        tensors["c"] = SECOND[name]
    renamed = Op(op.kind, op.inputs.replace("x", "r"), op.outputs, op.settings, op.options)
    path = write(tmp_path / "net.tflite", tensors, [Op("RELU", "x", "r"), renamed])
    check(path, f"Activation {layers}")


CUT = {
    "SLICE": ({}, "SliceOptions", "rbe", {"b": (0, 1, 2, 0), "e": (-1, 4, -1, 2)}, (1, 4, 6, 2), "Cropping2D"),
    "STRIDED_SLICE": (
        {"beginMask": 9, "endMask": 13, "shrinkAxisMask": 2},
        "StridedSliceOptions",
        "rbes",
        {"b": (7, -2, 2, 7), "e": (7, 0, 7, 7), "s": (1, 1, 1, 1)},
        (1, 6, 2),
        "Cropping2D Reshape",
    ),
    "RESIZE_NEAREST_NEIGHBOR": (
        {},
        "ResizeNearestNeighborOptions",
        "rb",
        {"b": (12, 24)},
        (1, 12, 24, 2),
        "UpSampling2D",
    ),
}


@pytest.mark.parametrize("kind", CUT)
def test_a_part(kind: str, tmp_path: Path) -> None:
    settings, options, inputs, constants, made, layers = CUT[kind]
    tensors = {"x": Stored(IMAGE), "r": Stored(IMAGE), "y": Stored(made)}
    tensors |= {name: constant(values, "int32") for name, values in constants.items()}
    path = write(tmp_path / "net.tflite", tensors, [Op("RELU", "x", "r"), Op(kind, inputs, "y", settings, options)])
    check(path, f"Activation {layers}")


@pytest.mark.parametrize("kind", ["SPLIT", "SPLIT_V"])
def test_parts(kind: str, tmp_path: Path) -> None:
    tensors = {"x": Stored((1, 6, 3)), "d": constant(1, "int32"), "s": constant((3, 3), "int32")}
    tensors |= {name: Stored((1, 3, 3)) for name in "aby"}
    ops = [
        Op("SPLIT", "dx", "ab", {"numSplits": 2}, "SplitOptions")
        if kind == "SPLIT"
        else Op("SPLIT_V", "xsd", "ab", {"numSplits": 2}, "SplitVOptions"),
        Op("SUB", "ab", "y", {}, "SubOptions"),
    ]
    check(write(tmp_path / "net.tflite", tensors, ops), "Cropping1D Cropping1D Subtract")


@pytest.mark.parametrize("fused", [0, 1, 3])
@pytest.mark.parametrize("padding", [0, 1])
def test_a_convolution(padding: int, fused: int, tmp_path: Path) -> None:
    settings = {"padding": padding, "strideH": 2, "strideW": 1, "fusedActivationFunction": fused}
    sizes = (3, 8) if padding == 0 else (2, 6)
    tensors = {
        "x": Stored(IMAGE),
        "w": constant(RNG.normal(size=(4, 3, 3, 2))),
        "b": constant(RNG.normal(size=4)),
        "y": Stored((1, *sizes, 4)),
    }
    path = write(tmp_path / "net.tflite", tensors, [Op("CONV_2D", "xwb", "y", settings, "Conv2DOptions")])
    behind = {0: "", 1: "Activation", 3: "ReLU"}[fused]
    check(path, f"Conv2D {behind}")


@pytest.mark.parametrize(("groups", "dilation"), [(2, 1), (1, 2)])
def test_groups_and_dilations(groups: int, dilation: int, tmp_path: Path) -> None:
    settings = {"padding": 1, "strideH": 1, "strideW": 1, "dilationHFactor": dilation, "dilationWFactor": 1}
    tensors = {
        "x": Stored((1, 7, 6, 4)),
        "w": constant(RNG.normal(size=(6, 3, 3, 4 // groups))),
        "b": constant(RNG.normal(size=6)),
        "y": Stored((1, 7 - 2 * dilation, 4, 6)),
    }
    path = write(tmp_path / "net.tflite", tensors, [Op("CONV_2D", "xwb", "y", settings, "Conv2DOptions")])
    check(path, "Conv2D")


@pytest.mark.parametrize("multiplier", [1, 2])
def test_a_depthwise_convolution(multiplier: int, tmp_path: Path) -> None:
    settings = {"padding": 0, "strideH": 1, "strideW": 1, "depthMultiplier": multiplier}
    tensors = {
        "x": Stored(IMAGE),
        "w": constant(RNG.normal(size=(1, 3, 3, 2 * multiplier))),
        "b": constant(RNG.normal(size=2 * multiplier)),
        "y": Stored((*IMAGE[:3], 2 * multiplier)),
    }
    op = Op("DEPTHWISE_CONV_2D", "xwb", "y", settings, "DepthwiseConv2DOptions")
    check(write(tmp_path / "net.tflite", tensors, [op]), "DepthwiseConv2D")


@pytest.mark.parametrize("kind", ["MAX_POOL_2D", "AVERAGE_POOL_2D"])
@pytest.mark.parametrize("padding", [0, 1])
def test_a_pooling(kind: str, padding: int, tmp_path: Path) -> None:
    settings = {"padding": padding, "strideH": 2, "strideW": 3, "filterHeight": 2, "filterWidth": 3}
    settings |= {"fusedActivationFunction": 1}
    tensors = {"x": Stored(IMAGE), "y": Stored((1, 3, 3 if padding == 0 else 2, 2))}
    path = write(tmp_path / "net.tflite", tensors, [Op(kind, "x", "y", settings, "Pool2DOptions")])
    check(path, f"{'Max' if kind[0] == 'M' else 'Average'}Pooling2D Activation")


@pytest.mark.parametrize("kind", ["MEAN", "REDUCE_MAX"])
@pytest.mark.parametrize("keep", [True, False])
def test_a_reduction_of_space(kind: str, keep: bool, tmp_path: Path) -> None:
    tensors = {"x": Stored(IMAGE), "a": constant((1, 2), "int32"), "y": Stored((1, 1, 1, 2) if keep else (1, 2))}
    path = write(tmp_path / "net.tflite", tensors, [Op(kind, "xa", "y", {"keepDims": keep}, "ReducerOptions")])
    check(path, f"Global{'Average' if kind == 'MEAN' else 'Max'}Pooling2D")


def test_padding_around_space(tmp_path: Path) -> None:
    edges = constant([[0, 0], [1, 0], [2, 3], [0, 0]], "int32")
    tensors = {"x": Stored(IMAGE), "p": edges, "y": Stored((1, 7, 13, 2))}
    check(write(tmp_path / "net.tflite", tensors, [Op("PAD", "xp", "y", {}, "PadOptions")]), "ZeroPadding2D")


@pytest.mark.parametrize("kind", ["ADD", "SUB", "MUL", "DIV"])
def test_arithmetic_with_constants_of_each_channel(kind: str, tmp_path: Path) -> None:
    tensors = {"x": Stored(IMAGE), "c": constant([0.5, -2.0]), "y": Stored(IMAGE)}
    options = f"{kind.title()}Options"
    path = write(tmp_path / "net.tflite", tensors, [Op(kind, "xc", "y", {"fusedActivationFunction": 1}, options)])
    check(path, "Rescaling Activation")


MERGES = {
    "ADD": "Add",
    "SUB": "Subtract",
    "MUL": "Multiply",
    "MAXIMUM": "Maximum",
    "MINIMUM": "Minimum",
}


@pytest.mark.parametrize("kind", MERGES)
def test_two_tensors(kind: str, tmp_path: Path) -> None:
    options = "MaximumMinimumOptions" if kind[1:3] in ("AX", "IN") else f"{kind.title()}Options"
    tensors = {name: Stored(IMAGE) for name in "xty"}
    path = write(tmp_path / "net.tflite", tensors, [Op("TANH", "x", "t"), Op(kind, "xt", "y", {}, options)])
    check(path, f"Activation {MERGES[kind]}")


@pytest.mark.parametrize("axis", [3, -1, 1])
def test_tensors_behind_one_another(axis: int, tmp_path: Path) -> None:
    shape = list(IMAGE)
    shape[axis] *= 2
    tensors = {"x": Stored(IMAGE), "t": Stored(IMAGE), "y": Stored(shape)}
    concat = Op("CONCATENATION", "xt", "y", {"axis": axis}, "ConcatenationOptions")
    check(write(tmp_path / "net.tflite", tensors, [Op("TANH", "x", "t"), concat]), "Activation Concatenate")


@pytest.mark.parametrize("keep", [True, False])
def test_a_matrix(keep: bool, tmp_path: Path) -> None:
    tensors = {
        "x": Stored((1, 4, 5)),
        "w": constant(RNG.normal(size=(3, 5 if keep else 20))),
        "b": constant(RNG.normal(size=3)),
        "y": Stored((1, 4, 3) if keep else (1, 3)),
    }
    settings = {"keepNumDims": keep}
    path = write(
        tmp_path / "net.tflite", tensors, [Op("FULLY_CONNECTED", "xwb", "y", settings, "FullyConnectedOptions")]
    )
    check(path, "Dense" if keep else "Flatten Dense")


@pytest.mark.parametrize("dtype", ["int8", "uint8", "int16"])
def test_integers(dtype: str, tmp_path: Path) -> None:
    """A convolution of each type that TFLite computes with, a zero point where the type has one."""
    limits, signed = np.iinfo(dtype), dtype == "int16"
    zero = 0 if signed else (int(limits.min) + int(limits.max)) // 2 + 3
    weights = RNG.integers(-127, 128, (4, 3, 3, 2))
    kernel = (
        constant(weights + 128, "uint8", scale=[0.02], zero=[128])
        if dtype == "uint8"
        else constant(weights, "int8", scale=[0.02, 0.01, 0.03, 0.02], zero=[0] * 4)
    )
    step, out = (1e-4, 3e-3) if signed else (0.02, 0.5)
    tensors = {
        "x": Stored(IMAGE, dtype=dtype, scale=[step], zero=[zero]),
        "w": kernel,
        "b": constant(
            RNG.integers(-900, 900, 4),
            "int64" if signed else "int32",
            scale=[step * s for s in kernel.scale],
            zero=[0] * len(kernel.scale),
        ),
        "y": Stored((1, 4, 6, 4), dtype=dtype, scale=[out], zero=[0 if signed else zero]),
    }
    settings = {"padding": 1, "strideH": 1, "strideW": 1, "fusedActivationFunction": 1}
    reading = files.read(
        write(tmp_path / "net.tflite", tensors, [Op("CONV_2D", "xwb", "y", settings, "Conv2DOptions")])
    )
    assert f"a file of {dtype}" in reading.told and kinds(reading.model) == ["Conv2D", "Activation"]
    scales = np.array(kernel.scale)
    np.testing.assert_allclose(
        reading.model.layers[1].get_weights()[0], weights.transpose(1, 2, 3, 0) * scales, rtol=1e-6
    )


def test_an_input_in_floating_point_before_integers(tmp_path: Path) -> None:
    tensors = {
        "x": Stored(VECTOR),
        "q": Stored(VECTOR, dtype="int8", scale=[0.05], zero=[-10]),
        "r": Stored(VECTOR, dtype="int8", scale=[0.04], zero=[-128]),
        "y": Stored(VECTOR),
    }
    ops = [Op("QUANTIZE", "x", "q"), Op("RELU", "q", "r"), Op("DEQUANTIZE", "r", "y")]
    reading = files.read(write(tmp_path / "net.tflite", tensors, ops))
    assert "inputs -5.9 to 6.85" in reading.told and kinds(reading.model) == ["Activation"]
