"""Per-layer types: data from measured ranges, weights from their values, accumulators that cannot overflow.

The rules, for W bits: the policy's width, or that asked for the tensor (``accel.policy``). Integer bits may be negative
(all of a small value's bits lie far right of the point), so that a factor moved from one layer to the next changes no
error:

- data: W bits, as many of them integer as the measured range with `MARGIN` takes; rounded to nearest and saturated. A
  layer in front of a ReLU gets the ReLU's width and fraction, so that the ReLU only drops the sign;
- weights and biases: W bits, integer bits from their largest value; the values themselves are rounded to nearest before
  hls4ml prints them, as its C simulation would truncate them. A bias is no finer than the products it is added to;
- accumulators of dense and convolution layers: every fractional bit of the products, and the integer bits of the
  largest sum that any input of the input's type can give, so nothing is ever rounded, wrapped or saturated;
- GRU and LSTM: hls4ml uses accum_t for products, gates and what comes out of the tables. Its integer bits are bounded
  the same way, its fraction is the tables' (17 bits), or less where it would be wider than a DSP's 25-bit port, but
  never less than that of a state without bounds (relu);
- softmax: the difference to the maximum, rounded and saturated to 0..16, indexes the exponential; both tables have 2048
  entries or more, of 17 bits, which keeps the sum of the outputs within 1 % of 1.

A network that came quantised has its own types; what it has between its quantisers loses nothing (`accel.hls.exact`).
"""

from __future__ import annotations

import math
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from accel.design import AUTO, Design
from accel.errors import AccelError
from accel.fixed import Fixed, Overflow, Rounding
from accel.hls import accumulators, exact, float_layers
from accel.hls.accumulators import bounded, integer_bits
from accel.hls.ranges import Range, Ranges
from accel.policy import MOST, Auto

if TYPE_CHECKING:
    from hls4ml.model.graph import ModelGraph
    from hls4ml.model.layers import Layer

MARGIN = 1.1
"""How far beyond the measured range a type reaches: other data has larger values than those measured."""

FINEST = Auto(MOST)
TABLE = Fixed(18, 1, rounding=Rounding.RND, overflow=Overflow.SAT)
TABLE_SIZE = 2048
SOFTMAX_BITS = 11
SOFTMAX_TABLE = Fixed(17, 1, False, Rounding.RND, Overflow.SAT)

DEPTHWISE = ("DepthwiseConv1D", "DepthwiseConv2D")
PRODUCTS = ("Dense", "Conv1D", "Conv2D", "PointwiseConv1D", "PointwiseConv2D", *DEPTHWISE)
RECURRENT = ("GRU", "LSTM")
UNCHANGED = (
    "Reshape",
    "Flatten",
    "Transpose",
    "Resize",
    "ZeroPadding1D",
    "ZeroPadding2D",
    "Cropping1D",
    "Cropping2D",
    "ReverseSteps",
    "Resize",
)
POOLING = ("Pooling1D", "Pooling2D", "GlobalPooling1D", "GlobalPooling2D")
RELUS = ("relu", "relu1", "relu6", "thresholdedrelu")
TABLES = {
    **dict.fromkeys(("sigmoid", "tanh", "elu", "silu", "swish"), TABLE),
    "selu": replace(TABLE, integer=2),
}
"""The entries' type of a tabulated function."""

Asked = Mapping[str, Auto | Fixed]
"""What the design says of one layer's types, by kind, and of all others under `default`."""


@dataclass(frozen=True)
class LayerTypes:
    """One layer's types by hls4ml's names (result, weight, bias, accum, table, ...) and its table sizes."""

    fixed: dict[str, Fixed]
    sizes: dict[str, int] = field(default_factory=dict)


