"""ONNX files made node by node, with weights of a fixed seed, and what onnxruntime makes of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

RNG = np.random.default_rng(7)
Shape = Sequence[int | str | None]


def weights(*shape: int) -> np.ndarray:
    """Normal numbers, float32."""
    return RNG.normal(0, 0.5, shape).astype(np.float32)


def node(kind: str, given: str, made: str, **attributes):
    """A node that reads the tensors `given` and puts out those called `made`, names between blanks; `-` is none."""
    from onnx import helper

    names = [[name.replace("-", "") for name in text.split()] for text in (given, made)]
    return helper.make_node(kind, *names, name=f"the_{made.split()[0]}", **attributes)


def save(
    path: Path,
    shape: Shape,
    nodes: Sequence,
    constants: Mapping[str, np.ndarray] | None = None,
    opset: int = 18,
    ir: int = 9,
    dtype: type = np.float32,
    as_inputs: bool = False,
    more: Mapping[str, Shape] | None = None,
    outputs: str = "y",
) -> Path:
    """A file of a network from `x`, of `shape`, and `more` inputs to `outputs`, names between blanks; `as_inputs`: its
    constants are inputs, too.
    """
    import onnx
    from onnx import helper, numpy_helper

    kind = helper.np_dtype_to_tensor_dtype(np.dtype(dtype))
    stored = [numpy_helper.from_array(np.asarray(array), name) for name, array in (constants or {}).items()]
    inputs = [helper.make_tensor_value_info(name, kind, own) for name, own in {"x": shape, **(more or {})}.items()]
    if as_inputs:
        inputs += [helper.make_tensor_value_info(one.name, one.data_type, one.dims) for one in stored]
    made = [helper.make_empty_tensor_value_info(name) for name in outputs.split()]
    graph = helper.make_graph(nodes, "net", inputs, made, stored)
    for output in graph.output:
        output.type.tensor_type.elem_type = kind
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=ir)
    onnx.save(model, path)
    return path


def run(path: Path, x: np.ndarray) -> np.ndarray:
    """What onnxruntime makes of `x`, which is as the file has it, batch and all."""
    import onnxruntime

    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    return session.run(None, {session.get_inputs()[0].name: x})[0]


def kinds(model) -> list[str]:
    """The classes of a Keras model's layers behind its input."""
    return [type(layer).__name__ for layer in model.layers[1:]]
