"""Integers whose scales are powers of two: what they stand for is fixed point, so that their types can be taken."""

from __future__ import annotations

import math

import numpy as np

from accel.fixed import Fixed, Overflow, Rounding
from accel.intake.onnx.layout import Value
from accel.intake.reading import Types
from accel.intake.tflite.building import Built
from accel.intake.tflite.loading import Network, Tensor


def types(network: Network, built: Built) -> Types:
    """The type of what each layer and the input puts out, by its name; none where a tensor's numbers are not those of
    such a type, or one that is computed is not of integers.
    """
    numbers = [tensor for tensor in network.used if tensor.quantised or tensor.dtype in (np.float16, np.float32)]
    if not all(map(_held, numbers)):
        return {}
    found: dict[str, dict[str, Fixed]] = {}
    others = set()
    for number in dict.fromkeys((*network.inputs, *(n for one in network.needed for n in one.outputs))):
        value, tensor = built.values.get(number), network.tensors[number]
        if not isinstance(value, Value):
            continue
        name = value.make()._keras_history.operation.name
        type_ = _type(tensor)
        if type_ is None:
            others.add(name)
        elif found.setdefault(name, {"result": type_}) != {"result": type_}:
            return {}
    return {} if others - set(found) else found


def _held(tensor: Tensor) -> bool:
    """Whether a constant stands for numbers of fixed point, and float32 has them all."""
    return (
        tensor.quantised
        and all(_power(scale) for scale in tensor.scale)
        and bool(np.all(tensor.constant == tensor.constant.astype(np.float32)))
    )


def _type(tensor: Tensor) -> Fixed | None:
    """The type whose numbers are just those that the integers stand for."""
    if tensor.scale.size != 1 or not _power(tensor.step):
        return None
    limits, width = np.iinfo(tensor.dtype), 8 * tensor.dtype.itemsize
    signed = tensor.zero[0] == (limits.min + limits.max + 1) // 2
    if not signed and tensor.zero[0] != limits.min:
        return None
    fraction = -int(math.log2(tensor.step))
    return Fixed(width, width - fraction, bool(signed), Rounding.RND, Overflow.SAT)


def _power(scale: float) -> bool:
    return scale > 0 and math.frexp(scale)[0] == 0.5