def choose(graph: ModelGraph, design: Design, ranges: Ranges | None) -> dict[str, LayerTypes]:
    """The types of every layer of `graph` (after hls4ml's first half), by name.

    Under the design's `auto` policy `ranges` are needed; a layer without a range keeps hls4ml's own type. Whatever
    the design says about a layer's `precision` goes first, then the types that came with the network.
    """
    reach = by_name(graph, ranges)
    came = ranges.types if ranges else {}
    asks = {name: {**came.get(name, {}), **design.types_of(name)} for name in graph.graph}
    chosen: dict[str, LayerTypes] = {}
    for layer in graph.get_layers():
        nodes = filter(None, map(layer.get_input_node, layer.inputs))
        sources = [chosen[node.name].fixed["result"] for node in nodes]
        given = sources[0] if sources else None
        asked = asks[layer.name]
        if came and design.precision == AUTO:
            asked = asks[layer.name] = _lossless(layer, asked, sources, reach)
        own = {kind: type_ for kind, type_ in asked.items() if kind != "default" and isinstance(type_, Fixed)}
        data = own.get("result") or _data_type(layer, asks, given, reach)
        fixed = {"result": data} | _weight_types(layer, asked, given, data) | own
        sizes: dict[str, int] = {}
        if layer.class_name in PRODUCTS:
            fixed["accum"] = own.get("accum") or _narrowed(accumulators.exact(given, layer, fixed), asked.get("accum"))
        elif layer.class_name in RECURRENT:
            fixed = {"table": _narrowed(TABLE, asked.get("table"))} | fixed
            fixed["accum"] = own.get("accum") or _narrowed(
                accumulators.recurrent(given, layer, fixed), asked.get("accum")
            )
            sizes["table_size"] = design.layer(layer.name).table_size or TABLE_SIZE
        elif layer.class_name in POOLING:
            fixed["accum"] = own.get("accum") or _narrowed(accumulators.pool(given, layer), asked.get("accum"))
        elif layer.class_name == "Softmax":
            fixed = _softmax_types(layer, asked) | fixed
            sizes = {"exp_table_size": 1 << fixed["inp_norm"].width, "inv_table_size": 1 << fixed["inv_inp"].width}
        elif (function := layer.get_attr("activation")) in TABLES:
            fixed = {"table": _narrowed(TABLES[function], asked.get("table"))} | fixed
            sizes["table_size"] = design.layer(layer.name).table_size or TABLE_SIZE
        chosen[layer.name] = LayerTypes(fixed, sizes)
    return chosen


def data_type(low: float, high: float, asked: Auto) -> Fixed:
    """The type as `asked` for that holds low..high with `MARGIN`, unsigned where nothing is negative."""
    signed = low < 0
    largest = max(MARGIN * high, -MARGIN * low)
    return _as_asked(Fixed(asked.width, integer_bits(largest) + signed, signed, Rounding.RND, Overflow.SAT), asked)


def weight_type(values: np.ndarray, asked: Auto) -> Fixed:
    """The signed type as `asked` for whose range the rounded `values` just fit."""
    largest = float(np.abs(values).max(initial=0.0))
    return _as_asked(Fixed(asked.width, math.ceil(math.log2(largest)) + 1 if largest else 1), asked)


def _as_asked(made: Fixed, asked: Auto) -> Fixed:
    """`made` with the shift and the modes that are asked for."""
    return replace(
        made,
        integer=made.integer + asked.shift,
        rounding=asked.rounding or made.rounding,
        overflow=asked.overflow or made.overflow,
    )


def _narrowed(made: Fixed, asked: Auto | Fixed | None) -> Fixed:
    """`made`, of which the lowest bits go where fewer are asked for."""
    if not isinstance(asked, Auto):
        return made
    return _as_asked(replace(made, width=min(made.width, asked.width)), asked)


def by_name(graph: ModelGraph, ranges: Ranges | None) -> dict[str, Range]:
    """Ranges by the graph's names; none where nothing was measured."""
    if ranges is None:
        return {}
    return float_layers.by_graph(graph, ranges.layers, {name: entry.behind for name, entry in ranges.layers.items()})


def passes(layer: Layer) -> bool:
    """Whether it puts out what it reads, in the same type."""
    kind = layer.class_name
    return kind in UNCHANGED or (kind in POOLING and layer.get_attr("pool_op").lower() == "max")


def _lossless(layer: Layer, asked: Asked, sources: Sequence[Fixed], measured: Container[str]) -> Asked:
    """`asked`, and for tensors of which nothing is asked the types that hold all of them, where there are such; the
    finest ones for scales that are no powers of two, and behind them for what was `measured`.
    """
    held = {kind: type_ for kind, weight in layer.weights.items() if (type_ := exact.weights(weight.data))}
    fine = dict.fromkeys(layer.weights, FINEST) if "scale" in layer.weights else {}
    asked = fine | held | dict(asked)
    if "result" in asked:
        return asked
    given = sources[0] if sources else None
    made = exact.result(layer, sources, _weight_types(layer, asked, given, given))
    if made is None and layer.class_name in (*exact.RULES, *exact.JOINS) and layer.name in measured:
        made = FINEST
    return asked | {"result": made} if made else asked


