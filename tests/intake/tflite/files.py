"""TFLite files of single operators, written with the schema's own classes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from tensorflow.lite.python import schema_py_generated as schema

TYPES = {"float32": 0, "float16": 1, "int32": 2, "uint8": 3, "int64": 4, "int16": 7, "int8": 9}


@dataclass(frozen=True, eq=False)
class Stored:
    """A tensor: its shape, what it holds if that is constant, its type, scales and zero points."""

    shape: Sequence[int]
    data: np.ndarray | None = None
    dtype: str = "float32"
    scale: Sequence[float] = ()
    zero: Sequence[int] = ()
    axis: int = 0
    signature: Sequence[int] | None = None
    variable: bool = False


def constant(array: Any, dtype: str = "float32", **more: Any) -> Stored:
    """A constant tensor."""
    array = np.asarray(array, dtype)
    return Stored(array.shape, array, dtype, **more)


@dataclass(frozen=True)
class Op:
    """An operator by its name in the schema, its tensors by name, and its settings."""

    kind: str
    inputs: Sequence[str]
    outputs: Sequence[str]
    settings: Mapping[str, Any] | None = None
    options: str = ""
    custom: str = ""


def write(
    path: Path,
    tensors: Mapping[str, Stored],
    operators: Sequence[Op],
    inputs: Sequence[str] = ("x",),
    outputs: Sequence[str] = ("y",),
) -> Path:
    """Write a file of one subgraph; `-` stands for a tensor that is left out."""
    model, graph = schema.ModelT(), schema.SubGraphT()
    places = {name: number for number, name in enumerate(tensors)} | {"-": -1}
    model.version, model.subgraphs, model.buffers = 3, [graph], [schema.BufferT()]
    graph.tensors = [_tensor(model, name, stored) for name, stored in tensors.items()]
    graph.inputs, graph.outputs = ([places[name] for name in some] for some in (inputs, outputs))
    model.operatorCodes, graph.operators = [], []
    for number, op in enumerate(operators):
        code, made = schema.OperatorCodeT(), schema.OperatorT()
        code.builtinCode = getattr(schema.BuiltinOperator, op.kind)
        code.deprecatedBuiltinCode, code.version, code.customCode = min(code.builtinCode, 127), 1, op.custom or None
        made.opcodeIndex = number
        made.inputs, made.outputs = ([places[name] for name in some] for some in (op.inputs, op.outputs))
        if op.options:
            made.builtinOptionsType = getattr(schema.BuiltinOptions, op.options)
            made.builtinOptions = getattr(schema, f"{op.options}T")()
            for key, value in (op.settings or {}).items():
                setattr(made.builtinOptions, key, value)
        model.operatorCodes.append(code)
        graph.operators.append(made)
    builder = schema.flatbuffers.Builder(1024)
    builder.Finish(model.Pack(builder), b"TFL3")
    path.write_bytes(bytes(builder.Output()))
    return path


def _tensor(model: Any, name: str, stored: Stored) -> Any:
    made = schema.TensorT()
    made.name, made.shape, made.type, made.buffer = name, list(stored.shape), TYPES[stored.dtype], 0
    made.isVariable = stored.variable
    made.shapeSignature = None if stored.signature is None else list(stored.signature)
    if stored.scale:
        made.quantization = schema.QuantizationParametersT()
        made.quantization.scale, made.quantization.zeroPoint = list(stored.scale), list(stored.zero)
        made.quantization.quantizedDimension = stored.axis
    if stored.data is not None:
        buffer = schema.BufferT()
        buffer.data = np.frombuffer(stored.data.tobytes(), np.uint8)
        made.buffer = len(model.buffers)
        model.buffers.append(buffer)
    return made


LSTM = "UNIDIRECTIONAL_SEQUENCE_LSTM", "UnidirectionalSequenceLSTMOptions"


def steps(path: Path, last: bool = True, **settings: Any) -> Path:
    """An LSTM of 3 units over 7 steps of 5 numbers, as TensorFlow's converter writes it, and its `last` step."""
    rng = np.random.default_rng(6)
    gates = {f"w{n}": constant(rng.normal(0, 0.5, (3, 5))) for n in range(4)}
    gates |= {f"u{n}": constant(rng.normal(0, 0.5, (3, 3))) for n in range(4)}
    gates |= {f"b{n}": constant(rng.normal(0, 0.5, 3)) for n in range(4)}
    kernels, recurrents, biases = ([f"{kind}{n}" for n in range(4)] for kind in "wub")
    none = ["-"]
    inputs = ["x", *kernels, *recurrents, *3 * none, *biases, *2 * none, "h", "c", *4 * none]
    tensors = {"x": Stored((1, 7, 5)), **gates, "s": Stored((1, 7, 3)), "y": Stored((1, 3))}
    tensors |= {name: Stored((1, 3), variable=True) for name in "hc"}
    bounds = {"begin": (0, -1, 0), "end": (0, 0, 0), "strides": (1, 1, 1)}
    tensors |= {name: constant(numbers, "int32") for name, numbers in bounds.items()}
    settings = {"fusedActivationFunction": 4, "cellClip": 10.0, "timeMajor": False} | settings
    operators = [Op(LSTM[0], inputs, "s", settings, LSTM[1])]
    masks = {"beginMask": 5, "endMask": 5, "shrinkAxisMask": 2}
    if last:
        operators.append(Op("STRIDED_SLICE", ["s", *bounds], "y", masks, "StridedSliceOptions"))
    return write(path, tensors, operators, outputs="y" if last else "s")


