"""The forms of softmax."""

from __future__ import annotations

import re

import numpy as np

from accel.fixed import Fixed, from_float
from accel.ir import tables
from accel.ir.graph import Argmax, LegacySoftmax, Node, Softmax, Tensor
from accel.ir.lowerings.base import Unsupported, streams, tensor_of, type_of

LEGACY = Fixed(18, 8)
"""What ``nnet_activation.h`` gives activations as table_t, where hls4ml's configuration says nothing."""

LEGACY_SIZE = 1024


def softmax(layer, source: Tensor) -> Node:
    """Table sizes and the difference's type stand in the C++ configuration only (``core_templates.py``)."""
    text = layer.get_attr("config_cpp")
    kind = re.search(r"softmax_implementation::(\w+)", text)[1]
    sizes = {name: int(size) for name, size in re.findall(r"(exp|inv)_table_size = (\d+)", text)}
    output = tensor_of(layer)
    if kind == "argmax":
        hot, cold = from_float(np.array([1.0, 0.0]), output.type).tolist()
        return Argmax(layer.name, source, output, hot, cold)
    if kind == "legacy":
        exp, inverse = (LEGACY_SIZE, LEGACY_SIZE) if streams(layer) else (sizes["exp"], sizes["inv"])
        made = tables.legacy_exp(exp, LEGACY), tables.legacy_inverse(inverse, LEGACY)
        return LegacySoftmax(layer.name, source, output, *made)
    if kind not in ("stable", "latency"):
        raise Unsupported(
            f"layer '{layer.name}': softmax implementation '{kind}'; expected stable, latency, legacy or argmax"
        )
    scale = float(re.search(r"exp_scale = ([-+\d.e]+)", text)[1])
    types = {name: type_of(layer.types[f"{name}_t"]) for name in ("exp_table", "inv_table", "accum", "inv_inp")}
    stable = kind == "stable"
    addressed = _difference(layer, text) if stable else source.type
    return Softmax(
        layer.name,
        source,
        output,
        addressed,
        tables.softmax_exp(sizes["exp"], addressed, types["exp_table"], -scale if stable else scale),
        types["exp_table"],
        types["accum"],
        types["inv_inp"],
        tables.softmax_inverse(sizes["inv"], types["inv_inp"], types["inv_table"]),
        types["inv_table"],
        stable,
    )


def _difference(layer, text: str) -> Fixed:
    difference = re.search(r"typedef (.+) inp_norm_t;", text)[1]
    if "inp_norm_t" in layer.types:
        difference = str(layer.types["inp_norm_t"].precision)
    return Fixed.parse(re.sub(r"(ap_u?fixed<[\d, -]+>).*", r"\1", difference))
