"""Windows over positions, the zeros around them, and pooling."""

from __future__ import annotations

from dataclasses import replace

from accel.fixed import Fixed, Overflow, Rounding
from accel.ir.graph import Node, Pad, Pool, PoolKind, Tensor, Window
from accel.ir.lowerings.base import Unsupported, integer, sides, tensor_of, type_of

NO_PAD = (0, 0, 0, 0)
PADDINGS = ("ZeroPadding1D", "ZeroPadding2D")


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
    return tuple(a + b for a, b in zip(before, _zeros(layer), strict=True))


def padded(node: Node, pad: tuple[int, int, int, int]) -> Node:
    """Put the zero padding that hls4ml made a layer of back into the window of the convolution that reads it."""
    return replace(node, window=replace(node.window, pad=pad))


def in_windows(layer, pad: tuple[int, ...]) -> bool:
    """Whether only convolutions read a zero padding, and have room for ``pad`` in their windows: all the zeros then
    around the tensor, fewer along each axis than the kernel has taps.
    """
    readers = layer.get_output_nodes()
    return bool(readers) and all(_has_in_window(reader, pad) for reader in readers)


def _has_in_window(reader, pad: tuple[int, ...]) -> bool:
    if reader.class_name in PADDINGS:
        return in_windows(reader, tuple(a + b for a, b in zip(pad, _zeros(reader), strict=True)))
    top, bottom, left, right = pad
    rows, columns = (int(reader.get_attr(f"filt_{side}", 1)) for side in ("height", "width"))
    return "Conv" in reader.class_name and top + bottom < rows and left + right < columns


def _zeros(layer) -> tuple[int, ...]:
    """What a zero padding puts above, below, left and right."""
    flat = layer.class_name == "ZeroPadding1D"
    return (0, 0, *sides(layer, "left", "right")) if flat else sides(layer, "top", "bottom", "left", "right")


def pad(layer, source: Tensor) -> Node:
    """Zeros around the positions."""
    sides = padding(layer, source, NO_PAD)
    output = tensor_of(layer)
    return Pad(layer.name, source, output, sides)


def pooling(layer, source: Tensor) -> Node:
    """Maximum or mean of each window."""
    return _pool(layer, source, window_of(layer, "pool", source))


def global_pooling(layer, source: Tensor) -> Node:
    """Maximum or mean of each channel."""
    size = (1, *source.shape[:-1])[-2:]
    return _pool(layer, source, Window(*size, size, size, NO_PAD))


def _pool(layer, source: Tensor, window: Window) -> Node:
    if any(window.pad) and layer.get_attr("count_pad"):
        raise Unsupported(f"layer '{layer.name}': a mean that counts zeros around; expected one without count_pad")
    kind = PoolKind.MAX if layer.get_attr("pool_op") == "Max" else PoolKind.AVERAGE
    accum = type_of(layer.types["accum_t"])
    if layer.model.config.get_config_value("IOType") == "io_parallel":
        _same_as_in_streams(layer, kind, source.type, accum)
    return Pool(layer.name, source, tensor_of(layer), kind, window, accum)


def _same_as_in_streams(layer, kind: PoolKind, given: Fixed, accum: Fixed) -> None:
    """Streams cast each element to the accumulator, arrays what is largest, or each sum (``nnet_pooling.h``): the same
    where that loses nothing, and where sums are cut off.

    Raises:
        Unsupported: it may be something else.
    """
    cut = kind is PoolKind.AVERAGE and accum.rounding is Rounding.TRN and accum.overflow is Overflow.WRAP
    if not cut and not accum.holds(given):
        raise Unsupported(
            f"layer '{layer.name}': accumulator {accum} of {given} in io_parallel; expected one that holds it, or "
            "io_stream"
        )
