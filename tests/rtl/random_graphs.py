"""Small random integer graphs of one layer each, for tests that compare two of the witnesses."""

from __future__ import annotations

import numpy as np

from accel import rows
from accel.fixed import Fixed, requantise
from accel.ir.graph import (
    Affine,
    Cast,
    Conv,
    Crop,
    Dense,
    Graph,
    Node,
    Pad,
    Permute,
    Pool,
    PoolKind,
    Repeat,
    Scale,
    Softmax,
    Tensor,
    Window,
    chain,
)
from accel.rtl.fabric import Fabric, Multiplier
from accel.rtl.packing import packed


def raw(rng: np.random.Generator, shape: tuple[int, ...], type_: Fixed) -> np.ndarray:
    """Uniform raw integers over the whole range of ``type_``."""
    return rng.integers(type_.lo, type_.hi, shape, endpoint=True)


def single(node: Node) -> Graph:
    """A network of one layer."""
    return chain("dut", node)


def affine(rng: np.random.Generator, n_in: int, n_out: int, weight: str, bias: str, accum: str) -> Affine:
    weight_type, bias_type = Fixed.parse(weight), Fixed.parse(bias)
    return Affine(
        raw(rng, (n_in, n_out), weight_type), weight_type, raw(rng, (n_out,), bias_type), bias_type, Fixed.parse(accum)
    )


def paired(graph: Graph, width: int = 64) -> Graph:
    """With two products in each multiplier, where multipliers of so many bits take them."""
    return packed(graph, Fabric((Multiplier(width, width),), ()))


def dense(
    rng,
    n_in,
    n_out,
    reuse,
    *,
    steps=0,
    x="fixed<8,3>",
    w="fixed<6,2>",
    b="fixed<8,3>",
    acc="fixed<20,9>",
    y="fixed<9,4>",
):
    source = Tensor((steps, n_in) if steps else (n_in,), Fixed.parse(x))
    output = Tensor((*source.shape[:-1], n_out), Fixed.parse(y))
    return single(Dense("dense", source, output, affine(rng, n_in, n_out, w, b, acc), reuse))


def conv(
    rng,
    shape,
    kernel,
    stride,
    pad,
    filters,
    reuse,
    *,
    x="fixed<8,3>",
    w="fixed<6,2>",
    acc="fixed<22,10>",
    y="fixed<9,4>",
    groups=1,
):
    height, width, channels = shape
    window = Window(height, width, kernel, stride, pad)
    output = Tensor((*window.out_shape, filters), Fixed.parse(y))
    weights = affine(rng, window.taps * channels // groups, filters, w, "fixed<8,3>", acc)
    return single(Conv("conv", Tensor(shape, Fixed.parse(x)), output, window, weights, reuse, groups))


def pool(shape, kernel, stride, kind, *, pad=(0, 0, 0, 0), x="fixed<8,3>", acc="fixed<12,7>", y="fixed<8,4,RND,SAT>"):
    window = Window(shape[0], shape[1], kernel, stride, pad)
    output = Tensor((*window.out_shape, shape[2]), Fixed.parse(y))
    return single(Pool("pool", Tensor(shape, Fixed.parse(x)), output, PoolKind(kind), window, Fixed.parse(acc)))


def moved(kind: type[Pad | Crop | Repeat], shape, made, how, *, x="fixed<8,3>"):
    """A layer that puts out positions ``made``, moved as ``how`` says."""
    type_ = Fixed.parse(x)
    return single(kind("moved", Tensor(shape, type_), Tensor((*made, shape[-1]), type_), how))


def permute(shape, *axes, x="fixed<8,3>"):
    type_ = Fixed.parse(x)
    made = Tensor(tuple(shape[axis] for axis in axes), type_)
    return single(Permute("permute", Tensor(shape, type_), made, axes))


def cast(shape, x, y, relu):
    return single(Cast("cast", Tensor(shape, Fixed.parse(x)), Tensor(shape, Fixed.parse(y)), relu))


def scale(rng, shape, *, x="fixed<8,3>", s="fixed<7,2>", b="fixed<9,1>", y="fixed<9,4,RND,SAT>"):
    scale_type, bias_type = Fixed.parse(s), Fixed.parse(b)
    channels = (shape[-1],)
    return single(
        Scale(
            "scale",
            Tensor(shape, Fixed.parse(x)),
            Tensor(shape, Fixed.parse(y)),
            raw(rng, channels, scale_type),
            scale_type,
            raw(rng, channels, bias_type),
            bias_type,
        )
    )


def softmax(
    rng,
    classes,
    steps=1,
    *,
    x="fixed<10,4>",
    difference="ufixed<9,3>",
    accum="fixed<18,6>",
    total="ufixed<14,5,RND,SAT>",
    inverse="fixed<14,2>",
    inverses=128,
    y="fixed<16,2,RND,SAT>",
):
    """Tables hold random entries of the range that exponentials and inverses have: the hardware must not care."""
    exp_type, inverse_type = Fixed.parse("ufixed<12,1>"), Fixed.parse(inverse)
    source = Tensor((steps, classes), Fixed.parse(x))
    return single(
        Softmax(
            "softmax",
            source,
            Tensor((steps, classes), Fixed.parse(y)),
            Fixed.parse(difference),
            rng.integers(0, exp_type.hi, 64),
            exp_type,
            Fixed.parse(accum),
            Fixed.parse(total),
            raw(rng, (inverses,), inverse_type),
            inverse_type,
        )
    )


def frames(rng: np.random.Generator, graph: Graph, count: int) -> np.ndarray:
    """Inputs that reach the extremes of their types: a frame of the lowest, one of the highest values, the others
    random; rows of several inputs.
    """
    return rows.joined([_of_tensor(rng, tensor, count) for tensor in graph.inputs])


def _of_tensor(rng: np.random.Generator, tensor: Tensor, count: int) -> np.ndarray:
    x = raw(rng, (count, *tensor.shape), tensor.type)
    x[0] = tensor.type.lo
    if count > 1:
        x[1] = tensor.type.hi
    return requantise(x, tensor.type.fraction, tensor.type)
