"""What reading a model file gives, whatever kind of file it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from accel import rows
from accel.fixed import Fixed

if TYPE_CHECKING:
    import keras


Types = Mapping[str, Mapping[str, Fixed]]
"""By layer, and by what they are of: `result`, `weight`, `bias`, `scale`."""


@dataclass(frozen=True, eq=False)
class Reading:
    """A model file as it was read.

    `model` is a Keras 3 model, channels last: what everything else is done to. `told` says in one line how the file
    was read; it is empty for Keras 3's own files. `original` is the file's own runtime, from inputs (frames,
    *shape), rows of several, as `model` takes them, to outputs as it gives them; None where that is `model` itself.
    `orders` has of each of the file's own inputs the axes, the batch's left out, in the order in which `model` takes
    them; empty where that is the same for all. `types` came with a quantised network, whose weights are in `model` as
    its quantisers make them; the `result` of an input is what is done to it first. `bounds` are the least and
    greatest number of each input by the file; empty where it does not say so.
    """

    model: keras.Model
    told: str = ""
    original: Callable[[np.ndarray], np.ndarray] | None = None
    orders: tuple[tuple[int, ...], ...] = ()
    types: Types = field(default_factory=dict)
    bounds: tuple[tuple[float, float], ...] = ()

    @property
    def order(self) -> tuple[int, ...]:
        """That of the only input; empty for several."""
        return self.orders[0] if len(self.orders) == 1 else ()

    @property
    def typed(self) -> bool:
        """Whether the types of all inputs came with it, so that nothing is chosen by examples."""
        names = [tensor._keras_history.operation.name for tensor in self.model.inputs]
        return all("result" in self.types.get(name, {}) for name in names)

    def outputs(self, x: np.ndarray) -> np.ndarray:
        """The float reference: what the file's own runtime makes of `x` (frames, *shape), float64 (frames, *shape)."""
        made = self.original(x) if self.original else self._predicted(x)
        return np.asarray(made, np.float64)

    def _predicted(self, x: np.ndarray) -> np.ndarray:
        made = self.model.predict(given(self.model, x), verbose=0)
        return rows.joined(made if isinstance(made, list) else [made])


def shape_of(model: keras.Model) -> tuple[int | None, ...]:
    """The shape of a frame of the model's inputs: the only one's, or that of one row of all."""
    return rows.shape(inputs_of(model))


def inputs_of(model: keras.Model) -> list[tuple[int | None, ...]]:
    """The shapes of a frame of the model's inputs, each by itself."""
    return [tuple(tensor.shape[1:]) for tensor in model.inputs]


def outputs_of(model: keras.Model) -> list[tuple[int | None, ...]]:
    """The shapes of a frame of the model's outputs."""
    return [tuple(tensor.shape[1:]) for tensor in model.outputs]


def given(model: keras.Model, x: np.ndarray) -> np.ndarray | list[np.ndarray]:
    """Frames (frames, *shape_of(model)) as the model takes them: a list for several inputs."""
    parts = rows.split(x, inputs_of(model))
    return parts[0] if len(parts) == 1 else parts
