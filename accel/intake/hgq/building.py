"""Keras' layers as they are made, with their types."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from accel.fixed import Fixed

if TYPE_CHECKING:
    import keras


@dataclass(eq=False)
class Building:
    """A network of Keras' own layers, as far as it is built: `types` by the names of layers, whether `alone` one layer
    reads the input, and the layers whose output is only `near` to that of HGQ2.
    """

    types: dict[str, dict[str, Fixed]] = field(default_factory=dict)
    alone: bool = False
    near: list[str] = field(default_factory=list)

    def layer(self, kind: str, name: str, x: Any, weights: Sequence[np.ndarray] = (), **settings: Any) -> Any:
        """What a layer called `name` makes of `x`."""
        import keras

        made = getattr(keras.layers, kind)(name=name, **settings)
        tensor = made(x)
        if weights:
            made.set_weights([np.asarray(array, np.float64) for array in weights])
        return tensor

    def cast(self, name: str, x: Any, type_: Fixed) -> Any:
        """`x` in a type."""
        self.types[name] = {"result": type_}
        return self.layer("Activation", name, x, activation="linear")

    def given(self, x: keras.KerasTensor, type_: Fixed) -> None:
        """Bring `x` into a type at once, if it is the network's input, which nothing else reads."""
        layer = x._keras_history.operation
        if self.alone and type(layer).__name__ == "InputLayer":
            self.types[layer.name] = {"result": type_}

    def scaled(self, name: str, x: keras.KerasTensor, factor: np.ndarray, offset: np.ndarray | float = 0.0) -> Any:
        """`x` times a factor, of each channel, with an offset; `x` itself where that is the same."""
        if np.all(factor == 1) and not np.any(offset):
            return x
        ones = np.ones(x.shape[-1])
        weights = [ones * factor, ones * offset, 0 * ones, ones]
        return self.layer("BatchNormalization", name, x, weights, epsilon=0.0)
