"""The exact integer model of layers that see windows: convolutions and pooling. Sources: ``nnet_conv_stream.h``,
``nnet_pooling.h`` of hls4ml 1.3.0.
"""

from __future__ import annotations

import math

import numpy as np

from accel import kernels
from accel.fixed import NARROW, fits, held, requantise, rule
from accel.ir.arithmetic import of_windows
from accel.ir.graph import Conv, Pool, PoolKind, Window

UNFOLDED = 1 << 17  # elements of windows side by side that stay in the cache


def conv(node: Conv, x: np.ndarray) -> np.ndarray:
    """What the layer makes of inputs (frames, *node.input.shape)."""
    computed, elements = of_windows(node), node.window.taps * node.input.channels
    if computed.kind.hasobject:
        taps = windows(x, node.window, computed.kind)
        return computed(taps.reshape(-1, elements)).reshape(len(x), *node.output.shape)
    made = np.empty((len(x), *node.output.shape), held(node.output.type))
    size = math.prod(node.window.out_shape) * elements
    at_once = max(1, UNFOLDED // size)
    room = np.empty(min(at_once, len(x)) * size, computed.kind)
    for start in range(0, len(x), at_once):
        part, out = x[start : start + at_once], made[start : start + at_once]
        taps = windows(part, node.window, computed.kind, room[: len(part) * size])
        computed.put(taps.reshape(-1, elements), out.reshape(-1, node.affine.n_out))
    return made


def pool(node: Pool, x: np.ndarray) -> np.ndarray:
    """What the layer makes of inputs (frames, *node.input.shape)."""
    window, source, accum, result = node.window, node.input.type, node.accum, node.output.type
    mean, sum_bits = node.kind is PoolKind.AVERAGE, accum.width + window.taps.bit_length()
    narrow = max(source.width, sum_bits) <= NARROW
    if not (narrow and fits(source.width, source.fraction, accum) and fits(sum_bits, accum.fraction, result)):
        return pool_wide(node, x).reshape(len(x), *node.output.shape)
    given = source if accum.holds(source) else accum
    if given is accum:
        x = requantise(x, source.fraction, accum, held(accum))
    image = np.ascontiguousarray(x, held(given)).reshape(len(x), window.height, -1)
    made = np.empty((len(x), *window.out_shape, image.shape[-1] // window.width), held(result))
    line = np.empty(image.shape[-1], np.int64 if mean else image.dtype)
    rules = rule(given.fraction, accum), rule(accum.fraction if mean else given.fraction, result)
    kernels.pool(image, window.kernel, window.stride, window.pad[::2], mean, *rules, line, made)
    return made.reshape(len(x), *node.output.shape)


def pool_wide(node: Pool, x: np.ndarray) -> np.ndarray:
    """What ``pool`` does, on Python's integers."""
    taps, inside = (
        part.reshape(*part.shape[:3], -1, part.shape[-1])
        for part in (windows(values, node.window, np.dtype(object)) for values in (x, np.ones_like(x)))
    )
    accum, result = node.accum, node.output.type
    taps = requantise(taps, node.input.type.fraction, accum).astype(object)
    if node.kind is PoolKind.MAX:
        pooled = np.where(inside.astype(bool), taps, accum.lo).max(axis=3)
    else:
        total = requantise(taps.sum(axis=3), accum.fraction, accum).astype(object)
        pooled = np.sign(total) * (np.abs(total) // inside.sum(axis=3))
    return requantise(pooled, accum.fraction, result).reshape(len(x), *node.output.shape)


def windows(x: np.ndarray, window: Window, kind: np.dtype, room: np.ndarray | None = None) -> np.ndarray:
    """Every window of zero-padded inputs: (frames, out rows, out columns, kernel rows, kernel columns, channels), as
    ``kind``; put into ``room``, flat, where it is given.
    """
    x, (top, bottom, left, right) = _image(x, window), window.pad
    if kind.hasobject:
        x = np.pad(x.astype(object), ((0, 0), (top, bottom), (left, right), (0, 0)))
        view = np.lib.stride_tricks.sliding_window_view(x, window.kernel, axis=(1, 2))
        return view[:, :: window.stride[0], :: window.stride[1]].transpose(0, 1, 2, 4, 5, 3)
    (frames, rows, _, channels), (height, width) = x.shape, window.kernel
    shape = frames, *window.out_shape, height, width * channels
    made = np.empty(shape, kind) if room is None else room.reshape(shape)
    image = np.zeros((top + rows + bottom, (left + window.width + right) * channels), kind)
    kernels.unfold(x.reshape(frames, rows, -1), channels, window.stride, (top, left), image, made)
    return made.reshape(*made.shape[:-1], width, channels)


def _image(x: np.ndarray, window: Window) -> np.ndarray:
    """Inputs as (frames, rows, columns, channels)."""
    return np.ascontiguousarray(x).reshape(len(x), window.height, window.width, -1)