def _data_type(layer: Layer, asks: Mapping[str, Asked], given: Fixed | None, reach: dict[str, Range]) -> Fixed:
    """The type of what `layer` puts out; `given` is that of its input."""
    kind, asked = layer.class_name, asks[layer.name]
    if passes(layer) and "result" not in asked:
        return given
    relu = rectifier(layer, reach)
    rectified = asks[relu.name].get("result") if relu else None
    data = asked.get("result") or (rectified if isinstance(rectified, Auto) else asked["default"])
    if isinstance(data, Fixed):
        return data
    if kind == "Softmax":
        return _as_asked(Fixed(data.width, 1, False, Rounding.RND, Overflow.SAT), data)
    if kind == "GRU" and bounded(layer):
        return _as_asked(Fixed(data.width, 1, True, Rounding.RND, Overflow.SAT), data)
    if relu:
        positive = data_type(0, reach[relu.name].high, replace(data, width=data.width - 1))
        return replace(positive, width=data.width, integer=positive.integer + 1, signed=True)
    if layer.name not in reach:
        if "result" in asked:
            raise AccelError(
                f"layer '{layer.name}': precision {data}, and no range of it was measured; expected a type"
            )
        return from_hls(layer.get_output_variable().type.precision)
    entry = reach[layer.name]
    if kind in RECURRENT:  # h may be negative for other data, or be more than the zeros measured
        entry = replace(entry, low=min(entry.low, -entry.high) or -1.0)
    rectifies = layer.get_attr("activation") in RELUS
    return data_type(entry.low, entry.high, replace(data, width=data.width - rectifies))


def rectifier(layer: Layer, reach: dict[str, Range]) -> Layer | None:
    """The measured ReLU that alone reads `layer`, if there is one."""
    following = layer.get_output_nodes()
    alone = len(following) == 1 and following[0].get_attr("activation") in RELUS and following[0].name in reach
    return following[0] if alone else None


def _weight_types(layer: Layer, asked: Asked, given: Fixed | None, data: Fixed) -> dict[str, Fixed]:
    """Types of all the layer's weights and biases, by hls4ml's names; it reads `given` and puts out `data`."""
    wanted = {kind: asked.get(kind, asked["default"]) for kind in layer.weights}
    chosen = {
        kind: type_ if isinstance(type_, Fixed) else weight_type(layer.weights[kind].data, type_)
        for kind, type_ in wanted.items()
    }
    if layer.class_name == "ParametrizedActivation":
        type_ = asked.get("param", asked["default"])
        chosen["param"] = type_ if isinstance(type_, Fixed) else _parameter_type(layer, type_)
    for bias, factors, multiplied in (
        ("bias", "weight", given),
        ("bias", "scale", given),
        ("recurrent_bias", "recurrent_weight", data),
    ):
        if isinstance(wanted.get(bias), Auto) and factors in chosen:
            finest = multiplied.fraction + chosen[factors].fraction
            chosen[bias] = replace(chosen[bias], integer=max(chosen[bias].integer, chosen[bias].width - finest))
    return chosen


def _parameter_type(layer: Layer, asked: Auto) -> Fixed:
    """The signed type as `asked` for that holds an activation's parameter, which hls4ml prints as it is: a type whose
    bound it is would wrap it.
    """
    value = abs(float(layer.get_attr("activ_param", 0) or 0))
    return _as_asked(Fixed(asked.width, integer_bits(value) + 1), asked)


def _softmax_types(layer: Layer, asked: Asked) -> dict[str, Fixed]:
    """The exponentials lie in 0..1, so their sum over n classes in 1..n."""

    def narrowed(kind: str, *made: object) -> Fixed:
        return _narrowed(Fixed(*made), asked.get(kind))

    integer = layer.get_output_variable().shape[-1].bit_length()
    exp_table = _narrowed(SOFTMAX_TABLE, asked.get("exp_table"))
    return {
        "inp_norm": narrowed("inp_norm", SOFTMAX_BITS, 4, False, Rounding.RND, Overflow.SAT),
        "exp_table": exp_table,
        "accum": narrowed("accum", integer + exp_table.fraction, integer, False),
        "inv_inp": narrowed("inv_inp", max(SOFTMAX_BITS, integer + 8), integer, False, Rounding.RND, Overflow.SAT),
        "inv_table": _narrowed(SOFTMAX_TABLE, asked.get("inv_table")),
    }


def from_hls(precision: Any) -> Fixed:
    """A type of hls4ml's as ours."""
    return Fixed(
        precision.width,
        precision.integer,
        precision.signed,
        Rounding(str(precision.rounding_mode)),
        Overflow(str(precision.saturation_mode)),
    )
