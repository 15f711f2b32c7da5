"""Activations, softmax, and batch normalisation that was not folded."""

from __future__ import annotations

import re

from accel.fixed import Fixed
from accel.ir import tables
from accel.ir.graph import Cast, Lookup, Node, Scale, Softmax, Tensor
from accel.ir.lowerings.base import Unsupported, integer, tensor_of, type_of
from accel.ir.weights import raw_weights


def activation(layer, source: Tensor) -> Node:
    """A cast, or a function as a table."""
    function = layer.get_attr("activation").lower()  # ONNX writes ReLU; hls4ml takes it so, too
    output = tensor_of(layer)
    if function in ("relu", "linear"):
        return Cast(layer.name, source, output, function == "relu")
    builder = tables.FUNCTIONS.get(function)
    if builder is None:
        accepted = ", ".join(["relu", "linear", *tables.FUNCTIONS])
        raise Unsupported(f"layer '{layer.name}': activation '{function}'; the RTL has {accepted}")
    table = builder(integer(layer, "table_size"), type_of(layer.types["table_t"]))
    return Lookup(layer.name, source, output, table)


def parametrised(layer, source: Tensor) -> Node:
    """keras.layers.ReLU arrives as a thresholded ReLU at 0."""
    function = layer.get_attr("activation").lower()
    if function not in ("thresholdedrelu", "thresholded_relu") or float(layer.get_attr("activ_param", 0) or 0) != 0.0:
        raise Unsupported(f"layer '{layer.name}': activation '{function}' with a parameter; expected a plain relu")
    return Cast(layer.name, source, tensor_of(layer), relu=True)


def batch_normalisation(layer, source: Tensor) -> Node:
    """A scale and a bias for each channel."""
    scale, scale_type = raw_weights(layer.weights["scale"])
    bias, bias_type = raw_weights(layer.weights["bias"])
    if scale.size != source.channels:
        raise Unsupported(
            f"layer '{layer.name}': {scale.size} scales for {source.channels} channels; expected one each"
        )
    return Scale(layer.name, source, tensor_of(layer), scale, scale_type, bias, bias_type)


def softmax(layer, source: Tensor) -> Node:
    """Table sizes and the difference's type stand in the C++ configuration only (``core_templates.py``)."""
    text = layer.get_attr("config_cpp")
    kind = re.search(r"softmax_implementation::(\w+)", text)[1]
    if kind != "stable":
        raise Unsupported(f"layer '{layer.name}': softmax implementation '{kind}'; expected 'stable'")
    difference = re.search(r"typedef (.+) inp_norm_t;", text)[1]
    if "inp_norm_t" in layer.types:
        difference = str(layer.types["inp_norm_t"].precision)
    sizes = {name: int(size) for name, size in re.findall(r"(exp|inv)_table_size = (\d+)", text)}
    scale = float(re.search(r"exp_scale = ([-+\d.e]+)", text)[1])
    types = {name: type_of(layer.types[f"{name}_t"]) for name in ("exp_table", "inv_table", "accum", "inv_inp")}
    difference = Fixed.parse(re.sub(r"(ap_u?fixed<[\d, -]+>).*", r"\1", difference))
    return Softmax(
        layer.name,
        source,
        tensor_of(layer),
        difference,
        tables.softmax_exp(sizes["exp"], difference, types["exp_table"], scale),
        types["exp_table"],
        types["accum"],
        types["inv_inp"],
        tables.softmax_inverse(sizes["inv"], types["inv_inp"], types["inv_table"]),
        types["inv_table"],
    )
