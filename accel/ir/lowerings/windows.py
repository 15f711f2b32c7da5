"""Windows over positions, the zeros around them, and pooling."""

from __future__ import annotations

from dataclasses import replace

from accel.ir.graph import Conv, Node, Pool, PoolKind, Tensor, Window
from accel.ir.lowerings.base import Unsupported, integer, sides, tensor_of, type_of

NO_PAD = (0, 0, 0, 0)


def window_of(layer, prefix: str, source: Tensor) -> Window:
    """Kernel, stride and padding of a convolution ('filt') or pooling ('pool') layer, 1-D ones with height 1."""
    flat = len(source.shape) == 2
    rows = 1 if flat else source.shape[0]
    return Window(
        rows,
        source.shape[-2],
        (1 if flat else integer(layer, f"{prefix}_height"), integer(layer, f"{prefix}_width")),
        (1 if flat else integer(layer, "stride_height"), integer(layer, "stride_width")),
        (0, 0, *sides(layer, "left", "right")) if flat else sides(layer, "top", "bottom", "left", "right"),
    )


def padding(layer, source: Tensor, before: tuple[int, ...]) -> tuple[int, ...]:
    """Zeros that the layer puts around ``source``, which has those of ``before`` already.

    Raises:
        Unsupported: it changes the type.
    """
    if (type_ := tensor_of(layer).type) != source.type:
        raise Unsupported(f"layer '{layer.name}': zero padding of {source.type} as {type_}; expected the type it reads")
    flat = layer.class_name == "ZeroPadding1D"
    more = (0, 0, *sides(layer, "left", "right")) if flat else sides(layer, "top", "bottom", "left", "right")
    return tuple(a + b for a, b in zip(before, more, strict=True))


def padded(node: Node, pad: tuple[int, int, int, int]) -> Node:
    """Put the zero padding that hls4ml made a layer of back into the window that reads it.

    Raises:
        Unsupported: the node is no convolution.
    """
    if not isinstance(node, Conv):
        raise Unsupported(f"layer '{node.name}': zero padding before a {type(node).__name__}; expected a convolution")
    return replace(node, window=replace(node.window, pad=pad))


def pooling(layer, source: Tensor) -> Node:
    """Maximum or mean of each window."""
    kind = PoolKind.MAX if layer.get_attr("pool_op") == "Max" else PoolKind.AVERAGE
    window = window_of(layer, "pool", source)
    if window.pad != NO_PAD:
        raise Unsupported(f"layer '{layer.name}': pooling with padding {window.pad}; expected padding='valid'")
    return Pool(layer.name, source, tensor_of(layer), kind, window, type_of(layer.types["accum_t"]))
