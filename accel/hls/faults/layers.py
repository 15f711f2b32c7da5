"""What hls4ml 1.3.0 converts wrongly or not at all in one layer of a Keras model, refused in words.

Each rule was seen by running hls4ml on a small model: silently wrong outputs (reset_after, go_backwards, dilation,
groups, depth_multiplier, hard_sigmoid, batch normalisation over another axis; stateful: each frame starts anew), C++
that does not compile (other recurrent activations, channels_first, bilinear resizing) or that aborts the process when
it runs (padded or overlapping pooling, softmax over another axis). Softmax behind a wide type, which collapses to
equal outputs, is chosen around in `accel.hls.precision`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import dropwhile
from typing import TYPE_CHECKING, Any

import numpy as np

from accel.errors import Refusal
from accel.source import identifier

if TYPE_CHECKING:
    import keras

FUNCTIONS = ("linear", "relu", "leaky_relu", "elu", "selu", "sigmoid", "tanh", "softplus", "softsign", "softmax")
"""What hls4ml has as C++ functions that equal Keras' own."""

RECURRENT_FUNCTIONS = ("sigmoid", "tanh", "relu")
"""What hls4ml's recurrent layers have as C++ classes."""


def refusals(layer: keras.Layer, io: str) -> Iterator[Refusal]:
    """All that hls4ml, with `io` io_stream or io_parallel, does not compute in `layer` as Keras does."""
    import keras

    kind = type(layer).__name__
    if isinstance(layer, keras.Model):
        yield refused(
            layer, "a model inside the model, which hls4ml does not convert; expected its layers in one model"
        )
        return
    yield from _name(layer)
    yield from _activation(layer)
    yield from _weights(layer)
    rule = RULES.get(kind)
    if rule:
        yield from rule(layer, io)
    elif kind not in _convertible():
        yield refused(layer, "hls4ml does not convert this kind of layer")


def named(layer: keras.Layer) -> str:
    """The layer as a refusal calls it: `layer 'conv1' (Conv2D)`."""
    return f"layer '{layer.name}' ({type(layer).__name__})"


def refused(layer: keras.Layer, why: str) -> Refusal:
    """The refusal of a layer."""
    return Refusal(f"{named(layer)}: {why}", layer.name)


def _convertible() -> set[str]:
    """Class names of the Keras layers that hls4ml has a handler for."""
    from hls4ml.converters.keras_v2_to_hls import layer_handlers
    from hls4ml.converters.keras_v3 import layer_handlers as newer

    return {key.rpartition(".")[2] for key in newer} | set(layer_handlers)


def _weights(layer: keras.Layer) -> Iterator[Refusal]:
    for weight in layer.weights:
        values = np.asarray(weight)
        if values.dtype.kind == "f" and (wrong := values[~np.isfinite(values)]).size:
            yield refused(
                layer,
                f"{weight.name} holds {wrong.size} of {values.size} "
                f"values such as {wrong[0]}; expected finite numbers (train it again)",
            )


def _unfaithful(layer: keras.Layer, attribute: str, value: Any, accepted: str) -> Refusal:
    return refused(layer, f"{attribute}={value} is not converted faithfully by hls4ml; expected {accepted}")


def _name(layer: keras.Layer) -> Iterator[Refusal]:
    name = identifier(layer.name, "_")
    if layer.name != name:
        yield refused(
            layer,
            "its name becomes part of names in C++; expected letters, digits and underscores, no digit first, e.g. "
            f"{name}",
        )


def _activation(layer: keras.Layer) -> Iterator[Refusal]:
    given = getattr(layer, "activation", None)
    function = "linear" if given is None else getattr(given, "__name__", type(given).__name__)
    if function not in FUNCTIONS and type(layer).__name__ not in ("GRU", "LSTM"):
        yield _unfaithful(layer, "activation", function, f"one of {', '.join(FUNCTIONS)}")


