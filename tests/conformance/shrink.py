"""A failing network made small: whatever can be left out or made simpler is, as long as it fails in the same way."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from tests.conformance.networks import Layer, Network

TRIALS = 80
DEFAULTS = {"activation": None, "use_bias": True, "padding": "valid", "return_sequences": False}
"""The simple values of some arguments."""


def shrink(network: Network, fails: Callable[[Network], bool], trials: int = TRIALS) -> Network:
    """The smallest network found in at most ``trials`` calls of ``fails``; what does not build must not fail so."""
    left = trials
    while left:
        for smaller in simpler(network):
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
    for index, layer in enumerate(network.layers):
        rest = network.layers[:index] + network.layers[index + 1 :]
        if rest:
            yield replace(network, layers=rest, settings=_without(network.settings, layer.name))
    if network.settings["layers"]:
        yield replace(network, settings=network.settings | {"layers": {}})
    for name, own in network.settings["layers"].items():
        yield from (replace(network, settings=settings) for settings in _plainer(network.settings, name, own))
    for index, layer in enumerate(network.layers):
        for simple in _simpler_layer(layer):
            yield replace(network, layers=(*network.layers[:index], simple, *network.layers[index + 1 :]))
    for axis, size in enumerate(network.shape):
        for smaller in {1, size // 2, size - 1} - {0, size}:
            yield replace(network, shape=(*network.shape[:axis], smaller, *network.shape[axis + 1 :]))
    for key, plain in (("strategy", "Latency"), ("precision", "auto")):
        if network.settings[key] != plain:
            yield replace(network, settings=network.settings | {key: plain})


def _without(settings: dict[str, Any], name: str) -> dict[str, Any]:
    """The settings without those of a layer, and of the activation that hls4ml makes a layer of."""
    kept = {key: own for key, own in settings["layers"].items() if key != name and not key.startswith(f"{name}_")}
    return settings | {"layers": kept}


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
        if isinstance(value, int) and not isinstance(value, bool) and value > 1:
            plain = [1, value - 1]
        elif isinstance(value, list) and key != "target_shape" and all(isinstance(size, int) for size in value):
            plain = [
                [*value[:axis], size - 1, *value[axis + 1 :]]
                for axis, size in enumerate(value)
                if size > (key != "padding")
            ]
        yield from (replace(layer, arguments=layer.arguments | {key: simple}) for simple in plain if simple != value)
