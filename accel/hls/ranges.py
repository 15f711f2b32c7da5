"""Measured ranges of a float model's tensors, from which types are chosen.

A model of `models/` has them in its `ranges.json`, measured on its training data, so that a conversion is the same on a
machine without the data.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from accel import cache
from accel.data import datasets
from accel.errors import AccelError
from accel.hls import float_layers
from accel.intake import files, limits
from accel.intake.inputs import made_up
from accel.intake.reading import Reading, Types, shape_of
from accel.intake.rewrite import rewrite
from accel.source import ModelSource

if TYPE_CHECKING:
    import keras

log = logging.getLogger(__name__)

BATCH = 64
FILE = "ranges.json"
STIMULI = 256
FEWEST = 16
NUMBERS = 1 << 29
"""What all layers put out for the made-up inputs together, so that large networks take seconds, too: fewer inputs, but
not fewer than `FEWEST`."""


@dataclass(frozen=True)
class Range:
    """What one layer puts out: its least and greatest value, and the layer `behind` it (towards the input)."""

    low: float
    high: float
    behind: str

    def joined(self, values: np.ndarray) -> Range:
        """This range widened to hold `values`."""
        return Range(min(self.low, float(values.min())), max(self.high, float(values.max())), self.behind)

    def rounded(self) -> Range:
        """This range to six digits."""
        return Range(float(f"{self.low:.6g}"), float(f"{self.high:.6g}"), self.behind)


@dataclass(frozen=True)
class Ranges:
    """The range of each layer's output, by layer name in the order of the model.

    `examples` is how many inputs were measured, `model` the first 16 digits of the SHA-256 of the model's file.

    `types` are those that came with a quantised network, by layer and what they are of; all other tensors' follow.

    A layer with an activation of its own has two entries: under its name before the activation, and under
    `<name>_<activation>` (hls4ml's name for it) after. An entry of an LSTM, or of a GRU with relu, holds its states,
    too: an LSTM's cell, and the h before the last one, which may be larger than what it puts out.
    """

    layers: dict[str, Range]
    examples: int
    model: str = ""
    types: Types = field(default_factory=dict)

    def save(self, path: Path) -> None:
        """Write JSON."""
        data = {key: value for key, value in asdict(self).items() if key != "types"}
        cache.write(path, json.dumps(data, indent=1) + "\n")

    @classmethod
    def load(cls, path: Path) -> Ranges:
        """Read what `save` wrote; AccelError where it is something else."""
        try:
            data = json.loads(path.read_text())
            layers = {name: Range(**entry) for name, entry in data["layers"].items()}
            return cls(layers, data["examples"], data["model"])
        except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
            raise AccelError(f"{path}: expected measured ranges as `accel train` writes them ({error!r})") from error


def of(source: ModelSource, reading: Reading, network: keras.Model) -> Ranges:
    """The ranges stored beside the model, where they are of this very file; else those of `network`, to which it
    was rewritten, measured now on made-up inputs.
    """
    stored = source.folder / FILE if source.folder else None
    if stored and stored.exists():
        ranges = Ranges.load(stored)
        if ranges.model == _digest(source.path):
            return ranges
        log.warning("%s is of another %s, so it is left aside", stored, source.path.name)
    count = max(FEWEST, min(STIMULI, NUMBERS // limits.numbers(network)))
    given = made_up(source, reading, shape_of(network), count)
    if not reading.typed:
        log.warning("%s: ranges measured on %d inputs, %s; real ones may be beyond", source.name, count, given.words)
    return measure(network, given.x)


def store(source: ModelSource) -> Ranges:
    """Measure a model of `models/` on its training data, without it on its stimulus, and write its `ranges.json`."""
    definition = source.definition()
    root = datasets.find(definition.DATASET)
    x = definition.dataset(root).train.x if root else definition.stimulus(STIMULI)
    ranges = replace(measure(rewrite(files.read(source.path, source.weights).model), x), model=_digest(source.path))
    ranges.save(source.folder / FILE)
    return ranges


def measure(model: keras.Model, x: np.ndarray) -> Ranges:
    """Run the float `model` on `x` (examples, *shape) and take each layer's least and greatest value.

    Raises:
        AccelError: a layer puts out, or holds, numbers that are not finite.
    """
    found: dict[str, Range] = {}
    for output in float_layers.outputs(model, x, BATCH):
        values = output.values
        values = np.concatenate([values.ravel(), *_states(output)])
        if not np.isfinite(values).all():
            raise AccelError(
                f"layer '{output.name}': what it computes of the inputs that ranges are measured on is not finite; "
                "expected weights with which it is"
            )
        first = Range(float(values.min()), float(values.max()), output.behind)
        found[output.name] = found.get(output.name, first).joined(values)
    return Ranges({name: entry.rounded() for name, entry in found.items()}, len(x))


def _states(output: float_layers.Output) -> list[np.ndarray]:
    """What a recurrent layer holds between its steps, where that may be beyond what it puts out."""
    layer = output.layer
    if type(layer).__name__ == "LSTM":
        return [_lstm_states(layer, output.given).ravel()]
    if type(layer).__name__ != "GRU" or not layer.reset_after:
        return []
    functions = layer.recurrent_activation.__name__, layer.activation.__name__
    return [_gru_states(layer, output.given).ravel()] if "relu" in functions else []


def _lstm_states(layer: keras.layers.LSTM, x: np.ndarray) -> np.ndarray:
    """The states of an LSTM after each step, cell and h (steps, 2, examples, units), for `x` (examples, steps,
    features).
    """
    kernel, recurrent = (np.asarray(w) for w in (layer.cell.kernel, layer.cell.recurrent_kernel))
    bias = np.asarray(layer.cell.bias) if layer.use_bias else 0.0
    gate, activation = (_in_numpy(function) for function in (layer.recurrent_activation, layer.activation))
    hidden = cell = np.zeros((len(x), layer.units), np.float32)
    states = []
    for step in np.swapaxes(x, 0, 1):
        i, f, c, o = np.split(step @ kernel + hidden @ recurrent + bias, 4, axis=-1)
        cell = gate(f) * cell + gate(i) * activation(c)
        hidden = gate(o) * activation(cell)
        states.append((cell, hidden))
    return np.array(states)


def _gru_states(layer: keras.layers.GRU, x: np.ndarray) -> np.ndarray:
    """h of a GRU (reset_after) after each step, (steps, examples, units), for `x` (examples, steps, features)."""
    kernel, recurrent = (np.asarray(w) for w in (layer.cell.kernel, layer.cell.recurrent_kernel))
    bias, recurrent_bias = np.asarray(layer.cell.bias) if layer.use_bias else (0.0, 0.0)
    gate, activation = (_in_numpy(function) for function in (layer.recurrent_activation, layer.activation))
    hidden = np.zeros((len(x), layer.units), np.float32)
    states = []
    for step in np.swapaxes(x, 0, 1):
        z, r, n = np.split(step @ kernel + bias, 3, axis=-1)
        hidden_z, hidden_r, hidden_n = np.split(hidden @ recurrent + recurrent_bias, 3, axis=-1)
        kept = gate(z + hidden_z)
        hidden = kept * hidden + (1 - kept) * activation(n + gate(r + hidden_r) * hidden_n)
        states.append(hidden)
    return np.array(states)


def _in_numpy(activation: Callable) -> Callable[[np.ndarray], np.ndarray]:
    """A Keras activation; the usual ones without Keras, which takes longer for a small array than the rest of a
    step.
    """
    from scipy.special import expit

    known = {"sigmoid": expit, "tanh": np.tanh}
    return known.get(activation.__name__, lambda x: np.asarray(activation(x)))


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:16]
