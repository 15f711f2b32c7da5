"""What hls4ml 1.3.0 converts wrongly or not at all in one layer of a Keras model, refused in words.

Each rule was seen by running hls4ml on a small model: silently wrong outputs (reset_after, go_backwards, dilation,
groups, depth_multiplier, batch normalisation over another axis; stateful: each frame starts anew), C++
that does not compile (other recurrent activations, channels_first, bilinear resizing) or that aborts the process when
it runs (softmax over another axis). Softmax behind a wide type, which collapses to
equal outputs, is chosen around in `accel.hls.precision`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from accel.errors import Refusal
from accel.hls.faults.layers import activations, base, merging, others, recurrent, windows
from accel.hls.faults.layers.base import named, refused
from accel.source import identifier

if TYPE_CHECKING:
    import keras

__all__ = ["RULES", "named", "refusals", "refused"]


RENAMED = frozenset("input")
"""Its letters: what hls4ml 1.3.0 takes for the one name that it reserves (``UniqueName`` in keras_v3_to_hls.py)."""


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
    if mode := getattr(layer, "quantization_mode", None):
        yield refused(layer, f"holds {mode} numbers and their scales; expected the model before quantize('{mode}')")
    yield from activations.activation(layer)
    yield from _weights(layer)
    rule = RULES.get(kind)
    if rule:
        yield from rule(layer, io)
    elif kind not in _convertible():
        yield refused(layer, "hls4ml does not convert this kind of layer")


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


def _name(layer: keras.Layer) -> Iterator[Refusal]:
    name = identifier(layer.name, "_")
    if layer.name != name:
        yield refused(
            layer,
            "its name becomes part of names in C++; expected letters, digits and underscores, no digit first, e.g. "
            f"{name}",
        )
    elif name in RENAMED:
        yield refused(layer, f"hls4ml gives a layer of this name another one, {name}_0; expected e.g. {name}1")


RULES: dict[str, Callable[[Any, str], Iterator[Refusal]]] = {
    "GRU": recurrent.recurrent,
    "LSTM": recurrent.recurrent,
    "ReverseSteps": base.taken,
    "Bidirectional": recurrent.bidirectional,
    "RandomCrop": base.unsupported,  # hls4ml takes it for nothing, but it cuts the middle out
    "TimeDistributed": base.unsupported,
    "SimpleRNN": base.unsupported,
    "Embedding": others.indexed,
    "Masking": others.masking,
    "Softmax": base.last_axis,
    "BatchNormalization": base.last_axis,
    "Conv1D": windows.convolution,
    "Conv2D": windows.convolution,
    "DepthwiseConv1D": windows.convolution,
    "DepthwiseConv2D": windows.convolution,
    "SeparableConv1D": base.unsupported,
    "SeparableConv2D": base.unsupported,
    "MaxPooling1D": base.channels_last,
    "MaxPooling2D": base.channels_last,
    "AveragePooling1D": base.channels_last,
    "AveragePooling2D": base.channels_last,
    "UpSampling2D": windows.resizing,
    "GlobalMaxPooling1D": base.channels_last,
    "GlobalMaxPooling2D": base.channels_last,
    "GlobalAveragePooling1D": base.channels_last,
    "GlobalAveragePooling2D": base.channels_last,
    "ZeroPadding2D": base.channels_last,
    "ReLU": activations.relu,
    "PReLU": activations.prelu,
    "Reshape": others.reshape,
    "LayerNormalization": others.layer_normalization,
    "EinsumDense": base.parallel_only,
    "Add": merging.merge,
    "Subtract": merging.merge,
    "Multiply": merging.merge,
    "Average": merging.merge,
    "Maximum": merging.merge,
    "Minimum": merging.merge,
    "Concatenate": merging.two,
    "Dot": merging.dot,
}
