"""Weights as Keras 1 and 2 stored them, put into the layers of Keras 3.

A file has a group for each layer, with its arrays in the order of the layer's weights; the group of a model inside the
model has those of all its layers, the trained ones first.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from accel.errors import AccelError
from accel.intake.keras2.layers import Settings, refused

if TYPE_CHECKING:
    import keras

    from accel.intake.keras2.model import Part

Arrays = list[np.ndarray]


@dataclass(frozen=True)
class Origin:
    """Who wrote the weights: Keras' major version, and whether its backend turned kernels round (Theano did)."""

    keras: int = 2
    theano: bool = False


def fill(parts: Sequence[Part], groups: Mapping[str, Arrays], origin: Origin) -> None:
    """Put the arrays of `groups`, by layer, into `parts`: by name, or where names differ in their order, as Keras did.

    Raises:
        AccelError: names the layer whose arrays are missing, or of other shapes than it has.
    """
    wanting = [part for part in parts if part.layer.weights]
    stored = {name: arrays for name, arrays in groups.items() if arrays}
    by_name = all(part.name in stored for part in wanting)
    if len(wanting) != len(stored):
        names = ", ".join(part.name for part in wanting)
        raise AccelError(f"weights of the layers {', '.join(stored) or 'none'}; expected those of {names or 'none'}")
    for part, arrays in zip(wanting, stored.values(), strict=False):
        _fill(part, stored[part.name] if by_name else arrays, origin)


def _fill(part: Part, arrays: Arrays, origin: Origin) -> None:
    leaves = [leaf for leaf in part.leaves() if leaf.layer.weights]
    if len(leaves) == 1:
        put(leaves[0], arrays, origin)
        return
    order = [leaf for trained in (True, False) for leaf in leaves for _ in range(_count(leaf.layer, trained))]
    if len(order) != len(arrays):
        raise refused(part.name, part.kind, f"{len(arrays)} arrays of weights in the file, expected {len(order)}")
    for leaf in leaves:
        put(leaf, [array for owner, array in zip(order, arrays, strict=True) if owner is leaf], origin)


def _count(layer: keras.Layer, trained: bool) -> int:
    return len(layer.trainable_weights if trained else layer.non_trainable_weights)


def put(leaf: Part, arrays: Arrays, origin: Origin) -> None:
    """Give a part that has no parts its own arrays, converted.

    Raises:
        AccelError: they are of other shapes than it has.
    """
    convert = CONVERSIONS.get(type(leaf.layer).__name__)
    given = convert(arrays, leaf.settings, origin) if convert else arrays
    expected = [tuple(weight.shape) for weight in leaf.layer.weights]
    shapes = [array.shape for array in given]
    if shapes != expected:
        raise refused(leaf.name, leaf.kind, f"weights of shapes {shapes} in the file, expected {expected}")
    leaf.layer.set_weights(given)
    if hasattr(leaf.layer, "finalize_state"):  # a Normalization computes with what it was given
        leaf.layer.finalize_state()


def _convolution(arrays: Arrays, settings: Settings, origin: Origin) -> Arrays:
    """Keras 1's kernels, (filters, channels, rows, columns) where it had channels first, 1-D ones with a column."""
    kernel, *others = arrays
    if origin.keras == 1:
        first = settings.get("dim_ordering") == "th" or ("filter_length" in settings and kernel.shape[3:] == (1,))
        kernel = np.moveaxis(kernel, (0, 1), (-1, -2)) if first else kernel
        kernel = kernel[:, 0] if "filter_length" in settings else kernel
    if origin.theano:
        kernel = np.flip(kernel, tuple(range(kernel.ndim - 2)))
    return [kernel, *others]


def _lstm(arrays: Arrays, settings: Settings, origin: Origin) -> Arrays:
    if len(arrays) == 12:  # Keras 1: kernel, recurrent kernel and bias of i, c, f, o
        return _joined([arrays[3 * gate : 3 * gate + 3] for gate in (0, 2, 1, 3)])
    units = arrays[1].shape[0]
    if len(arrays) == 3 and arrays[2].shape == (8 * units,):  # cuDNN's two biases are added
        return [*_cudnn_kernels(arrays, 4), arrays[2].reshape(2, -1).sum(axis=0)]
    return arrays


def _gru(arrays: Arrays, settings: Settings, origin: Origin) -> Arrays:
    if len(arrays) == 9:  # Keras 1: kernel, recurrent kernel and bias of z, r, h
        return _joined([arrays[3 * gate : 3 * gate + 3] for gate in range(3)])
    units = arrays[1].shape[0]
    if len(arrays) == 3 and arrays[2].shape == (6 * units,):
        return [*_cudnn_kernels(arrays, 3), arrays[2].reshape(2, -1)]
    return arrays


def _joined(gates: list[Arrays]) -> Arrays:
    return [np.concatenate(of_all, axis=-1) for of_all in zip(*gates, strict=True)]


def _cudnn_kernels(arrays: Arrays, gates: int) -> Arrays:
    """cuDNN's matrices are the transposed ones; an input kernel keeps the shape that it has when it is not."""
    kernel, recurrent, _ = arrays
    kernels = [part.T.reshape(part.shape, order="F") for part in np.hsplit(kernel, gates)]
    return [np.hstack(kernels), np.hstack([part.T for part in np.hsplit(recurrent, gates)])]


def _both(arrays: Arrays, settings: Settings, origin: Origin) -> Arrays:
    """Forward and backward."""
    inner = settings["layer"]
    convert = _gru if "GRU" in inner["class_name"] else _lstm if "LSTM" in inner["class_name"] else None
    half = len(arrays) // 2
    halves = arrays[:half], arrays[half:]
    return [array for part in halves for array in (convert(part, inner["config"], origin) if convert else part)]


CONVERSIONS: dict[str, Callable[[Arrays, Settings, Origin], Arrays]] = {
    "Conv1D": _convolution,
    "Conv2D": _convolution,
    "LSTM": _lstm,
    "GRU": _gru,
    "Bidirectional": _both,
}
"""What is stored otherwise than Keras 3 has it, by Keras 3's class."""
