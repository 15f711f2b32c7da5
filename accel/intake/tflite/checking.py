"""TFLite's interpreter, and the check that the Keras model computes what it does: operator by operator, then all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from accel import rows
from accel.errors import AccelError, in_line
from accel.intake.onnx.layout import Value, flat, sizes
from accel.intake.reading import inputs_of
from accel.intake.tflite.building import Built
from accel.intake.tflite.loading import Network, Operator, interpreter

if TYPE_CHECKING:
    import tensorflow as tf

FRAMES = 4
DECISIONS = 64

TOLERANCE = 1e-3
"""The largest error of an operator in floating point, as a share of its largest output: rounding in float32."""

STEPS = 1.5
"""The largest error of an operator of integers, in steps of what it puts out: its rounding is half of one, its table's
or its factor's less than another.
"""

HYBRID = ("CONV_2D", "DEPTHWISE_CONV_2D", "FULLY_CONNECTED")
"""Operators that bring inputs in floating point to 8 bits, frame by frame, where their weights are of 8 bits."""


@dataclass(frozen=True, eq=False)
class Runtime:
    """The interpreter, for frames (frames, *shape), rows of several, of real numbers as the Keras model takes and gives
    them.
    """

    network: Network
    built: Built

    @cached_property
    def _interpreter(self) -> tf.lite.Interpreter:
        made = interpreter(self.network.content, keeping=True)
        made.allocate_tensors()
        return made

    def __call__(self, x: np.ndarray) -> np.ndarray:
        """The outputs."""
        made = list(self.runs(x, self.network.outputs))
        return rows.joined([np.concatenate([one[number] for one in made]) for number in self.network.outputs])

    def runs(self, x: np.ndarray, numbers: Sequence[int]) -> Iterator[dict[int, np.ndarray]]:
        """Of each frame, what the tensors called `numbers` hold, as the Keras model has them, with a batch axis."""
        parts = rows.split(x, inputs_of(self.built.model))
        for frame in range(len(x)):
            for number, part in zip(self.network.inputs, parts, strict=True):
                given = self.network.tensors[number]
                self._interpreter.set_tensor(number, given.stored(part[frame]).reshape(given.shape))
            self._interpreter.reset_all_variables()
            self._interpreter.invoke()
            yield {number: self._as_stored(number) for number in numbers}

    def _as_stored(self, number: int) -> np.ndarray:
        value, tensor = self.built.values[number], self.network.tensors[number]
        array = tensor.real(self._interpreter.get_tensor(number))
        axes = flat(value.axes)
        parts = array.reshape([atom.size for atom in axes])
        moved = parts.transpose([axes.index(atom) for atom in flat(value.stored)])
        return moved.reshape(1, *sizes(value.stored))


def inputs(network: Network, built: Built, count: int) -> np.ndarray:
    """Frames of a fixed seed in the ranges that the file gives its inputs, or else between -1 and 1."""
    rng, ranges = np.random.default_rng(0), bounds(network) or ((-1.0, 1.0),) * len(network.inputs)
    shapes = [(count, *shape) for shape in inputs_of(built.model)]
    parts = [rng.uniform(*ends, shape).astype(np.float32) for ends, shape in zip(ranges, shapes, strict=True)]
    return rows.joined(parts)


def bounds(network: Network) -> tuple[tuple[float, float], ...]:
    """Where each input lies by the file: the range of a quantised one, or of what alone reads a float one; nothing
    where it does not say so of all.
    """
    firsts = [network.tensors[_first(network, number)] for number in network.inputs]
    return tuple(tensor.bounds for tensor in firsts) if all(tensor.quantised for tensor in firsts) else ()


def _first(network: Network, number: int) -> int:
    readers = [operator for operator in network.needed if number in operator.inputs]
    return readers[0].outputs[0] if [operator.kind for operator in readers] == ["QUANTIZE"] else number


def operators(path: Path, runtime: Runtime) -> None:
    """Compare each operator by itself: what Keras makes of the interpreter's own tensors with what that makes of them.

    Raises:
        AccelError: the interpreter does not run the file, or an operator's error is above what its kind may have.
    """
    network, built = runtime.network, runtime.built
    computed = [number for operator in network.needed for number in operator.outputs]
    numbers = [n for n in (*network.inputs, *computed) if isinstance(built.values.get(n), Value)]
    try:
        runs = list(runtime.runs(inputs(network, built, FRAMES), numbers))
    except Exception as error:  # TFLite's own kinds
        told = in_line(error)
        raise AccelError(f"{path}: the TFLite interpreter does not run it: {told}") from error
    known = {number: np.concatenate([run[number] for run in runs]) for number in numbers}
    for operator in (one for one in network.needed if one.outputs[0] in known):
        error, allowed, unit = _error(network, built, operator, known)
        if not error <= allowed:
            raise AccelError(
                f"{path}: read into Keras, operator '{network.tensors[operator.outputs[0]].name}' ({operator.kind}) "
                f"differs from the TFLite interpreter by {error:.2g} {unit}; this is a fault of accel: please report it"
            )


def _error(
    network: Network, built: Built, operator: Operator, known: dict[int, np.ndarray]
) -> tuple[float, float, str]:
    """An operator's largest error, the largest that it may have, and what they count."""
    import keras

    number = operator.outputs[0]
    made, wanted, result = built.values[number].make(), known[number], network.tensors[number]
    sources = {n: built.values[n].make() for n in _sources(network, built, operator)}
    if any(tensor is made for tensor in sources.values()):
        (ours,) = (known[n] for n in sources)
    else:
        model = keras.Model(list(sources.values()), made)
        ours = np.asarray(model([known[n].astype(np.float32) for n in sources]), np.float64)
    if result.quantised:
        ours = np.clip(ours, *result.bounds)
        return float(np.abs(ours - wanted).max()) / result.step, STEPS, "steps of its output"
    allowed = TOLERANCE + _hybrid(network, operator, known) / _largest(wanted)
    return float(np.abs(ours - wanted).max()) / _largest(wanted), allowed, "of its largest output"


def _sources(network: Network, built: Built, operator: Operator) -> list[int]:
    """The tensors that an operator reads; for what a recurrent layer puts out those that this reads, as its last step
    is a layer by itself.
    """
    found = []
    for number in operator.inputs:
        value = built.values.get(number)
        if isinstance(value, Value) and value.final is not None:
            found += _sources(network, built, next(one for one in network.needed if number in one.outputs))
        elif isinstance(value, Value):
            found.append(number)
    return found


def _hybrid(network: Network, operator: Operator, known: dict[int, np.ndarray]) -> float:
    """The error that an operator makes which brings its float inputs to 8 bits: half a step for each product."""
    weights = network.tensors[operator.inputs[1]] if operator.kind in HYBRID else None
    if weights is None or not weights.quantised or weights.dtype.itemsize > 1:
        return 0.0
    units = 3 if operator.kind == "DEPTHWISE_CONV_2D" else 0
    sums = np.abs(weights.constant).sum(axis=tuple(axis for axis in range(weights.constant.ndim) if axis != units))
    x = known[operator.inputs[0]]
    return float(sums.max()) * 0.5 * float(np.ptp(np.append(x, 0.0)) or 1.0) / 127


def _largest(array: np.ndarray) -> float:
    return max(float(np.abs(array).max()), 1e-30)
