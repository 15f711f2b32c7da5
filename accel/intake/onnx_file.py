"""Reading ONNX files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from accel.data import unpacked
from accel.errors import AccelError

if TYPE_CHECKING:
    import onnx


def load(path: Path) -> onnx.ModelProto:
    """The model with the shapes of all tensors inferred.

    Raises:
        AccelError: onnx is not installed, the file is not an ONNX model, or too large.
    """
    try:
        import onnx
    except ImportError as error:
        raise AccelError(
            f"{path}: reading ONNX needs the package {error.name}; install it with: pip install hls4ml[onnx]"
        ) from error
    try:
        model = onnx.load(path, load_external_data=False)
        unpacked.check_onnx(path, model)
        onnx.load_external_data_for_model(model, str(path.parent))
    except AccelError:
        raise
    except Exception as error:  # onnx raises protobuf's own kinds
        raise AccelError(f"{path}: expected an ONNX model, could not load it: {error}") from error
    model = onnx.shape_inference.infer_shapes(model)
    model.graph.value_info.extend(  # hls4ml looks there for the shapes of weights, too
        onnx.helper.make_tensor_value_info(weight.name, weight.data_type, weight.dims)
        for weight in model.graph.initializer
    )
    return model
