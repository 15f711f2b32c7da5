"""What hls4ml 1.3.0 converts wrongly because of what follows what: seen by running it, as the rules for layers."""

from __future__ import annotations

from collections.abc import Container, Iterator
from math import prod
from typing import TYPE_CHECKING

from accel.errors import Refusal
from accel.hls.faults.layers import named, refused
from accel.hls.float_layers import WHOLE
from accel.intake.operations import DROPPED
from accel.intake.rewrite import nodes, shown

if TYPE_CHECKING:
    import keras


MASKS = ("NotEqual", "Any")
"""Operations by which a layer that is refused says which steps are left out."""


def operations(model: keras.Model) -> Iterator[Refusal]:
    """What is computed between layers without being one (x / 255, keras.ops.relu(x), x + y)."""
    import keras

    masked = any(type(layer).__name__ in ("Masking", "Embedding") for layer in model.layers)
    for node in nodes(model):
        kind = type(node.operation).__name__
        if isinstance(node.operation, keras.Layer) or (masked and kind in MASKS):
            continue
        behind = ", ".join(f"'{tensor._keras_history.operation.name}'" for tensor in node.input_tensors)
        yield Refusal(
            f"operation '{node.operation.name}' ({kind}) on {behind}: hls4ml converts layers "
            "only; expected a layer of keras.layers, or the same done to the data before the network",
            node.operation.name,
        )


def refusals(model: keras.Model, io: str, kept: Container[str] | None) -> Iterator[Refusal]:
    """Layers used twice or called as a part of another one, and neighbours that hls4ml, with `io`, gets wrong; those in
    `kept` it does not fold, by default what follows a layer whose own output is one of the model's.
    """
    used = [node.operation for node in nodes(model)]
    for layer in model.layers:
        if sum(operation is layer for operation in used) > 1:
            yield refused(layer, "used more than once, expected one use of each layer")
    yield from _names(model)
    if kept is None:
        whole = shown(model)
        kept = {after.name for layer in model.layers if layer.name in whole for after in _followers(model, layer)}
    for layer in model.layers:
        after = _followers(model, layer)
        if type(layer).__name__ in ("DepthwiseConv1D", "DepthwiseConv2D"):
            yield from _folded(layer, after, kept, "an activation between them")
        elif type(layer).__name__ == "Dense" and len(layer.input.shape) > 2:
            kernel = f"Conv{len(layer.input.shape) - 2}D with a kernel of 1"
            yield from _folded(layer, after, kept, f"a {kernel} (the same function), an activation between them")
        elif io == "io_stream" and type(layer).__name__ in ("Flatten", "Reshape"):
            yield from _flattened(layer, after)
        elif io == "io_parallel" and type(layer).__name__ == "Permute":
            yield from _permuted(model, layer, after)


def _names(model: keras.Model) -> Iterator[Refusal]:
    """hls4ml calls the activation of a layer `conv` that has one of its own `conv_relu`."""
    by_name = {layer.name: layer for layer in model.layers}
    for layer in model.layers:
        if type(layer).__name__ in WHOLE:
            continue
        function = getattr(getattr(layer, "activation", None), "__name__", "linear")
        other = by_name.get(f"{layer.name}_{function}")
        if function != "linear" and other is not None:
            yield refused(other, f"hls4ml calls the {function} of {named(layer)} so; expected another name")


def _folded(layer: keras.Layer, after: list[keras.Layer], kept: Container[str], accepted: str) -> Iterator[Refusal]:
    """A normalisation, not `kept`, that hls4ml would fold into `layer` wrongly.

    bn_fuse.py scales the last axis of a depthwise kernel (height, width, channels, 1); multi_dense.py makes a
    convolution of a Dense layer over positions, with the weights from before the folding.
    """
    alone = len(after) == 1 and type(after[0]).__name__ == "BatchNormalization" and after[0].name not in kept
    if alone and _linear(layer):
        wrong = f"followed by {named(after[0])}, which hls4ml folds into it wrongly"
        yield refused(layer, f"{wrong}; expected {accepted}, or the normalisation before it")


def _flattened(layer: keras.Layer, after: list[keras.Layer]) -> Iterator[Refusal]:
    """A flattened stream still has a beat for each position; only Dense, Concatenate and Reshape read it so."""
    shape, flat = layer.input.shape[1:], len(layer.output.shape) == 2
    if not flat or prod(shape[:-1]) == 1:
        return
    for reader in after:
        lanes = reader.output.shape[-1]
        regrouped = type(reader).__name__ == "Reshape" and (lanes % shape[-1] == 0 or shape[-1] % lanes == 0)
        if type(reader).__name__ not in ("Dense", "Concatenate") and not regrouped:
            yield refused(
                layer,
                f"{named(reader)} reads what it flattens, which hls4ml gets wrong in io_stream; expected a Dense "
                f"layer, '{reader.name}' before '{layer.name}', or io=io_parallel",
            )


def _permuted(model: keras.Model, layer: keras.Layer, after: list[keras.Layer]) -> Iterator[Refusal]:
    """hls4ml's convert_to_channels_last.py drops a permutation before a flattening and a Dense layer, and moves the
    weights as one to channels first would have it; transpose_opt.py one of an input, as if it put a first axis of one
    last.
    """
    where = None
    if layer.dims != (3, 1, 2) and len(layer.dims) == 3 and any(_only_dense(model, reader) for reader in after):
        where = "before a flattening and a Dense layer"
    elif type(layer.input._keras_history.operation).__name__ == "InputLayer" and layer.input.shape[1] == 1:
        where = "of an input whose first axis is one"
    if where:
        yield refused(
            layer, f"dims={layer.dims} {where}, which hls4ml gets wrong in io_parallel; expected io=io_stream"
        )


def _only_dense(model: keras.Model, layer: keras.Layer) -> bool:
    """Whether it makes a vector, and a Dense layer alone reads that."""
    readers = _followers(model, layer)
    flat = type(layer).__name__ in ("Flatten", "Reshape") and len(layer.output.shape) == 2
    return flat and [type(reader).__name__ for reader in readers] == ["Dense"]


def _followers(model: keras.Model, layer: keras.Layer) -> list[keras.Layer]:
    """The layers that read what `layer` puts out, past those that do nothing."""
    found = []
    for node in nodes(model):
        if any(tensor._keras_history.operation is layer for tensor in node.input_tensors):
            after = node.operation
            nothing = type(after).__name__ in DROPPED or (type(after).__name__ == "Activation" and _linear(after))
            found += _followers(model, after) if nothing else [after]
    return found


def _linear(layer: keras.Layer) -> bool:
    return layer.activation.__name__ == "linear"
