"""GRU and LSTM."""

from __future__ import annotations

from collections.abc import Callable

from accel.ir import tables
from accel.ir.graph import Gru, Lstm, Node, Tensor
from accel.ir.lowerings.base import Unsupported, affine_of, integer, reuse, tensor_of, type_of

FUNCTIONS = ("relu", *tables.RECURRENT)
"""What recurrent layers have as C++ classes (``nnet_recr_activations.h``, ``accel_recurrent_activations.h``)."""


def recurrent(kind: type[Gru] | type[Lstm], gates: int) -> Callable[..., Node]:
    """The lowering of the layers that become ``kind``, with that many gates."""

    def lowering(layer, source: Tensor) -> Node:
        output = tensor_of(layer)
        width = gates * output.channels
        functions = [layer.get_attr(name) for name in ("recurrent_activation", "activation")]
        if not set(functions) <= set(FUNCTIONS):
            raise Unsupported(f"layer '{layer.name}': activations {functions}; expected two of {', '.join(FUNCTIONS)}")
        if layer.get_attr("pytorch", False):
            raise Unsupported(f"layer '{layer.name}': gates in PyTorch's order; expected Keras' order")
        size = integer(layer, "table_size")
        type_, accum = (type_of(layer.types[name]) for name in ("table_t", "accum_t"))
        if not layer.get_attr("static") and kind is Lstm and output.type != accum:  # its sums have the result's type
            raise Unsupported(
                f"layer '{layer.name}': static off, a result {output.type} and an accumulator {accum}; expected the "
                "same type, or hls4ml's static kernel"
            )
        if min(type_.fraction, accum.fraction) < 0:  # hls4ml casts what comes out of the tables to its accum_t
            raise Unsupported(
                f"layer '{layer.name}': table {type_} and accumulator {accum}; expected no more integer bits than bits "
                "in either, as gates lie between 0 and 1"
            )
        made = [None if function == "relu" else tables.RECURRENT[function](size, type_) for function in functions]
        return kind(
            layer.name,
            source,
            output,
            kernel=affine_of(layer, "weight", "bias", width),
            recurrent=affine_of(layer, "recurrent_weight", "recurrent_bias", width),
            gate=made[0],
            activation=made[1],
            reuse=reuse(layer, "reuse_factor"),
            recurrent_reuse=reuse(layer, "recurrent_reuse_factor"),
            return_sequences=bool(layer.get_attr("return_sequences")),
        )

    return lowering
