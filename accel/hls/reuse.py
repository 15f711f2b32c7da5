"""The reuse factors of each layer: those that the design asks for, and the one that hls4ml is given."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from accel.design import Design
from accel.errors import AccelError
from accel.reuse import check_factor, computed, hls_factors

if TYPE_CHECKING:
    from hls4ml.model.graph import ModelGraph
    from hls4ml.model.layers import Layer

log = logging.getLogger(__name__)

DEPTHWISE_LAYERS = ("DepthwiseConv1D", "DepthwiseConv2D")
MATRIX_LAYERS = ("Dense", "Conv1D", "Conv2D", "PointwiseConv1D", "PointwiseConv2D", *DEPTHWISE_LAYERS)
RECURRENT_LAYERS = ("GRU", "LSTM")
STREAMED = ("Reshape", "Flatten", "Repack", "Activation", "ParametrizedActivation", "BatchNormalization")
"""Layers that pass a stream's beats on as they are, or element by element."""


@dataclass(frozen=True)
class Reuse:
    """The factors of a layer: ours for its kernel and recurrent kernel (None without one), and hls4ml's for both."""

    kernel: int
    recurrent: int | None
    hls: int


def choose(graph: ModelGraph, design: Design) -> dict[str, Reuse]:
    """The factors of each layer that multiplies by a matrix, by name.

    Raises:
        AccelError: a factor that the design asks for is not valid for its layer.
    """
    found = {}
    for layer in graph.get_layers():
        if layer.class_name in MATRIX_LAYERS:
            n_in, n_out = graph.config.backend.get_layer_mult_size(layer)
            asked = design.reuse_of(layer.name)
            kernel = _checked(layer, "reuse", asked, _multiplied(layer, n_in, n_out, asked), n_out)
            found[layer.name] = Reuse(kernel, None, _hls_factor(layer, design, kernel, [(n_in, n_out)]))
        elif layer.class_name in RECURRENT_LAYERS:
            n_in, n_out, units, recurrent_out = graph.config.backend.get_layer_mult_size(layer)
            asked = design.reuse_of(layer.name)
            kernel = _checked(layer, "reuse", asked, n_in, n_out)
            own = design.layer(layer.name).recurrent_reuse or asked
            recurrent = _checked(layer, "recurrent_reuse", own, units, recurrent_out)
            sizes = [(n_in, n_out), (units, recurrent_out)]
            found[layer.name] = Reuse(kernel, recurrent, _hls_factor(layer, design, kernel, sizes))
    _check_used(design, found)
    return found


def _check_used(design: Design, found: dict[str, Reuse]) -> None:
    """Refuse a factor that no product would have."""
    for key, having in (
        ("reuse", list(found)),
        ("recurrent_reuse", [name for name, reuse in found.items() if reuse.recurrent is not None]),
    ):
        for name, settings in design.layers.items():
            if (asked := getattr(settings, key)) is not None and name not in having:
                raise AccelError(
                    f"layers.{name}: {key} {asked}, but the layer has no such product; expected one of: "
                    f"{', '.join(having) or 'none here'}"
                )


def _multiplied(layer: Layer, n_in: int, n_out: int, reuse: int) -> int:
    """Inputs of an output that are multiplied at once: a convolution's without what is zero, as far as ``reuse`` is
    valid for it; in hls4ml, a depthwise one's size is that of all outputs.
    """
    if "Conv" not in layer.class_name:
        return _beat(layer, n_in)
    inputs = 1 if layer.class_name in DEPTHWISE_LAYERS else int(layer.get_attr("n_chan"))
    weights = np.asarray(layer.weights["weight"].data).reshape(-1, inputs, n_out)
    groups, taps = computed(weights, reuse)
    return len(taps) * inputs // groups


def _beat(layer: Layer, n_in: int) -> int:
    """Inputs that reach a dense layer at once: the channels of a beat where it stands behind a flattened stream."""
    if layer.class_name != "Dense":
        return n_in
    source = layer.get_input_node()
    while source.class_name in STREAMED:
        source = source.get_input_node()
    return source.get_output_variable().shape[-1]


def _checked(layer: Layer, key: str, asked: int, n_in: int, n_out: int) -> int:
    check_factor(f"layer '{layer.name}' ({layer.class_name}): {key}", asked, n_in, n_out)
    return asked


def _hls_factor(layer: Layer, design: Design, asked: int, sizes: list[tuple[int, int]]) -> int:
    """hls4ml has one factor for all products of a layer, and under the Resource strategy it must be valid for each."""
    if (design.layer(layer.name).strategy or design.strategy) == "Latency":
        return asked
    shared = set.intersection(*(set(hls_factors(*size)) for size in sizes))
    if "Conv" in layer.class_name and design.io == "io_parallel":
        shared = {r for r in shared if r <= sizes[0][0]}  # its C++ asserts this
    factor = max(r for r in shared if r <= asked)
    if factor != asked:
        log.info("%s: the HLS project has reuse factor %d, as hls4ml cannot have %d here", layer.name, factor, asked)
    return factor
