"""What of a graph does not depend on its input: nodes computed at once, attributes, and names."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

import numpy as np

from accel.errors import in_line
from accel.intake.onnx.refusal import Unreadable

if TYPE_CHECKING:
    import onnx

LARGEST = 1 << 29
"""Bytes that a constant of float32 may have which is computed."""

SETTING = 64
"""Elements of a constant that may be a shape, a size or a count, which decides how large another one is."""


def folded(proto: onnx.NodeProto, given: Sequence[np.ndarray | None], model: onnx.ModelProto) -> tuple[np.ndarray, ...]:
    """What a node of constants puts out, by the standard's own reference implementation."""
    from onnx import AttributeProto, helper
    from onnx.reference import ReferenceEvaluator

    if any(one.type in (AttributeProto.GRAPH, AttributeProto.GRAPHS) for one in proto.attribute):
        raise Unreadable("a branch or loop; expected a graph without them")
    feeds = {name: array for name, array in zip(proto.input, given, strict=True) if array is not None}
    inputs = [
        helper.make_tensor_value_info(n, helper.np_dtype_to_tensor_dtype(a.dtype), a.shape) for n, a in feeds.items()
    ]
    outputs = [helper.make_empty_tensor_value_info(name) for name in proto.output]
    graph = helper.make_graph([proto], "node", inputs, outputs)
    alone = helper.make_model(graph, opset_imports=model.opset_import, ir_version=model.ir_version)
    _check_size(alone, feeds)
    try:
        return tuple(np.asarray(array) for array in ReferenceEvaluator(alone).run(None, feeds))
    except Exception as error:  # whatever numpy and the operators raise
        raise Unreadable(in_line(error) or type(error).__name__) from error


def _check_size(alone: onnx.ModelProto, feeds: Mapping[str, np.ndarray]) -> None:
    """Refuse a node whose outputs are too large, as far as the standard tells their shapes; it may read very little."""
    import onnx
    from onnx import numpy_helper, shape_inference

    seen = onnx.ModelProto()
    seen.CopyFrom(alone)
    settings = {name: array for name, array in feeds.items() if array.size <= SETTING and array.dtype.kind in "biuf"}
    seen.graph.initializer.extend(numpy_helper.from_array(array, name) for name, array in settings.items())
    for made in shape_inference.infer_shapes(seen).graph.output:
        sizes = [axis.dim_value for axis in made.type.tensor_type.shape.dim]
        if 4 * math.prod(max(1, size) for size in sizes) > LARGEST:
            raise Unreadable(f"a constant of shape {sizes}; expected a smaller one")


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
