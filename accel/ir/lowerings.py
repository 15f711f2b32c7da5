"""One layer of hls4ml's ModelGraph as a node of the integer graph: the only place that reads hls4ml's names.

What the integer graph cannot express exactly is refused by name, never approximated.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from accel.errors import AccelError, Refusal
from accel.fixed import MOST_BITS, Fixed
from accel.ir import tables
from accel.ir.graph import (
    Affine,
    Cast,
    Conv,
    Dense,
    Gru,
    Lookup,
    Lstm,
    Node,
    Pool,
    PoolKind,
    Reshape,
    Scale,
    Softmax,
    Tensor,
    Window,
)
from accel.ir.weights import raw_weights

NO_PAD = (0, 0, 0, 0)


class Unsupported(Refusal):
    """A layer, or an attribute of one, that the integer graph and the RTL do not have (the HLS project
    still has it).
    """


def node_of(layer, source: Tensor) -> Node:
    """The layer as a node that reads ``source``.

    Raises:
        Unsupported: naming the layer, what it is, and what would be accepted.
    """
    lowering = LOWERINGS.get(layer.class_name)
    if lowering is None:
        raise Unsupported(
            f"layer '{layer.name}': the RTL has no {layer.class_name} yet; it has {', '.join(sorted(LOWERINGS))}"
        )
    try:
        return lowering(layer, source)
    except Unsupported:
        raise
    except AccelError as error:  # of a type
        raise Unsupported(f"layer '{layer.name}': {error}") from None


def tensor_of(layer) -> Tensor:
    """What the layer puts out.

    Raises:
        AccelError: its type is too wide, or none of numbers in fixed point.
    """
    variable = layer.get_output_variable()
    type_ = _type(variable.type)
    if type_.width == MOST_BITS and not type_.signed:  # raw integers are int64
        raise Unsupported(f"layer '{layer.name}': result {type_}; expected at most {MOST_BITS - 1} bits without a sign")
    return Tensor(tuple(int(n) for n in variable.shape), type_)


def _type(named) -> Fixed:
    return Fixed.parse(str(named.precision))


def _int(layer, attribute: str) -> int:
    return int(layer.get_attr(attribute))


def _reuse(layer, attribute: str) -> int:
    """The reuse factor asked for, where hls4ml was given another one (``accel/hls/reuse.py``)."""
    return int(layer.get_attr(f"accel_{attribute.removesuffix('_factor')}", layer.get_attr(attribute)))


def _affine(layer, weight: str, bias: str, n_out: int) -> Affine:
    """Weights as (n_in, n_out), whatever the strategy made of their layout (``resource_strategy.py`` transposes)."""
    weights, weight_type = raw_weights(layer.weights[weight])
    if layer.get_attr("_weights_transposed", False):
        weights = weights.reshape(n_out, -1).T
    biases, bias_type = raw_weights(layer.weights[bias])
    return Affine(weights.reshape(-1, n_out), weight_type, biases, bias_type, _type(layer.types["accum_t"]))


def _dense(layer, source: Tensor) -> Node:
    output = tensor_of(layer)
    return Dense(
        layer.name, source, output, _affine(layer, "weight", "bias", output.channels), _reuse(layer, "reuse_factor")
    )


def _conv(layer, source: Tensor) -> Node:
    output = tensor_of(layer)
    affine = _affine(layer, "weight", "bias", output.channels)
    window = _window(layer, "filt", source)
    return Conv(layer.name, source, output, window, affine, _reuse(layer, "reuse_factor"))


def _window(layer, prefix: str, source: Tensor) -> Window:
    """Kernel, stride and padding of a convolution ('filt') or pooling ('pool') layer, 1-D ones with height 1."""
    flat = len(source.shape) == 2
    rows = 1 if flat else source.shape[0]
    return Window(
        rows,
        source.shape[-2],
        (1 if flat else _int(layer, f"{prefix}_height"), _int(layer, f"{prefix}_width")),
        (1 if flat else _int(layer, "stride_height"), _int(layer, "stride_width")),
        (0, 0, *_sides(layer, "left", "right")) if flat else _sides(layer, "top", "bottom", "left", "right"),
    )


def _sides(layer, *sides: str) -> tuple[int, ...]:
    return tuple(int(layer.get_attr(f"pad_{side}", 0)) for side in sides)


def padding(layer, source: Tensor, before: tuple[int, ...]) -> tuple[int, ...]:
    """Zeros that the layer puts around ``source``, which has those of ``before`` already.

    Raises:
        Unsupported: it changes the type.
    """
    if (type_ := tensor_of(layer).type) != source.type:
        raise Unsupported(f"layer '{layer.name}': zero padding of {source.type} as {type_}; expected the type it reads")
    flat = layer.class_name == "ZeroPadding1D"
    more = (0, 0, *_sides(layer, "left", "right")) if flat else _sides(layer, "top", "bottom", "left", "right")
    return tuple(a + b for a, b in zip(before, more, strict=True))


def padded(node: Node, pad: tuple[int, int, int, int]) -> Node:
    """Put the zero padding that hls4ml made a layer of back into the window that reads it.

    Raises:
        Unsupported: the node is no convolution.
    """
    if not isinstance(node, Conv):
        raise Unsupported(f"layer '{node.name}': zero padding before a {type(node).__name__}; expected a convolution")
    return replace(node, window=replace(node.window, pad=pad))


def _pool(layer, source: Tensor) -> Node:
    kind = PoolKind.MAX if layer.get_attr("pool_op") == "Max" else PoolKind.AVERAGE
    window = _window(layer, "pool", source)
    if window.pad != NO_PAD:
        raise Unsupported(f"layer '{layer.name}': pooling with padding {window.pad}; expected padding='valid'")
    return Pool(layer.name, source, tensor_of(layer), kind, window, _type(layer.types["accum_t"]))


def _activation(layer, source: Tensor) -> Node:
    function = layer.get_attr("activation").lower()  # ONNX writes ReLU; hls4ml takes it so, too
    output = tensor_of(layer)
    if function in ("relu", "linear"):
        return Cast(layer.name, source, output, function == "relu")
    builder = tables.FUNCTIONS.get(function)
    if builder is None:
        accepted = ", ".join(["relu", "linear", *tables.FUNCTIONS])
        raise Unsupported(f"layer '{layer.name}': activation '{function}'; the RTL has {accepted}")
    table = builder(_int(layer, "table_size"), _type(layer.types["table_t"]))
    return Lookup(layer.name, source, output, table)


def _parametrised(layer, source: Tensor) -> Node:
    """keras.layers.ReLU arrives as a thresholded ReLU at 0."""
    function = layer.get_attr("activation").lower()
    if function not in ("thresholdedrelu", "thresholded_relu") or float(layer.get_attr("activ_param", 0) or 0) != 0.0:
        raise Unsupported(f"layer '{layer.name}': activation '{function}' with a parameter; expected a plain relu")
    return Cast(layer.name, source, tensor_of(layer), relu=True)


def _batchnorm(layer, source: Tensor) -> Node:
    scale, scale_type = raw_weights(layer.weights["scale"])
    bias, bias_type = raw_weights(layer.weights["bias"])
    if scale.size != source.channels:
        raise Unsupported(
            f"layer '{layer.name}': {scale.size} scales for {source.channels} channels; expected one each"
        )
    return Scale(layer.name, source, tensor_of(layer), scale, scale_type, bias, bias_type)


def _softmax(layer, source: Tensor) -> Node:
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
    types = {name: _type(layer.types[f"{name}_t"]) for name in ("exp_table", "inv_table", "accum", "inv_inp")}
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


def _recurrent(kind: type[Gru] | type[Lstm], gates: int) -> Callable[..., Node]:
    def lowering(layer, source: Tensor) -> Node:
        output = tensor_of(layer)
        width = gates * output.channels
        functions = [layer.get_attr(name) for name in ("recurrent_activation", "activation")]
        if functions != ["sigmoid", "tanh"]:
            raise Unsupported(f"layer '{layer.name}': activations {functions}; expected ['sigmoid', 'tanh']")
        if not layer.get_attr("static") or layer.get_attr("pytorch", False):
            raise Unsupported(
                f"layer '{layer.name}': Static is off or the gates are in PyTorch's order; "
                "expected hls4ml's static kernel, Keras' order"
            )
        size, type_, accum = _int(layer, "table_size"), _type(layer.types["table_t"]), _type(layer.types["accum_t"])
        if min(type_.fraction, accum.fraction) < 0:  # hls4ml casts what comes out of the tables to its accum_t
            raise Unsupported(
                f"layer '{layer.name}': table {type_} and accumulator {accum}; expected no more integer bits than bits "
                "in either, as gates lie between 0 and 1"
            )
        return kind(
            layer.name,
            source,
            output,
            kernel=_affine(layer, "weight", "bias", width),
            recurrent=_affine(layer, "recurrent_weight", "recurrent_bias", width),
            gate=tables.sigmoid(size, type_),
            activation=tables.tanh(size, type_),
            reuse=_reuse(layer, "reuse_factor"),
            recurrent_reuse=_reuse(layer, "recurrent_reuse_factor"),
            return_sequences=bool(layer.get_attr("return_sequences")),
        )

    return lowering


def _reshape(layer, source: Tensor) -> Node:
    """hls4ml flattens in place, but its Repack assigns every element to a type of its own."""
    output = tensor_of(layer)
    if layer.class_name == "Repack" and output.type != source.type:
        return Cast(layer.name, source, output, relu=False)
    return Reshape(layer.name, source, replace(output, type=source.type))


LOWERINGS: dict[str, Callable[..., Node]] = {
    "Activation": _activation,
    "BatchNormalization": _batchnorm,
    "Conv1D": _conv,
    "Conv2D": _conv,
    "Dense": _dense,
    "GRU": _recurrent(Gru, 3),
    "LSTM": _recurrent(Lstm, 4),
    "ParametrizedActivation": _parametrised,
    "PointwiseConv1D": _conv,
    "PointwiseConv2D": _conv,
    "Pooling1D": _pool,
    "Pooling2D": _pool,
    "Repack": _reshape,
    "Reshape": _reshape,
    "Softmax": _softmax,
}
