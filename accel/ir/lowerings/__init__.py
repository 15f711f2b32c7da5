"""One layer of hls4ml's ModelGraph as a node of the integer graph: the only place that reads hls4ml's names.

A file for each family; ``LOWERINGS`` says which function lowers which layer. What the integer graph cannot express
exactly is refused by name, never approximated.
"""

from __future__ import annotations

from collections.abc import Callable

from accel.errors import AccelError
from accel.ir.graph import Gru, Lstm, Node, Tensor
from accel.ir.lowerings import activations, affine, elementwise, joins, recurrent, shaping, softmax, windows
from accel.ir.lowerings.base import Unsupported, tensor_of
from accel.ir.lowerings.windows import NO_PAD, PADDINGS, in_windows, padded, padding

__all__ = ["LOWERINGS", "NO_PAD", "PADDINGS", "Unsupported", "in_windows", "node_of", "padded", "padding", "tensor_of"]


def node_of(layer, *sources: Tensor) -> Node:
    """The layer as a node that reads ``sources``.

    Raises:
        Unsupported: naming the layer, what it is, and what would be accepted.
    """
    lowering = LOWERINGS.get(layer.class_name)
    if lowering is None:
        raise Unsupported(
            f"layer '{layer.name}': the RTL has no {layer.class_name} yet; it has {', '.join(sorted(LOWERINGS))}"
        )
    try:
        return lowering(layer, *sources)
    except Unsupported:
        raise
    except AccelError as error:  # of a type
        raise Unsupported(f"layer '{layer.name}': {error}") from None


LOWERINGS: dict[str, Callable[..., Node]] = {
    "Activation": activations.activation,
    "BatchNormalization": elementwise.batch_normalisation,
    "Concatenate": joins.concatenate,
    "Conv1D": affine.convolution,
    "Conv2D": affine.convolution,
    "Cropping1D": shaping.crop,
    "Cropping2D": shaping.crop,
    "Dense": affine.dense,
    "DepthwiseConv1D": affine.depthwise,
    "DepthwiseConv2D": affine.depthwise,
    "HardActivation": activations.hard,
    "GRU": recurrent.recurrent(Gru, 3),
    "GlobalPooling1D": windows.global_pooling,
    "GlobalPooling2D": windows.global_pooling,
    "LSTM": recurrent.recurrent(Lstm, 4),
    "Merge": joins.merge,
    "PReLU": activations.prelu,
    "ParametrizedActivation": activations.parametrised,
    "PointwiseConv1D": affine.convolution,
    "PointwiseConv2D": affine.convolution,
    "Pooling1D": windows.pooling,
    "Pooling2D": windows.pooling,
    "Repack": shaping.reshape,
    "Reshape": shaping.reshape,
    "Resize": shaping.resize,
    "ReverseSteps": shaping.reverse,
    **dict.fromkeys(windows.PADDINGS, windows.pad),
    "Softmax": softmax.softmax,
    "Transpose": shaping.permute,
}