def _recurrent(layer: keras.Layer, io: str) -> Iterator[Refusal]:
    for attribute in ("go_backwards", "stateful", "return_state"):
        if getattr(layer, attribute):
            yield _unfaithful(layer, attribute, True, f"{attribute}=False")
    for attribute in ("activation", "recurrent_activation"):
        function = getattr(layer, attribute).__name__
        if function not in RECURRENT_FUNCTIONS:
            yield _unfaithful(layer, attribute, function, " or ".join(RECURRENT_FUNCTIONS))
    if not getattr(layer, "reset_after", True):
        yield _unfaithful(layer, "reset_after", False, "reset_after=True (train with it; it is Keras' default)")


def _bidirectional(layer: keras.Layer, io: str) -> Iterator[Refusal]:
    if io == "io_stream":
        yield _unfaithful(layer, "io", io, "io=io_parallel, or one direction only")
    if layer.merge_mode != "concat":
        yield _unfaithful(layer, "merge_mode", layer.merge_mode, "merge_mode=concat")
    inner = type(layer.forward_layer).__name__
    if inner != "LSTM":
        yield _unfaithful(layer, "layer", inner, "an LSTM inside")
    if layer.forward_layer.go_backwards:
        yield _unfaithful(layer, "go_backwards", True, "a forward layer with go_backwards=False")
    for attribute in ("activation", "recurrent_activation"):
        function = getattr(layer.forward_layer, attribute).__name__
        if function not in RECURRENT_FUNCTIONS:
            yield _unfaithful(layer, attribute, function, " or ".join(RECURRENT_FUNCTIONS))


def _convolution(layer: keras.Layer, io: str) -> Iterator[Refusal]:
    pointwise = type(layer).__name__ == "Conv2D" and tuple(layer.kernel_size) == (1, 1)  # a routine of its own
    if (
        io == "io_stream"
        and layer.kernel_size[0] == 1
        and len(layer.strides) == 2
        and layer.strides[0] > 1
        and not pointwise
    ):
        accepted = "a vertical stride of 1 for a kernel of height 1, or io=io_parallel"
        yield _unfaithful(layer, "strides", tuple(layer.strides), accepted)
    if any(rate != 1 for rate in layer.dilation_rate):
        yield _unfaithful(layer, "dilation_rate", layer.dilation_rate, "dilation_rate=1")
    if getattr(layer, "groups", 1) != 1:
        yield _unfaithful(layer, "groups", layer.groups, "groups=1")
    if getattr(layer, "depth_multiplier", 1) != 1:
        yield _unfaithful(layer, "depth_multiplier", layer.depth_multiplier, "depth_multiplier=1")
    yield from _channels_last(layer, io)


def _channels_last(layer: keras.Layer, io: str) -> Iterator[Refusal]:
    if layer.data_format != "channels_last":
        yield _unfaithful(layer, "data_format", layer.data_format, "data_format=channels_last")


def _pooling(layer: keras.Layer, io: str) -> Iterator[Refusal]:
    yield from _channels_last(layer, io)
    if io != "io_stream":
        return
    if tuple(layer.strides) != tuple(layer.pool_size):
        yield _unfaithful(
            layer, "strides", layer.strides, f"strides equal to the pool_size {layer.pool_size}, or io=io_parallel"
        )
    sizes = layer.input.shape[1:-1]
    if layer.padding == "same" and any(size % stride for size, stride in zip(sizes, layer.strides, strict=True)):
        accepted = f"padding=valid, an input whose size {sizes} the strides divide, or io=io_parallel"
        yield _unfaithful(layer, "padding", "same", accepted)


def _relu(layer: keras.Layer, io: str) -> Iterator[Refusal]:
    if layer.max_value not in (None, float("inf")):
        yield _unfaithful(
            layer, "max_value", layer.max_value, "max_value=None (a type can limit the values: fixed<W,I,RND,SAT>)"
        )
    if layer.negative_slope and layer.threshold:
        yield _unfaithful(layer, "threshold", layer.threshold, "threshold=0 beside a negative_slope")


def _prelu(layer: keras.Layer, io: str) -> Iterator[Refusal]:
    if layer.shared_axes:
        yield _unfaithful(layer, "shared_axes", layer.shared_axes, "shared_axes=None")


