"""Convolutions that hls4ml gets wrong, as plain ones of the same function: kernels with zeros in them.

A dilated kernel has zeros between its taps, one in groups between the channels of different groups, and a depthwise one
of several filters for each channel is one in as many groups as channels. The hardware leaves zeros out: taps that are
zero for all outputs (`accel.rtl.layers.affine`), and blocks of channels (`accel.ir.lowerings.affine`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import keras

SEPARABLE = {"SeparableConv1D": ("DepthwiseConv1D", "Conv1D"), "SeparableConv2D": ("DepthwiseConv2D", "Conv2D")}

KINDS = ("Conv1D", "Conv2D", "DepthwiseConv1D", "DepthwiseConv2D")


@dataclass(frozen=True, eq=False)
class Plain:
    """A layer of `keras.layers`: the class `kind`, its settings but the name, and its weights."""

    kind: str
    settings: dict[str, Any]
    weights: list[np.ndarray]


def plain(layer: keras.Layer) -> Plain | None:
    """The plain convolution that does what a built `layer` does; None where it is plain itself, or none of `KINDS`."""
    kind = type(layer).__name__
    if not odd(layer) or layer.data_format != "channels_last":
        return None
    kernel, *bias = layer.get_weights()
    kernel = _dilated(kernel, layer.dilation_rate)
    if kind.startswith("Depthwise"):
        channels, each = kernel.shape[-2:]
        if each > 1:
            kind = kind.removeprefix("Depthwise")
            kernel = _in_groups(kernel.reshape(*kernel.shape[:-2], 1, channels * each), channels)
    else:
        kernel = _in_groups(kernel, layer.groups)
    settings = {
        "kernel_size": kernel.shape[:-2],
        "strides": layer.strides,
        "padding": layer.padding,
        "activation": layer.activation,
        "use_bias": layer.use_bias,
    }
    if not kind.startswith("Depthwise"):
        settings["filters"] = kernel.shape[-1]
    return Plain(kind, settings, [kernel, *bias])


def odd(layer: Any) -> bool:
    """Whether it is a convolution with dilation, groups or several filters for each channel."""
    return type(layer).__name__ in KINDS and (
        any(rate != 1 for rate in layer.dilation_rate)
        or getattr(layer, "groups", 1) != 1
        or getattr(layer, "depth_multiplier", 1) != 1
    )


def _dilated(kernel: np.ndarray, rates: tuple[int, ...]) -> np.ndarray:
    """A kernel (*taps, inputs, outputs) with as many taps less one as a rate says between two of an axis, all zero."""
    sizes = [(size - 1) * rate + 1 for size, rate in zip(kernel.shape, rates, strict=False)]
    made = np.zeros((*sizes, *kernel.shape[-2:]), kernel.dtype)
    made[tuple(slice(None, None, rate) for rate in rates)] = kernel
    return made


def _in_groups(kernel: np.ndarray, groups: int) -> np.ndarray:
    """A kernel (*taps, inputs of a group, outputs) as one (*taps, inputs, outputs)."""
    *taps, inputs, outputs = kernel.shape
    made = np.zeros((*taps, groups, inputs, groups, outputs // groups), kernel.dtype)
    for group in range(groups):
        made[..., group, :, group, :] = kernel.reshape(*taps, inputs, groups, -1)[..., group, :]
    return made.reshape(*taps, groups * inputs, outputs)


def halves(layer: keras.Layer, shape: tuple[int | None, ...], name: str) -> tuple[keras.Layer, keras.Layer]:
    """A separable convolution of inputs of ``shape`` as a depthwise one and one of 1x1 called ``name``, whose weights
    are the last of the layer's.
    """
    import keras

    depthwise, pointwise = (getattr(keras.layers, kind) for kind in SEPARABLE[type(layer).__name__])
    first = depthwise(
        layer.kernel_size,
        strides=layer.strides,
        padding=layer.padding,
        depth_multiplier=layer.depth_multiplier,
        dilation_rate=layer.dilation_rate,
        data_format=layer.data_format,
        use_bias=False,
        name=f"{layer.name}_depthwise",
    )
    first.build(shape)
    first.set_weights(layer.get_weights()[:1])
    settings = {"use_bias": layer.use_bias, "activation": layer.activation, "data_format": layer.data_format}
    return first, pointwise(layer.filters, 1, name=name, **settings)
