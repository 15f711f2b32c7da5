"""What hls4ml's layers have in common: types, attributes, weights; and the refusal."""

from __future__ import annotations

from accel.errors import Refusal
from accel.fixed import MOST_BITS, Fixed
from accel.ir.graph import Affine, Tensor
from accel.ir.weights import raw_weights


class Unsupported(Refusal):
    """A layer, or an attribute of one, that the integer graph and the RTL do not have (the HLS project
    still has it).
    """


def tensor_of(layer) -> Tensor:
    """What the layer puts out.

    Raises:
        AccelError: its type is too wide, or none of numbers in fixed point.
    """
    variable = layer.get_output_variable()
    type_ = type_of(variable.type)
    if type_.width == MOST_BITS and not type_.signed:  # raw integers are int64
        raise Unsupported(f"layer '{layer.name}': result {type_}; expected at most {MOST_BITS - 1} bits without a sign")
    return Tensor(tuple(int(n) for n in variable.shape), type_, layer.name)


def type_of(named) -> Fixed:
    """A type of hls4ml's, as what accel computes with."""
    return Fixed.parse(str(named.precision))


def integer(layer, attribute: str) -> int:
    """An attribute that is a whole number."""
    return int(layer.get_attr(attribute))


def streams(layer) -> bool:
    """Whether it is converted for io_stream, not for io_parallel."""
    return layer.model.config.get_config_value("IOType") == "io_stream"


def reuse(layer, attribute: str) -> int:
    """The reuse factor asked for, where hls4ml was given another one (``accel/hls/reuse.py``)."""
    return int(layer.get_attr(f"accel_{attribute.removesuffix('_factor')}", layer.get_attr(attribute)))


def affine_of(layer, weight: str, bias: str, n_out: int) -> Affine:
    """Weights as (n_in, n_out), whatever the strategy made of their layout (``resource_strategy.py`` transposes)."""
    weights, weight_type = raw_weights(layer.weights[weight])
    if layer.get_attr("_weights_transposed", False):
        weights = weights.reshape(n_out, -1).T
    biases, bias_type = raw_weights(layer.weights[bias])
    return Affine(weights.reshape(-1, n_out), weight_type, biases, bias_type, type_of(layer.types["accum_t"]))


def sides(layer, *names: str) -> tuple[int, ...]:
    """Zeros at each side that is named (top, bottom, left, right)."""
    return tuple(int(layer.get_attr(f"pad_{name}", 0)) for name in names)
