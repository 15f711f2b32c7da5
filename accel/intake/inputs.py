"""What a network's inputs look like, where there are no examples: as its first layers expect them, else noise."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from accel import rows
from accel.intake import operations
from accel.intake.reading import Reading, inputs_of
from accel.intake.rewrite import nodes
from accel.source import ModelSource

if TYPE_CHECKING:
    import keras

NORMAL = ("Normalization", "BatchNormalization")


@dataclass(frozen=True, eq=False)
class Inputs:
    """Made-up inputs ``x``, float32 (count, *shape), what they are in words, and whether they are mere ``noise`` that
    types are chosen on.
    """

    x: np.ndarray
    words: str
    noise: bool


def made_up(source: ModelSource, reading: Reading, shape: tuple[int, ...], count: int) -> Inputs:
    """``count`` inputs of ``shape`` for the model that was read from ``source``.

    A model of `models/` has built-in stimuli, a file of integers the range of its inputs. A first Normalization or
    BatchNormalization has seen mean and deviation of the inputs; a first Rescaling, or numbers that are multiplied and
    added, brings them into 0..1 or -1..1. All other networks get noise between -1 and 1.
    """
    definition = source.definition()
    if definition is not None:
        return Inputs(definition.stimulus(count), "built-in stimuli", False)
    if len(reading.model.inputs) > 1:
        return _of_each(reading, count)
    if reading.bounds:
        x = np.random.default_rng(0).uniform(*reading.bounds[0], (count, *shape))
        return Inputs(x.astype(np.float32), "uniform noise in the range that the file gives its inputs", False)
    made = _expected(reading.model, shape, count)
    return replace(made, noise=made.noise and not reading.typed)


def _of_each(reading: Reading, count: int) -> Inputs:
    """Side by side in rows, each noise of its own."""
    shapes = inputs_of(reading.model)
    ranges = reading.bounds or ((-1, 1),) * len(shapes)
    rng = np.random.default_rng(0)
    parts = [rng.uniform(*ends, (count, *shape)).astype(np.float32) for ends, shape in zip(ranges, shapes, strict=True)]
    words = "uniform noise in the ranges that the file gives its inputs" if reading.bounds else "noise between -1 and 1"
    return Inputs(rows.joined(parts), words, not (reading.bounds or reading.typed))


def _expected(model: keras.Model, shape: tuple[int, ...], count: int) -> Inputs:
    rng = np.random.default_rng(0)
    layer, factor, offset = _first(model)
    if layer is None and np.all(factor == 1) and np.all(offset == 0):
        return Inputs(rng.uniform(-1, 1, (count, *shape)).astype(np.float32), "noise between -1 and 1", True)
    if layer is None:
        start = offset * np.sign(factor)  # where 0 comes to lie; the range is taken to end at 1, or as far above 0
        end = np.where(start < 0, -start, 1 + start)
        seen = np.sign(factor) * rng.uniform(start, end, (count, *shape))
        words = "uniform noise in the range that it rescales"
    else:
        mean, deviation = _moments(layer, shape[-1])
        seen = rng.normal(mean, deviation, (count, *shape))
        words = f"normal noise of the mean and deviation in its layer '{layer.name}'"
    return Inputs(((seen - offset) / factor).astype(np.float32), words, False)


def _first(model: keras.Model) -> tuple[keras.Layer | None, np.ndarray, np.ndarray]:
    """The first layer if that is a normalisation, and the factor and offset of what stands before it."""
    tensor, factor, offset = model.inputs[0], np.ones(1), np.zeros(1)
    while True:
        readers = [node for node in nodes(model) if any(given is tensor for given in node.input_tensors)]
        if len(readers) != 1:
            return None, factor, offset
        node, operation = readers[0], readers[0].operation
        kind = type(operation).__name__
        if kind in NORMAL:
            return operation, factor, offset
        affine = operations.scale(operation, node.arguments.args, tensor.shape[-1])
        if len(node.input_tensors) > 1 or (affine is None and kind not in operations.NOTHING):
            return None, factor, offset
        if affine:
            factor, offset = factor * affine[0], offset * affine[0] + affine[1]
        tensor = node.outputs[0]


def _moments(layer: keras.Layer, channels: int) -> tuple[np.ndarray, np.ndarray]:
    """Mean and deviation of what the normalisation reads."""
    if type(layer).__name__ == "Normalization":
        factor, offset = operations.scale(layer, (), channels)
        return -offset / factor, 1 / factor
    variance = np.asarray(layer.moving_variance) + layer.epsilon
    return np.asarray(layer.moving_mean), np.sqrt(variance)
