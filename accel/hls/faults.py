"""What hls4ml 1.3.0 converts wrongly or not at all, found in the Keras model and refused in words.

Each rule was seen by running hls4ml on a small model: silently wrong outputs (reset_after, go_backwards, dilation,
groups, depth_multiplier, hard_sigmoid, batch normalisation over another axis; stateful: each frame starts anew), C++
that does not compile (other recurrent activations, channels_first, bilinear resizing) or that aborts the process when
it runs (padded or overlapping pooling, softmax over another axis). Softmax behind a wide type, which collapses to
equal outputs, is chosen around in `accel.hls.precision`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NoReturn

from accel.config import identifier
from accel.errors import AccelError

if TYPE_CHECKING:
    import keras

FUNCTIONS = ("linear", "relu", "leaky_relu", "elu", "selu", "sigmoid", "tanh", "softplus", "softsign", "softmax")
"""What hls4ml has as C++ functions that equal Keras' own."""

RECURRENT_FUNCTIONS = ("sigmoid", "tanh", "relu")
"""What hls4ml's recurrent layers have as C++ classes."""


def check(model: keras.Model, io: str) -> None:
    """Refuse a model that hls4ml, with `io` io_stream or io_parallel, would not convert to the same function.

    Raises:
        AccelError: names the layer, the attribute, its value and what would be accepted.
    """
    for side, tensors in (("input", model.inputs), ("output", model.outputs)):
        if len(tensors) != 1:
            raise AccelError(f"model '{model.name}': {len(tensors)} {side}s, expected one")
        if None in tensors[0].shape[1:]:
            raise AccelError(f"model '{model.name}': {side} shape {tensors[0].shape[1:]}, expected fixed sizes")
    for layer in model.layers:
        kind = type(layer).__name__
        _name(layer)
        _activation(layer)
        rule = RULES.get(kind)
        if rule:
            rule(layer, io)
        elif kind not in _convertible():
            raise AccelError(f"layer '{layer.name}' ({kind}): hls4ml does not convert this kind of layer")
        if _uses(model, layer) > 1:
            raise AccelError(f"layer '{layer.name}' ({kind}): used more than once, expected one use of each layer")


def _uses(model: keras.Model, layer: keras.Layer) -> int:
    """How often `layer` is called in `model`."""
    calls = (getattr(model, "_functional", None) or model)._nodes_by_depth.values()
    return sum(node.operation is layer for depth in calls for node in depth)


def _convertible() -> set[str]:
    """Class names of the Keras layers that hls4ml has a handler for."""
    from hls4ml.converters.keras_v2_to_hls import layer_handlers
    from hls4ml.converters.keras_v3 import layer_handlers as newer

    return {key.rpartition(".")[2] for key in newer} | set(layer_handlers)


def _refuse(layer: keras.Layer, attribute: str, value: Any, accepted: str) -> NoReturn:
    raise AccelError(
        f"layer '{layer.name}' ({type(layer).__name__}): {attribute}={value} is not converted faithfully by hls4ml; "
        f"expected {accepted}"
    )


def _name(layer: keras.Layer) -> None:
    name = identifier(layer.name, "_")
    if layer.name != name:
        raise AccelError(
            f"layer '{layer.name}' ({type(layer).__name__}): its name becomes part of names in C++; expected "
            "letters, digits and "
            f"underscores, no digit first, e.g. {name}"
        )


def _activation(layer: keras.Layer) -> None:
    function = getattr(getattr(layer, "activation", None), "__name__", "linear")
    if function not in FUNCTIONS and type(layer).__name__ not in ("GRU", "LSTM"):
        _refuse(layer, "activation", function, f"one of {', '.join(FUNCTIONS)}")


def _recurrent(layer: keras.Layer, io: str) -> None:
    for attribute in ("go_backwards", "stateful", "return_state"):
        if getattr(layer, attribute):
            _refuse(layer, attribute, True, f"{attribute}=False")
    for attribute in ("activation", "recurrent_activation"):
        function = getattr(layer, attribute).__name__
        if function not in RECURRENT_FUNCTIONS:
            _refuse(layer, attribute, function, " or ".join(RECURRENT_FUNCTIONS))
    if not getattr(layer, "reset_after", True):
        _refuse(layer, "reset_after", False, "reset_after=True (train with it; it is Keras' default)")


