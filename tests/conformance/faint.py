"""A chain whose types lie far from the point: the scale of what flows changes from layer to layer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from accel.design import Design

if TYPE_CHECKING:
    import keras

POWERS = {"conv": 1, "again": 2, "norm": 3, "dense": 1, "gru": 0, "out": 0}
"""By which power of the factor each layer's output is multiplied."""


@dataclass(frozen=True)
class Faint:
    """The same function for every positive ``factor``: what one layer's weights lose by it, the next one's gain."""

    factor: float
    name: str = "faint"
    strategy: str = "Latency"

    def design(self) -> Design:
        """Types from measured ranges."""
        return Design(strategy=self.strategy)

    def network(self) -> keras.Model:
        """(24, 3) to four numbers, the same at every call."""
        from keras import Input, Sequential, layers

        made = Sequential(
            [
                Input((24, 3), name="wave"),
                layers.Conv1D(4, 3, name="conv"),
                layers.Activation("relu", name="relu"),
                layers.AveragePooling1D(2, name="mean"),
                layers.Conv1D(4, 2, strides=2, name="again"),
                layers.MaxPooling1D(1, name="most"),
                layers.BatchNormalization(name="norm"),
                layers.Dense(5, name="dense"),
                layers.GRU(4, name="gru"),
                layers.Dense(4, name="out"),
            ]
        )
        rng, before = np.random.default_rng(5), 0
        for layer in (layer for layer in made.layers if layer.weights):
            power = POWERS[layer.name]
            values = [rng.uniform(0.1, 1, w.shape) * rng.choice([-1, 1], w.shape) for w in layer.get_weights()]
            values[0] *= self.factor ** (power - before)
            if layer.name == "norm":  # gamma, beta, mean, variance
                values[2] *= self.factor**before
                values[3] = np.ones_like(values[3])
            if layer.name != "gru":
                values[1] *= self.factor**power
            layer.set_weights(values)
            before = power
        return made