def _reshape(layer: keras.Layer, io: str) -> Iterator[Refusal]:
    """Repack regroups beats where one channel count divides the other."""
    old, new = layer.input.shape[1:], layer.output.shape[1:]
    if io == "io_stream" and len(new) > 1 and old[-1] % new[-1] and new[-1] % old[-1]:
        accepted = f"a last size that divides {old[-1]} or is a multiple of it, as {old} arrives, or io=io_parallel"
        yield _unfaithful(layer, "target_shape", new, accepted)


def _merge(layer: keras.Layer, io: str) -> Iterator[Refusal]:
    shapes = _shapes(layer)
    if len(shapes) != 2:
        yield from _two(layer, io)
        return
    if shapes[0] == shapes[1]:
        return
    if io == "io_stream":
        yield _unfaithful(layer, "shapes", " and ".join(map(str, shapes)), "equal shapes, or io=io_parallel")
    whole = layer.output.shape[1:]
    for shape in shapes:
        inner = tuple(dropwhile(lambda size: size == 1, shape))
        if inner != whole[len(whole) - len(inner) :] or whole not in shapes:  # it takes index modulo size
            accepted = (
                f"a smaller input that is 1 in all but its last sizes, e.g. {(1,) * (len(whole) - 1) + whole[-1:]}"
            )
            yield _unfaithful(layer, "shapes", " and ".join(map(str, shapes)), accepted)


def _shapes(layer: keras.Layer) -> list[tuple[int, ...]]:
    return [tensor.shape[1:] for tensor in layer.input]


def _two(layer: keras.Layer, io: str) -> Iterator[Refusal]:
    if len(shapes := _shapes(layer)) != 2:
        yield _unfaithful(layer, "inputs", len(shapes), f"two at a time: a chain of {type(layer).__name__} layers")


def _dot(layer: keras.Layer, io: str) -> Iterator[Refusal]:
    yield from _two(layer, io)
    shapes = _shapes(layer)
    if any(len(shape) != 1 for shape in shapes):
        yield _unfaithful(layer, "shapes", " and ".join(map(str, shapes)), "two vectors (Flatten before)")


def _parallel_only(layer: keras.Layer, io: str) -> Iterator[Refusal]:
    if io == "io_stream":
        yield _unfaithful(layer, "io", io, "io=io_parallel")


def _last_axis(layer: keras.Layer, io: str) -> Iterator[Refusal]:
    if layer.axis not in (-1, len(layer.input.shape) - 1):
        yield _unfaithful(layer, "axis", layer.axis, "axis=-1")


def _resizing(layer: keras.Layer, io: str) -> Iterator[Refusal]:
    if layer.interpolation != "nearest":
        yield _unfaithful(layer, "interpolation", layer.interpolation, "interpolation=nearest")
    yield from _channels_last(layer, io)


def _layer_normalization(layer: keras.Layer, io: str) -> Iterator[Refusal]:
    yield refused(layer, "hls4ml has it for variances below 1 and 8 bits only; expected BatchNormalization")


def _indexed(layer: keras.Layer, io: str) -> Iterator[Refusal]:
    yield refused(
        layer, "reads indices, which a frame of fixed-point numbers has not; expected a model that starts behind it"
    )


def _unsupported(layer: keras.Layer, io: str) -> Iterator[Refusal]:
    yield refused(layer, "hls4ml does not convert this kind of layer under Keras 3")


RULES: dict[str, Callable[[Any, str], Iterator[Refusal]]] = {
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
    "GlobalMaxPooling1D": _channels_last,
    "GlobalMaxPooling2D": _channels_last,
    "GlobalAveragePooling1D": _channels_last,
    "GlobalAveragePooling2D": _channels_last,
    "ZeroPadding2D": _channels_last,
    "ReLU": _relu,
    "PReLU": _prelu,
    "Reshape": _reshape,
    "LayerNormalization": _layer_normalization,
    "EinsumDense": _parallel_only,
    "Add": _merge,
    "Subtract": _merge,
    "Multiply": _merge,
    "Average": _merge,
    "Maximum": _merge,
    "Minimum": _merge,
    "Concatenate": _two,
    "Dot": _dot,
}
