"""What hls4ml 1.3.0 converts wrongly or not at all, found in the Keras model and refused in words.

`layers` judges each layer by itself, `wiring` what follows what, this file the model as a whole.
"""

from __future__ import annotations

from collections.abc import Container, Iterator
from typing import TYPE_CHECKING

from accel.errors import AccelError, Refusal
from accel.hls.faults import layers, wiring

if TYPE_CHECKING:
    import keras
    from hls4ml.model.graph import ModelGraph
    from hls4ml.model.layers import Layer


def check(model: keras.Model, io: str, kept: Container[str] | None = None) -> None:
    """Refuse a model that hls4ml, with `io` io_stream or io_parallel, would not convert to the same function.

    `kept` are the layers that hls4ml does not fold into others, as it does where types are free; by default those that
    `convert.first_half` keeps apart.

    Raises:
        AccelError: names the model, layer or operation, what came and what would be accepted.
    """
    _raise_first(refusals(model, io, kept))


def refusals(model: keras.Model, io: str, kept: Container[str] | None = None) -> Iterator[Refusal]:
    """All that `check` would refuse; of a model that is no graph of layers only that."""
    first = None
    for first in _of_whole(model):
        yield first
    if first:
        return
    for side, tensors in (("input", model.inputs), ("output", model.outputs)):
        if (shape := next((t.shape[1:] for t in tensors if None in t.shape[1:]), None)) is not None:
            yield Refusal(f"model '{model.name}': {side} shape {shape}, expected fixed sizes")
            return
    yield from wiring.operations(model)
    for layer in model.layers:
        yield from layers.refusals(layer, io)
    yield from wiring.refusals(model, io, kept)


def _raise_first(found: Iterator[Refusal]) -> None:
    if refusal := next(found, None):
        raise refusal


def check_strategies(graph: ModelGraph) -> None:
    """Refuse a strategy that hls4ml writes C++ of its own for, on its own backends alone.

    Raises:
        AccelError: names the layer, the strategy and what would be accepted.
    """
    for layer in graph.get_layers():
        strategy = str(graph.config.get_strategy(layer))
        unrolled = strategy.lower().replace("_", "") == "resourceunrolled"
        if unrolled and layer.weights and graph.config.get_reuse_factor(layer) > 1:
            raise AccelError(
                f"layer '{layer.name}' ({layer.class_name}): strategy {strategy}, which hls4ml has on its own backends "
                "only; expected Latency or Resource"
            )


def check_types(graph: ModelGraph) -> None:
    """Refuse what only the types of a converted `graph` tell.

    Padded max pooling of unsigned numbers in io_parallel: nnet_pooling.h pads with the number that has only the highest
    bit set, the least of a signed type, half the range of an unsigned one. Rounding at a bit beyond a number's highest:
    ap_fixed_base.h asserts that there is such a bit.

    Raises:
        AccelError: names the layer, the type and what would be accepted.
    """
    parallel = graph.config.get_config_value("IOType") == "io_parallel"
    for layer in graph.get_layers():
        _check_rounding(layer)
        if not parallel or layer.class_name not in ("Pooling1D", "Pooling2D") or layer.get_attr("pool_op") != "Max":
            continue
        pads = [layer.get_attr(f"pad_{side}", 0) for side in ("top", "bottom", "left", "right")]
        precision = layer.get_input_variable().type.precision
        if any(pads) and not precision.signed:
            raise AccelError(
                f"layer '{layer.name}' (MaxPooling): padding=same of the unsigned {precision} is not converted "
                "faithfully by hls4ml; expected padding=valid, the pooling before the activation, or a signed type"
            )


def _check_rounding(layer: Layer) -> None:
    """Compare what becomes the layer's result (its accumulator, table or input) with that."""
    given = (
        layer.types.get("accum_t") or layer.types.get("table_t") or getattr(layer.get_input_variable(), "type", None)
    )
    result = layer.get_output_variable().type.precision
    if given is None or not all(hasattr(precision, "fractional") for precision in (given.precision, result)):
        return  # the input itself, or types that are not chosen yet
    dropped, mode = given.precision.fractional - result.fractional, str(result.rounding_mode)
    if dropped > given.precision.width and mode != "TRN" and (mode != "TRN_ZERO" or given.precision.signed):
        raise AccelError(
            f"layer '{layer.name}' ({layer.class_name}): result {result} rounds {given.precision} at a bit beyond its "
            "highest, where hls4ml's C++ gives up; expected a result that truncates or has more fraction bits, or an "
            f"accumulator of at least {-result.fractional} integer bits"
        )


def whole(model: keras.Model) -> None:
    """Refuse a model that is no graph of layers.

    Raises:
        AccelError: names the model, what came and what would be accepted.
    """
    _raise_first(_of_whole(model))


def _of_whole(model: keras.Model) -> Iterator[Refusal]:
    import keras

    named = f"model '{model.name}'"
    if not isinstance(model, keras.Sequential) and not hasattr(model, "_nodes_by_depth"):
        yield Refusal(f"{named} ({type(model).__name__}): a subclass; expected a Sequential or functional model")
        return
    if not model.layers:
        yield Refusal(f"{named}: no layers, expected at least one")
        return
    if not model.built or getattr(model, "_functional", model) is None:
        yield Refusal(f"{named}: not built, expected one whose input shape is known (begin it with keras.Input)")
        return
    if all(isinstance(layer, keras.layers.InputLayer) for layer in model.layers):
        yield Refusal(f"{named}: no layers but its input, expected at least one")
        return
    ends = [tensor._keras_history.operation.name for tensor in (*model.inputs, *model.outputs)]
    if again := next((name for name in ends if ends.count(name) > 1), None):
        yield Refusal(f"{named}: '{again}' is an input or output more than once; expected each once")
