"""Proxies of HGQ, the first version, as its `to_proxy_model` writes them for hls4ml: layers of Keras 2, whose weights
are quantised already, and quantisers between them. They are read without the package.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from accel.errors import AccelError
from accel.intake import code
from accel.intake.hgq.building import Building
from accel.intake.hgq.lanes import Bits, Lane, quantised
from accel.intake.keras2 import weights
from accel.intake.keras2.hdf5 import Stored
from accel.intake.keras2.model import build
from accel.intake.keras2.weights import Arrays
from accel.intake.quantised import Quantised, settled
from accel.intake.reading import Reading
from accel.intake.rewrite import nodes

if TYPE_CHECKING:
    import keras

PACKAGE = "HGQ>"
QUANTISER = "FixedPointQuantizer"

OWN = (
    *("HDense", "HDenseBatchNorm", "HConv1D", "HConv2D", "HConv1DBatchNorm", "HConv2DBatchNorm", "HActivation"),
    *("HQuantize", "HAdd", "PReshape", "PFlatten", "PMaxPooling1D", "PMaxPooling2D", "PConcatenate", "UnaryLUT"),
)
"""Classes of HGQ that a proxy does not have, or that have no type of fixed point."""

PRODUCTS = ("Dense", "Conv1D", "Conv2D")
"""Layers whose weights take up a factor for each channel of what they read."""


def holds(config: Any) -> bool:
    """Whether a configuration of Keras 2 names anything of HGQ."""
    return any(_kind(found) in (QUANTISER, *OWN) for _, _, found in code.objects(config))


def read(stored: Stored) -> Reading:
    """The proxy in a file.

    Raises:
        AccelError: it has layers of HGQ itself, or quantisers that cannot be brought into fixed point.
    """
    for layer, _, found in code.objects(stored.config):
        if _kind(found) in OWN:
            raise AccelError(
                f"layer '{layer}' ({_kind(found)}): of HGQ 1; expected its proxy, with quantisers of fixed point: "
                "HGQ.proxy.to_proxy_model(model).save('net.h5'), without a table (UnaryLUT) in it"
            )
    quantisers = {
        layer: found["config"] for layer, _, found in code.objects(stored.config) if _kind(found) == QUANTISER
    }
    made = build(_plain(stored.config))
    weights.fill(made.parts, {k: v for k, v in stored.groups.items() if k not in quantisers}, stored.origin)
    model, types = _typed(made.layer, quantisers, stored.groups)
    told = f"A proxy of HGQ 1 (Keras {stored.version}), read without it: {len(quantisers)} quantisers give its types."
    return Reading(model, told, Quantised(model, types), types=types)


def _kind(found: Mapping[str, Any]) -> str:
    return str(found["class_name"]).removeprefix(PACKAGE)


def _plain(config: Any) -> Any:
    """The configuration with a linear activation in the place of each quantiser."""
    if isinstance(config, list):
        return [_plain(one) for one in config]
    if not isinstance(config, dict):
        return config
    if isinstance(config.get("class_name"), str) and _kind(config) == QUANTISER:
        return {
            **config,
            "class_name": "Activation",
            "config": {"name": config["config"]["name"], "activation": "linear"},
        }
    return {key: _plain(value) for key, value in config.items()}


def _typed(whole: keras.Model, quantisers: Mapping[str, Any], arrays: Mapping[str, Arrays]) -> tuple[keras.Model, Any]:
    """The model with its quantisers as types, and these."""
    import keras

    given = whole.inputs[0]
    building = Building(alone=sum(tensor is given for node in nodes(whole) for tensor in node.input_tensors) == 1)
    x = keras.Input(given.shape[1:], name=given._keras_history.operation.name)
    known = {id(given): Lane(x, np.ones(1), np.zeros(1))}
    for node in nodes(whole):
        if not node.input_tensors:
            continue
        layer, lanes = node.operation, [known[id(tensor)] for tensor in node.input_tensors]
        if layer.name in quantisers:
            made = _lane(building, layer.name, quantisers[layer.name], arrays[layer.name], _numbers(building, lanes[0]))
        else:
            made = Lane(_called(building, layer, lanes), np.ones(1), np.zeros(1))
        known[id(node.outputs[0])] = made
    made = _numbers(building, known[id(whole.outputs[0])])
    return settled(keras.Model(x, made, name=whole.name), building.types)


def _numbers(building: Building, lane: Lane) -> keras.KerasTensor:
    return lane.whole(building, lane.x._keras_history.operation.name)


def _lane(building: Building, name: str, settings: Any, arrays: Arrays, x: keras.KerasTensor) -> Lane:
    """What a quantiser makes of `x`; its arrays are whether numbers are signed, bits in all, and those left of the
    point.
    """
    try:
        signed, width, integer = arrays
        bits = Bits.of((signed, width - integer, width), tuple(x.shape), settings["RND"], settings["SAT"])
        return quantised(building, bits, name, x)
    except (KeyError, ValueError) as error:  # a setting that is missing, arrays of other shapes
        raise AccelError(f"layer '{name}' ({QUANTISER}): expected three arrays and RND, SAT: {error}") from error
    except AccelError as error:
        raise AccelError(f"layer '{name}' ({QUANTISER}): {error}") from error


def _called(building: Building, layer: keras.Layer, lanes: list[Lane]) -> keras.KerasTensor:
    """A layer like `layer` called on the tensors; a factor of what it reads becomes one of its weights."""
    fresh = type(layer).from_config(layer.get_config())
    numbers = layer.get_weights()
    if type(layer).__name__ in PRODUCTS and layer.get_config().get("groups", 1) == 1 and not np.any(lanes[0].offset):
        made = fresh(lanes[0].x)
        numbers[0] = numbers[0] * lanes[0].factor[:, None]
    else:
        given = [_numbers(building, lane) for lane in lanes]
        made = fresh(given if len(given) > 1 else given[0])
    fresh.set_weights(numbers)
    return made
