"""What of a graph does not depend on its input: nodes computed at once, attributes, and names."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

import numpy as np

from accel.data import unpacked
from accel.intake.onnx.refusal import Unreadable

if TYPE_CHECKING:
    import onnx

FILLING = ("ConstantOfShape", "Expand", "Tile")
"""Kinds whose output can be of any size, however little they read."""


def folded(proto: onnx.NodeProto, given: Sequence[np.ndarray | None], model: onnx.ModelProto) -> tuple[np.ndarray, ...]:
    """What a node of constants puts out, by the standard's own reference implementation."""
    from onnx import AttributeProto, helper
    from onnx.reference import ReferenceEvaluator

    if any(one.type in (AttributeProto.GRAPH, AttributeProto.GRAPHS) for one in proto.attribute):
        raise Unreadable("a branch or loop; expected a graph without them")
    shape = given[-1] if proto.op_type in FILLING else None
    if shape is not None and math.prod(max(1, int(size)) for size in np.ravel(shape)) > unpacked.LARGEST:
        raise Unreadable(f"shape {np.ravel(shape).tolist()}; expected a smaller one")
    feeds = {name: array for name, array in zip(proto.input, given, strict=True) if array is not None}
    inputs = [
        helper.make_tensor_value_info(n, helper.np_dtype_to_tensor_dtype(a.dtype), a.shape) for n, a in feeds.items()
    ]
    outputs = [helper.make_empty_tensor_value_info(name) for name in proto.output]
    graph = helper.make_graph([proto], "node", inputs, outputs)
    alone = helper.make_model(graph, opset_imports=model.opset_import, ir_version=model.ir_version)
    try:
        return tuple(np.asarray(array) for array in ReferenceEvaluator(alone).run(None, feeds))
    except Exception as error:  # whatever numpy and the operators raise
        raise Unreadable(" ".join(str(error).split())[:200] or type(error).__name__) from error


def attribute(given: onnx.AttributeProto) -> Any:
    """Its value: a number, text, array, or list of these."""
    from onnx import TensorProto, helper, numpy_helper

    value = helper.get_attribute_value(given)
    if isinstance(value, TensorProto):
        return numpy_helper.to_array(value)
    if isinstance(value, bytes):
        return value.decode()
    return [one.decode() if isinstance(one, bytes) else one for one in value] if isinstance(value, list) else value


def title(proto: onnx.NodeProto, weights: Mapping[str, object]) -> str:
    """A name for the layer: that before `.weight`, as PyTorch calls it, or else the node's own, without its kind; the
    kind before a number.
    """
    name = _named(proto, weights).replace(".", "_")
    return f"{proto.op_type.lower()}_{name}" if name[:1].isdigit() else name


def _named(proto: onnx.NodeProto, weights: Mapping[str, object]) -> str:
    named = [name.rpartition(".")[0] for name in proto.input if name in weights and "." in name and ":" not in name]
    if named and named[0]:
        return named[0]
    parts = [part for part in PurePosixPath(proto.name.removeprefix("node_")).parts if part != "/"]
    if len(parts) > 1 and parts[-1][:1].isupper():
        parts.pop()
    return parts[-1] if parts else proto.op_type.lower()
