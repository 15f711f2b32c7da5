"""A network as plain values: what a random draw, the list of kept cases and the shrinking have in common."""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

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

AGAIN = "Again"
"""Instead of a class: the layer that its argument `layer` names, called once more."""


@dataclass(frozen=True)
class Layer:
    """A layer of `keras.layers`: its class, its name, the tensors it ``reads`` (by the names of what makes them), other
    arguments, and which of `WEIGHTS` it has. A layer among the arguments is ``{"kind": ..., **arguments}``.
    """

    kind: str
    name: str
    reads: tuple[str, ...]
    arguments: dict[str, Any] = field(default_factory=dict)
    weights: str = "unit"

    def build(self, prefix: str) -> keras.Layer:
        """The Keras layer, without weights, with ``prefix`` before its name."""
        import keras

        arguments = {key: _layer(value) if isinstance(value, dict) else value for key, value in self.arguments.items()}
        return getattr(keras.layers, self.kind)(name=prefix + self.name, **arguments)


def _layer(described: dict[str, Any]) -> keras.Layer:
    import keras

    arguments = {key: value for key, value in described.items() if key != "kind"}
    return getattr(keras.layers, described["kind"])(**arguments)


@dataclass(frozen=True)
class Network:
    """Inputs, by name and shape; layers, in an order in which each reads what is there; ``outputs``, the names of what
    it puts out. ``settings`` are those of a `design.yaml`.
    """

    seed: int
    inputs: dict[str, tuple[int, ...]]
    layers: tuple[Layer, ...]
    outputs: tuple[str, ...]
    settings: dict[str, Any]

    @property
    def defaults(self) -> tuple[str, ...]:
        """The settings but those of layers; networks that have the same ones can be `beside` each other."""
        return tuple(f"{key}={value}" for key, value in self.settings.items() if key != "layers")

    def build(self, prefix: str = "") -> keras.Model:
        """The Keras model, the same at every call, with ``prefix`` before all names."""
        import keras

        known = {name: keras.Input(shape, name=prefix + name) for name, shape in self.inputs.items()}
        inputs, built = list(known.values()), {}
        for layer in self.layers:
            again = layer.kind == AGAIN
            built[layer.name] = made = built[layer.arguments["layer"]] if again else layer.build(prefix)
            read = [known[name] for name in layer.reads]
            known[layer.name] = made(read if len(read) > 1 else read[0])
            if not again:
                made.set_weights(self._weights(layer, made.get_weights()))
        outputs = [known[name] for name in self.outputs]
        return keras.Model(inputs if len(inputs) > 1 else inputs[0], outputs if len(outputs) > 1 else outputs[0])

    def _weights(self, layer: Layer, shaped: list[np.ndarray]) -> list[np.ndarray]:
        rng = np.random.default_rng([self.seed, zlib.crc32(layer.name.encode())])
        values = [WEIGHTS[layer.weights](rng, weights.shape) for weights in shaped]
        if layer.kind == "BatchNormalization":
            values[-1] = np.abs(values[-1])  # the variance
        return values

    def to_json(self) -> str:
        """One line; `from_json` reads it."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Network:
        """The inverse of `to_json`."""
        data = json.loads(text)
        layers = tuple(Layer(**layer | {"reads": tuple(layer["reads"])}) for layer in data["layers"])
        inputs = {name: tuple(shape) for name, shape in data["inputs"].items()}
        return cls(data["seed"], inputs, layers, tuple(data["outputs"]), data["settings"])


def beside(networks: Sequence[Network]) -> tuple[keras.Model, dict[str, Any]]:
    """One Keras model of networks that have the same defaults, none of which reads another's tensors; and its settings.

    A single network keeps its names.
    """
    import keras

    if len(networks) == 1:
        return networks[0].build(), networks[0].settings
    named = [(f"n{number}_", network) for number, network in enumerate(networks)]
    models = [network.build(prefix) for prefix, network in named]
    inputs = [tensor for model in models for tensor in model.inputs]
    outputs = [tensor for model in models for tensor in model.outputs]
    layers = {prefix + name: own for prefix, network in named for name, own in network.settings["layers"].items()}
    return keras.Model(inputs, outputs), networks[0].settings | {"layers": layers}
