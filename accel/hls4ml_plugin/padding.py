"""Layers that hls4ml 1.3.0 makes of itself and gets wrong where several layers read the same stream; made beforehand,
it finds nothing left to do.

Zeros around the steps of a padded convolution come before the first reader that it finds (``conv_same_pad.py``:
``insert_node`` without ``before``), whichever that is. What a reshaped stream is forked to gets the default type
(``repack_stream.py`` sets that of the tensor, ``clone.py`` takes that of the layer).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hls4ml.backends.fpga.passes.repack_stream import Repack, ReshapeStream
from hls4ml.model.layers import Conv1D, Layer

if TYPE_CHECKING:
    from hls4ml.model.graph import ModelGraph


def pad_sequences(model: ModelGraph) -> None:
    """Give each padded convolution of a sequence in io_stream a layer that pads for it alone."""
    if model.config.get_config_value("IOType") != "io_stream":
        return
    for layer in list(model.get_layers()):
        if isinstance(layer, Conv1D) and (layer.get_attr("pad_left") or layer.get_attr("pad_right")):
            _pad(model, layer)


def _pad(model: ModelGraph, layer: Layer) -> None:
    sides = {side: int(layer.get_attr(side)) for side in ("pad_left", "pad_right")}
    width = int(layer.get_attr("in_width"))
    padded = width + sum(sides.values())
    sizes = {"in_width": width, "out_width": padded, "n_chan": int(layer.get_attr("n_chan"))}
    data_format = {"data_format": layer.get_attr("data_format", "channels_last")}
    zeros = model.make_node("ZeroPadding1D", f"zp1d_{layer.name}", sides | sizes | data_format, layer.inputs.copy())
    zeros.get_output_variable().type.precision = layer.get_input_variable().type.precision
    model.insert_node(zeros, before=layer)
    for attribute, value in (("pad_left", 0), ("pad_right", 0), ("in_width", padded)):
        layer.set_attr(attribute, value)


def repack_forked(model: ModelGraph) -> None:
    """Make of each reshape that several layers read in io_stream the layer that it becomes, of the same type."""
    if model.config.get_config_value("IOType") != "io_stream":
        return
    for layer in list(model.get_layers()):
        if ReshapeStream().match(layer) and len(layer.get_output_nodes()) > 1:
            shape = {"target_shape": layer.get_attr("target_shape")}
            made = model.make_node(Repack, f"repack_{layer.name}", shape, layer.inputs.copy())
            made.get_output_variable().type.precision = layer.get_output_variable().type.precision
            model.replace_node(layer, made)
