"""Layers over positions: convolutions, pooling, zeros around, parts and repetitions of positions."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

from tests.conformance import draw_types as types
from tests.conformance.draw_layers import FUNCTIONS
from tests.conformance.drawing import Drawing

MOST = 200  # positions that upsampling makes


def convolve(drawing: Drawing, *, keep: bool = False, filters: int = 0) -> None:
    """Conv1D or Conv2D, now and then behind zeros, dilated or in groups; with ``keep`` as many positions as before."""
    dice, channels = drawing.dice, drawing.shape[-1]
    padding = "same" if keep else dice.pick(("same", "valid"))
    if padding == "valid" and dice.chance(0.3):
        pad(drawing)
    sizes = drawing.shape[:-1]
    kernel = [dice.between(1, min(size, 4)) for size in sizes]
    strides = [1 if keep else _stride(drawing, width) for width in kernel]
    arguments = {"kernel_size": kernel, "strides": strides, "padding": padding}
    filters, odd = filters or dice.between(1, 4), dice.chance(0.15)
    if odd and all(step == 1 for step in strides) and dice.chance(0.6):
        rate = [dice.between(1, 2) if (width - 1) * 2 < size else 1 for width, size in zip(kernel, sizes, strict=True)]
        arguments["dilation_rate"] = rate
    elif odd and channels > 1:
        filters = filters if keep else channels * dice.between(1, 2)
        arguments["groups"] = channels if filters % channels == 0 else 1
    rates = arguments.get("dilation_rate", [1] * len(sizes))
    spans = [(width - 1) * rate + 1 for width, rate in zip(kernel, rates, strict=True)]
    shape = (*_out(sizes, spans, strides, padding), filters)
    function = dice.pick((None, None, *FUNCTIONS))
    arguments |= {"filters": filters, "activation": function, "use_bias": dice.chance(0.75)}
    name = drawing.add(f"Conv{len(sizes)}D", shape, lanes=filters, **arguments)
    drawing.product(name, prod(kernel) * channels // arguments.get("groups", 1), filters, function)


def depthwise(drawing: Drawing, *, keep: bool = False) -> None:
    """A convolution of each channel by itself, and perhaps a 1x1 behind it as a separable one."""
    if prod(drawing.shape) == 1:  # of a single number TensorFlow's oneDNN computes none
        return
    dice, sizes, channels = drawing.dice, drawing.shape[:-1], drawing.shape[-1]
    padding = "same" if keep else dice.pick(("same", "valid"))
    kernel = [dice.between(1, min(size, 3)) for size in sizes]
    step = 1 if keep else _stride(drawing, min(kernel))
    strides = [step] * len(sizes)
    out = _out(sizes, kernel, strides, padding)
    each = 1 if keep or dice.chance(0.8) else 2
    arguments = {"kernel_size": kernel, "strides": strides, "padding": padding, "depth_multiplier": each}
    if dice.chance(0.4) and not keep:
        filters = dice.between(1, 4)
        name = drawing.add(f"SeparableConv{len(sizes)}D", (*out, filters), lanes=filters, filters=filters, **arguments)
        drawing.product(name, channels * each, filters, None)
        return
    made = channels * each
    arguments |= {"use_bias": dice.chance(0.75)}
    name = drawing.add(f"DepthwiseConv{len(sizes)}D", (*out, made), lanes=made, **arguments)
    drawing.product(name, prod(kernel), made, None)


def pad(drawing: Drawing) -> None:
    """Zeros around the positions."""
    sides = _sides(drawing, [1] * (len(drawing.shape) - 1))
    out = [size + sum(side) for size, side in zip(drawing.shape[:-1], sides, strict=True)]
    kind, padding = f"ZeroPadding{len(sides)}D", sides if len(sides) == 2 else sides[0]
    drawing.add(kind, (*out, drawing.shape[-1]), lanes=drawing.shape[-1], padding=padding)


def crop(drawing: Drawing) -> None:
    """A part of the positions."""
    sides = _sides(drawing, [min(2, (size - 1) // 2) for size in drawing.shape[:-1]])
    out = [size - sum(side) for size, side in zip(drawing.shape[:-1], sides, strict=True)]
    kind, cropping = f"Cropping{len(sides)}D", sides if len(sides) == 2 else sides[0]
    drawing.add(kind, (*out, drawing.shape[-1]), lanes=drawing.shape[-1], cropping=cropping)


def upsample(drawing: Drawing) -> None:
    """Each position several times."""
    factors = [drawing.dice.between(1, 3) for _ in drawing.shape[:-1]]
    out = [size * factor for size, factor in zip(drawing.shape[:-1], factors, strict=True)]
    if prod(out) <= MOST:
        size = factors if len(factors) == 2 else factors[0]
        drawing.add(f"UpSampling{len(out)}D", (*out, drawing.shape[-1]), lanes=drawing.shape[-1], size=size)


def pool(drawing: Drawing) -> None:
    """Maximum or mean over windows of any size, next to each other or overlapping, or with gaps."""
    dice, sizes = drawing.dice, drawing.shape[:-1]
    mean, padding = dice.chance(0.5), dice.pick(("valid", "valid", "same"))
    size = [dice.between(1, min(size, 4)) for size in sizes]
    strides = size if dice.chance(0.5) else [dice.between(1, min(whole, 3)) for whole in sizes]
    shape = (*_out(sizes, size, strides, padding), drawing.shape[-1])
    arguments = {"pool_size": size, "strides": strides, "padding": padding}
    name = drawing.add(_pooling(mean, len(sizes)), shape, lanes=shape[-1], **arguments)
    drawing.settle(name, {"result": types.data, "accum": types.accum if mean else types.data})


def pool_all(drawing: Drawing) -> None:
    """Maximum or mean of each channel."""
    dice, (*sizes, channels) = drawing.dice, drawing.shape
    mean, keeps = dice.chance(0.6), dice.chance(0.5)
    shape = (*([1] * len(sizes) if keeps else []), channels)
    name = drawing.add(f"Global{_pooling(mean, len(sizes))}", shape, lanes=channels, keepdims=keeps)
    drawing.settle(name, {"result": types.data, "accum": types.accum if mean else types.data})


def _pooling(mean: bool, rank: int) -> str:
    return f"{'Average' if mean else 'Max'}Pooling{rank}D"


def _stride(drawing: Drawing, width: int) -> int:
    seldom = drawing.dice.chance(0.6) or (width == 1 and drawing.dice.chance(0.9))
    return 1 if seldom else drawing.dice.between(1, 3)


def _sides(drawing: Drawing, most: Sequence[int]) -> list[list[int]]:
    return [[drawing.dice.between(0, limit), drawing.dice.between(0, limit)] for limit in most]


def _out(sizes: Sequence[int], widths: Sequence[int], strides: Sequence[int], padding: str) -> list[int]:
    """How many windows there are along each axis."""
    return [
        -(-size // step) if padding == "same" else (size - width) // step + 1
        for size, width, step in zip(sizes, widths, strides, strict=True)
    ]