def _bidirectional(layer: keras.Layer, io: str) -> None:
    if io == "io_stream":
        _refuse(layer, "io", io, "io=io_parallel, or one direction only")
    if layer.merge_mode != "concat":
        _refuse(layer, "merge_mode", layer.merge_mode, "merge_mode=concat")
    inner = type(layer.forward_layer).__name__
    if inner != "LSTM":
        _refuse(layer, "layer", inner, "an LSTM inside")
    if layer.forward_layer.go_backwards:
        _refuse(layer, "go_backwards", True, "a forward layer with go_backwards=False")
    for attribute in ("activation", "recurrent_activation"):
        function = getattr(layer.forward_layer, attribute).__name__
        if function not in RECURRENT_FUNCTIONS:
            _refuse(layer, attribute, function, " or ".join(RECURRENT_FUNCTIONS))


def _convolution(layer: keras.Layer, io: str) -> None:
    if any(rate != 1 for rate in layer.dilation_rate):
        _refuse(layer, "dilation_rate", layer.dilation_rate, "dilation_rate=1")
    if getattr(layer, "groups", 1) != 1:
        _refuse(layer, "groups", layer.groups, "groups=1")
    if getattr(layer, "depth_multiplier", 1) != 1:
        _refuse(layer, "depth_multiplier", layer.depth_multiplier, "depth_multiplier=1")
    _channels_last(layer, io)


def _channels_last(layer: keras.Layer, io: str) -> None:
    if layer.data_format != "channels_last":
        _refuse(layer, "data_format", layer.data_format, "data_format=channels_last")


def _pooling(layer: keras.Layer, io: str) -> None:
    if tuple(layer.strides) != tuple(layer.pool_size):
        _refuse(layer, "strides", layer.strides, f"strides equal to the pool_size {layer.pool_size}")
    sizes = layer.input.shape[1:-1]
    if layer.padding == "same" and any(size % stride for size, stride in zip(sizes, layer.strides, strict=True)):
        _refuse(layer, "padding", "same", f"padding=valid, or an input whose size {sizes} the strides divide")
    _channels_last(layer, io)


def _last_axis(layer: keras.Layer, io: str) -> None:
    if layer.axis not in (-1, len(layer.input.shape) - 1):
        _refuse(layer, "axis", layer.axis, "axis=-1")


def _resizing(layer: keras.Layer, io: str) -> None:
    if layer.interpolation != "nearest":
        _refuse(layer, "interpolation", layer.interpolation, "interpolation=nearest")
    _channels_last(layer, io)


def _indexed(layer: keras.Layer, io: str) -> None:
    raise AccelError(
        f"layer '{layer.name}' ({type(layer).__name__}): reads indices, which a frame of fixed-point numbers has not; "
        "expected a model that starts behind it"
    )


def _unsupported(layer: keras.Layer, io: str) -> None:
    raise AccelError(
        f"layer '{layer.name}' ({type(layer).__name__}): hls4ml does not convert this kind of layer under Keras 3"
    )


RULES: dict[str, Callable[[Any, str], None]] = {
    "GRU": _recurrent,
    "LSTM": _recurrent,
    "Bidirectional": _bidirectional,
    "TimeDistributed": _unsupported,
    "SimpleRNN": _unsupported,
    "Embedding": _indexed,
    "Softmax": _last_axis,
    "BatchNormalization": _last_axis,
    "Conv1D": _convolution,
    "Conv2D": _convolution,
    "DepthwiseConv1D": _convolution,
    "DepthwiseConv2D": _convolution,
    "SeparableConv1D": _unsupported,
    "SeparableConv2D": _unsupported,
    "MaxPooling1D": _pooling,
    "MaxPooling2D": _pooling,
    "AveragePooling1D": _pooling,
    "AveragePooling2D": _pooling,
    "UpSampling2D": _resizing,
}
