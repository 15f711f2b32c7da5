"""A failing network made small: whatever can be left out or made simpler is, as long as it fails in the same way."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from tests.conformance.networks import Layer, Network

TRIALS = 80
DEFAULTS = {"activation": None, "use_bias": True, "padding": "valid", "return_sequences": False, "go_backwards": False}
"""The simple values of some arguments."""

FIXED = ("target_shape", "axis")
"""Arguments that fit the shapes, or do not."""


def shrink(network: Network, fails: Callable[[Network], bool], trials: int = TRIALS) -> Network:
    """The smallest network found in at most ``trials`` calls of ``fails``; what does not build must not fail so."""
    left = trials
    while left:
        for smaller in simpler(network):
            if smaller == network:
                continue
            left -= 1
            if fails(smaller):
                network = smaller
                break
            if not left:
                return network
        else:
            return network
    return network


def simpler(network: Network) -> Iterator[Network]:
    """Networks with one thing less, the largest steps first."""
    if len(network.outputs) > 1:
        yield from (_needed(replace(network, outputs=(name,))) for name in network.outputs)
    for layer in network.layers:
        for source in layer.reads:
            yield _needed(_without(network, layer, source))
    if network.settings["layers"]:
        yield replace(network, settings=network.settings | {"layers": {}})
    for name, own in network.settings["layers"].items():
        yield from (replace(network, settings=settings) for settings in _plainer(network.settings, name, own))
    for index, layer in enumerate(network.layers):
        for simple in _simpler_layer(layer):
            yield replace(network, layers=(*network.layers[:index], simple, *network.layers[index + 1 :]))
    for name, shape in network.inputs.items():
        for axis, size in enumerate(shape):
            for smaller in {1, size // 2, size - 1} - {0, size}:
                made = (*shape[:axis], smaller, *shape[axis + 1 :])
                yield replace(network, inputs=network.inputs | {name: made})
    for key, plain in (("strategy", "Latency"), ("precision", "auto")):
        if network.settings[key] != plain:
            yield replace(network, settings=network.settings | {key: plain})


def _without(network: Network, layer: Layer, source: str) -> Network:
    """The network with ``source`` in place of what the layer makes; the same where nothing would be left."""

    def renamed(names: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(source if name == layer.name else name for name in names)

    layers = tuple(replace(other, reads=renamed(other.reads)) for other in network.layers if other is not layer)
    outputs = tuple(dict.fromkeys(renamed(network.outputs)))
    if set(outputs) & set(network.inputs):
        return network
    return replace(network, layers=layers, outputs=outputs)


def _needed(network: Network) -> Network:
    """The network without layers, inputs and settings that no output needs."""
    needed = set(network.outputs)
    for layer in reversed(network.layers):
        needed |= set(layer.reads) if layer.name in needed else set()
    layers = tuple(layer for layer in network.layers if layer.name in needed)
    inputs = {name: shape for name, shape in network.inputs.items() if name in needed}
    gone = {layer.name for layer in network.layers} | set(network.inputs)
    gone -= needed
    own = {
        key: settings
        for key, settings in network.settings["layers"].items()
        if key not in gone and not any(key.startswith(f"{name}_") for name in gone)
    }
    return replace(network, inputs=inputs, layers=layers, settings=network.settings | {"layers": own})


def _plainer(settings: dict[str, Any], name: str, own: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The settings without those of a layer, or without one of them."""
    layers = settings["layers"]
    yield settings | {"layers": {key: value for key, value in layers.items() if key != name}}
    for key in own:
        yield settings | {"layers": layers | {name: {other: value for other, value in own.items() if other != key}}}
    precision = own.get("precision", {})
    for kind in precision if len(precision) > 1 else ():
        fewer = {other: text for other, text in precision.items() if other != kind}
        yield settings | {"layers": layers | {name: own | {"precision": fewer}}}


def _simpler_layer(layer: Layer) -> Iterator[Layer]:
    for key, value in layer.arguments.items():
        plain: list[Any] = [DEFAULTS[key]] if key in DEFAULTS else []
        if key in FIXED:
            continue
        if isinstance(value, int) and not isinstance(value, bool) and value > 1:
            plain = [1, value - 1]
        elif isinstance(value, list) and all(isinstance(size, int) for size in value):
            plain = [
                [*value[:axis], size - 1, *value[axis + 1 :]]
                for axis, size in enumerate(value)
                if size > (key not in ("padding", "cropping"))
            ]
        yield from (replace(layer, arguments=layer.arguments | {key: simple}) for simple in plain if simple != value)
