"""Operations that cut, pool or fold axes (`x[:, -1]`, `keras.ops.mean`), as the layers that do the same."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import prod
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import keras

Shape = tuple[int, ...]
Steps = list[tuple[str, Any]]
"""Layers one after the other: the class of each and its setting."""

POOLINGS = {"Mean": "Average", "Max": "Max"}


def made(operation: Any, arguments: Sequence[Any], free: Callable[[str], str]) -> keras.KerasTensor | None:
    """What `operation`, called with `arguments`, makes of a tensor, by layers whose names ``free`` makes names of their
    own; None for any other operation, and where no such layers do it.
    """
    import keras

    kind = type(operation).__name__
    if kind not in ("ExpandDims", "Squeeze", "GetItem", *POOLINGS) or None in arguments[0].shape[1:]:
        return None
    x = arguments[0]
    shape = tuple(x.shape[1:])
    steps = _cut(arguments[1], shape) if kind == "GetItem" else _along(kind, operation.axis, shape)
    if steps is None:
        return None
    whole = tuple(operation.compute_output_spec(*arguments).shape[1:])
    for layer, setting in [*steps, ("Reshape", whole)]:
        if layer != "Reshape" or tuple(x.shape[1:]) != setting:
            x = getattr(keras.layers, layer)(setting, name=free(operation.name))(x)
    return x


def _along(kind: str, axis: int | Sequence[int] | None, shape: Shape) -> Steps | None:
    """What pools or folds the axes of ``shape`` (without the frames'), numbered with the frames' as 0."""
    rank = len(shape) + 1 + (kind == "ExpandDims")
    named = range(rank) if axis is None else [axis] if isinstance(axis, int) else axis
    axes = {number % rank for number in named}
    if kind not in POOLINGS:
        return None if 0 in axes and axis is not None else []
    space = len(shape) - 1
    if not axes or not axes <= set(range(1, space + 1)) or space > 2:
        return None
    if len(axes) == space:
        return [(f"Global{POOLINGS[kind]}Pooling{space}D", "channels_last")]
    return [(f"{POOLINGS[kind]}Pooling2D", tuple(shape[at - 1] if at in axes else 1 for at in (1, 2)))]


def _cut(key: Any, shape: Shape) -> Steps | None:
    """What cuts ``shape`` as the index `key` says; new axes, and those that it takes one of, are the reshape's."""
    keys = [one for one in (key if isinstance(key, tuple | list) else (key,)) if one is not None]
    if Ellipsis not in keys:
        keys.append(Ellipsis)
    at = keys.index(Ellipsis)
    keys[at : at + 1] = [slice(None)] * (len(shape) + 2 - len(keys))
    frames, *keys = keys
    spans = [_span(one, size) for one, size in zip(keys, shape, strict=True)]
    if frames != slice(None) or any(span.step != 1 or not span for span in spans):
        return None
    *space, channels = [(span.start, size - span.stop) for span, size in zip(spans, shape, strict=True)]
    steps: Steps = []
    if any(map(any, space)):
        if len(space) > 2:
            return None
        steps.append((f"Cropping{len(space)}D", tuple(space) if len(space) > 1 else space[0]))
    if any(channels):
        steps += [("Reshape", (prod(map(len, spans[:-1])), shape[-1], 1)), ("Cropping2D", ((0, 0), channels))]
    return steps


def _span(key: int | slice, size: int) -> range:
    """The indices of an axis of ``size`` that `key` takes."""
    return range(size)[key : key + 1 or None] if isinstance(key, int) else range(size)[key]
