"""HGQ2's layers as Keras', with the weights that its quantisers make."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import numpy as np

from accel.errors import AccelError
from accel.intake.hgq.building import Building
from accel.intake.hgq.lanes import Lane, bits_of, quantised

PLAIN = (
    *("Flatten", "Reshape", "Activation", "ReLU", "Softmax", "MaxPooling1D", "MaxPooling2D", "AveragePooling1D"),
    *("AveragePooling2D", "GlobalAveragePooling1D", "GlobalAveragePooling2D", "GlobalMaxPooling1D"),
    *("GlobalMaxPooling2D", "ZeroPadding1D", "ZeroPadding2D", "Cropping1D", "Cropping2D", "Permute", "Dropout"),
)
"""Layers of Keras without weights that may stand between."""

Rule = Callable[[Building, Any, Any], Any]


def read(building: Building, layer: Any, x: Any) -> Any:
    """What a layer makes of `x`, with its quantisers.

    Raises:
        AccelError: it is none that is read, or a quantiser is.
    """
    kind = type(layer).__name__
    if kind in PLAIN:
        return type(layer).from_config(layer.get_config())(x)
    if kind not in RULES:
        raise AccelError(f"is not read; expected one of {', '.join(RULES)}, or Keras' {', '.join(PLAIN)}")
    made = RULES[kind](building, layer, x)
    if kind != "Quantizer" and layer.enable_oq:
        made = quantised(building, bits_of(layer.oq, made.shape), f"{layer.name}_oq", made).whole(
            building, f"{layer.name}_oq"
        )
    return made


def _given(building: Building, layer: Any, x: Any) -> Lane:
    """What the layer's own quantiser makes of its input."""
    if not layer.enable_iq:
        return Lane(x, np.ones(1), np.zeros(1))
    return quantised(building, bits_of(layer.iq, x.shape), f"{layer.name}_iq", x)


def _activated(building: Building, layer: Any, x: Any) -> Any:
    function = getattr(layer.activation, "__name__", "linear")
    return (
        x if function == "linear" else building.layer("Activation", f"{layer.name}_{function}", x, activation=function)
    )


def _product(kind: str, *settings: str) -> Rule:
    def rule(building: Building, layer: Any, x: Any) -> Any:
        lane = _given(building, layer, x)
        kernel = np.asarray(layer.qkernel, np.float64)
        bias = [] if layer.bias is None else [np.asarray(layer.qbias, np.float64)]
        x = lane.x if not np.any(lane.offset) else lane.whole(building, f"{layer.name}_iq")
        kernel = kernel * lane.factor[:, None] if x is lane.x else kernel
        own = {key: getattr(layer, key) for key in settings}
        own["units" if kind == "Dense" else "filters"] = kernel.shape[-1]
        x = building.layer(kind, layer.name, x, [kernel, *bias], use_bias=bool(bias), **own)
        return _activated(building, layer, x)

    return rule


def _einsum(building: Building, layer: Any, x: Any) -> Any:
    """A sum over the last axis alone is a Dense layer."""
    given, kernel, made = re.fullmatch(r"(.+),(.+)->(.+)", layer.equation.replace(" ", "").replace("...", "")).groups()
    if len(kernel) != 2 or kernel[0] != given[-1:] or made != given[:-1] + kernel[1]:
        raise AccelError(f"equation '{layer.equation}'; expected a sum over the last axis, such as '...i,io->...o'")
    if layer.bias is not None and layer.bias.shape != layer.kernel.shape[-1:]:
        raise AccelError(f"a bias of shape {tuple(layer.bias.shape)}; expected {tuple(layer.kernel.shape[-1:])}")
    return _product("Dense")(building, layer, x)


def _normalisation(building: Building, layer: Any, x: Any) -> Any:
    if layer.axis not in (-1, len(x.shape) - 1):
        raise AccelError(f"axis={layer.axis}; expected the last one")
    lane = _given(building, layer, x)
    scale, offset = (np.asarray(part, np.float64) for part in layer.qscaler_and_qoffset)
    return building.scaled(layer.name, lane.x, scale * lane.factor, offset + scale * lane.offset)


def _like(kind: str) -> Rule:
    """As the layer of Keras of this kind, behind a quantiser."""

    def rule(building: Building, layer: Any, x: Any) -> Any:
        import keras

        x = _given(building, layer, x).whole(building, f"{layer.name}_iq")
        own = getattr(keras.layers, kind)
        keys = ("pool_size", "strides", "padding", "data_format", "keepdims")
        settings = {key: getattr(layer, key) for key in keys if hasattr(layer, key)}
        return own(name=layer.name, **settings)(x)

    return rule


def _function(building: Building, layer: Any, x: Any) -> Any:
    x = _given(building, layer, x).whole(building, f"{layer.name}_iq")
    return building.layer("Activation", layer.name, x, activation=layer.activation.__name__)


def _softmax(building: Building, layer: Any, x: Any) -> Any:
    building.near.append(layer.name)
    return building.layer("Softmax", layer.name, x)


def _alone(building: Building, layer: Any, x: Any) -> Any:
    return quantised(building, bits_of(layer, x.shape), layer.name, x).whole(building, layer.name)


_WINDOW = ("kernel_size", "strides", "padding", "dilation_rate", "groups")

RULES: dict[str, Rule] = {
    "Quantizer": _alone,
    "QDense": _product("Dense"),
    "QBatchNormDense": _product("Dense"),
    "QEinsumDense": _einsum,
    "QEinsumDenseBatchnorm": _einsum,
    "QConv1D": _product("Conv1D", *_WINDOW),
    "QConv2D": _product("Conv2D", *_WINDOW),
    "QBatchNormalization": _normalisation,
    "QUnaryFunctionLUT": _function,
    "QSoftmax": _softmax,
    **{
        f"Q{kind}": _like(kind)
        for form in ("MaxPooling{}D", "AveragePooling{}D", "GlobalMaxPooling{}D", "GlobalAveragePooling{}D")
        for kind in (form.format(1), form.format(2))
    },
}
"""By class."""
