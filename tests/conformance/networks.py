"""A network as plain values: what a random draw, the list of kept cases and the shrinking have in common."""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from accel.design import Design, parse_design

if TYPE_CHECKING:
    import keras

WEIGHTS: dict[str, Callable[[np.random.Generator, tuple[int, ...]], np.ndarray]] = {
    "unit": lambda rng, shape: rng.uniform(-1, 1, shape),
    "small": lambda rng, shape: rng.uniform(-0.05, 0.05, shape),
    "large": lambda rng, shape: rng.uniform(-8, 8, shape),
    "bounds": lambda rng, shape: rng.choice([-100.0, 100.0], shape),
    "coarse": lambda rng, shape: rng.choice([-1.0, -0.5, 0.0, 0.5, 1.0], shape),
    "zero": lambda rng, shape: np.zeros(shape),
}
"""Which numbers a layer's weights are."""


@dataclass(frozen=True)
class Layer:
    """A layer of `keras.layers`: its class, its name and other arguments, and which of `WEIGHTS` it has."""

    kind: str
    name: str
    arguments: dict[str, Any] = field(default_factory=dict)
    weights: str = "unit"


@dataclass(frozen=True)
class Network:
    """A chain of layers behind an input `x` of ``shape``; ``settings`` are those of a `design.yaml`."""

    seed: int
    shape: tuple[int, ...]
    layers: tuple[Layer, ...]
    settings: dict[str, Any]

    @property
    def design(self) -> Design:
        """The settings, checked."""
        return parse_design(self.settings, "network")

    def build(self) -> keras.Model:
        """The Keras model, the same at every call."""
        import keras

        model = keras.Sequential([keras.Input(self.shape, name="x")])
        for layer in self.layers:
            made = getattr(keras.layers, layer.kind)(name=layer.name, **layer.arguments)
            model.add(made)
            rng = np.random.default_rng([self.seed, zlib.crc32(layer.name.encode())])
            values = [WEIGHTS[layer.weights](rng, weights.shape) for weights in made.get_weights()]
            if layer.kind == "BatchNormalization":
                values[-1] = np.abs(values[-1])  # the variance
            made.set_weights(values)
        return model

    def to_json(self) -> str:
        """One line; `from_json` reads it."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Network:
        """The inverse of `to_json`."""
        data = json.loads(text)
        layers = tuple(Layer(**layer) for layer in data["layers"])
        return cls(data["seed"], tuple(data["shape"]), layers, data["settings"])