def two(path: Path) -> Path:
    """Two inputs of int8 that are added, and two outputs."""
    tensors = {
        "x": Stored((1, 6, 4), dtype="int8", scale=[0.05], zero=[3]),
        "row": Stored((1, 6, 4), dtype="int8", scale=[0.02], zero=[-7]),
        "sum": Stored((1, 6, 4), dtype="int8", scale=[0.07], zero=[1]),
        "y": Stored((1, 6, 4), dtype="int8", scale=[0.07], zero=[1]),
    }
    operators = [Op("ADD", ["x", "row"], ["sum"], {}, "AddOptions"), Op("RELU", ["sum"], "y")]
    return write(path, tensors, operators, ["x", "row"], ["sum", "y"])


def powers(path: Path, limit: int = 127) -> Path:
    """A network of int8 whose scales are powers of two: a convolution with ReLU, a pooling, a matrix."""
    rng = np.random.default_rng(5)
    step, kernel, hidden, out = 2.0**-6, [2.0**-7, 2.0**-8, 2.0**-7, 2.0**-9], 2.0**-5, 2.0**-4
    tensors = {
        "x": Stored((1, 8, 6, 2), dtype="int8", scale=[step], zero=[0]),
        "w": constant(rng.integers(-limit, limit + 1, (4, 3, 3, 2)), "int8", scale=kernel, zero=[0] * 4),
        "b": constant(rng.integers(-2000, 2000, 4), "int32", scale=[step * s for s in kernel], zero=[0] * 4),
        "c": Stored((1, 6, 4, 4), dtype="int8", scale=[hidden], zero=[-128]),
        "p": Stored((1, 3, 2, 4), dtype="int8", scale=[hidden], zero=[-128]),
        "f": Stored((1, 24), dtype="int8", scale=[hidden], zero=[-128]),
        "s": constant((1, 24), "int32"),
        "m": constant(rng.integers(-limit, limit + 1, (3, 24)), "int8", scale=[2.0**-8], zero=[0]),
        "d": constant(rng.integers(-3000, 3000, 3), "int32", scale=[hidden * 2.0**-8], zero=[0]),
        "y": Stored((1, 3), dtype="int8", scale=[out], zero=[0]),
    }
    conv = {"padding": 1, "strideH": 1, "strideW": 1, "fusedActivationFunction": 1}
    pool = {"padding": 1, "strideH": 2, "strideW": 2, "filterHeight": 2, "filterWidth": 2}
    operators = [
        Op("CONV_2D", "xwb", "c", conv, "Conv2DOptions"),
        Op("MAX_POOL_2D", "c", "p", pool, "Pool2DOptions"),
        Op("RESHAPE", "ps", "f", {}, "ReshapeOptions"),
        Op("FULLY_CONNECTED", "fmd", "y", {}, "FullyConnectedOptions"),
    ]
    return write(path, tensors, operators)
