"""A model of HGQ2 as one of Keras' own layers with the types that came with it."""

from __future__ import annotations

import importlib.util
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from accel.errors import AccelError
from accel.intake import code
from accel.intake.hgq import layers
from accel.intake.hgq.building import Building
from accel.intake.quantised import Quantised, settled
from accel.intake.reading import Reading
from accel.intake.rewrite import nodes

if TYPE_CHECKING:
    import keras

PACKAGE = "hgq>"
INSTALL = "pip install hgq2"
FRAMES = 16
TOLERANCE = 1e-5
"""Of the largest output, which HGQ2 computes in float32."""

LISTED = frozenset(
    PACKAGE + name
    for name in (
        *(name for name in layers.RULES),
        *("QuantizerConfig", "DefaultBitwidthMapper", "MonoL1", "MinMax", "Min", "Max", "Constant"),
    )
)
"""What a file may name, which the package hgq2 has."""


def holds(config: Any) -> bool:
    """Whether a configuration of Keras 3 names anything of HGQ2."""
    return any(str(found.get("registered_name")).startswith(PACKAGE) for _, _, found in code.objects(config))


def read(path: Path, config: Any) -> Reading:
    """The model in a file, whose configuration that is.

    Raises:
        AccelError: hgq2 is not installed, the configuration names what is not in `LISTED`, or layers cannot be read.
    """
    code.refuse(config, LISTED)
    if importlib.util.find_spec("hgq") is None:
        raise AccelError(f"a model of HGQ2, which is not installed here: {INSTALL}")
    import hgq.layers  # noqa: F401  what a file names is registered by it
    import keras

    return translated(keras.models.load_model(path, compile=False, safe_mode=True))


def translated(whole: keras.Model) -> Reading:
    """A model of HGQ2's layers.

    Raises:
        AccelError: names all layers that cannot be read, and why; or what was read differs from the model.
    """
    import keras

    given, refused = whole.inputs[0], []
    building = Building(alone=sum(tensor is given for node in nodes(whole) for tensor in node.input_tensors) == 1)
    used = Counter(id(node.operation) for node in nodes(whole))
    x = keras.Input(given.shape[1:], name=given._keras_history.operation.name)
    known = {id(given): x}
    for node in nodes(whole):
        if not node.input_tensors:
            continue
        layer, tensors = node.operation, [known.get(id(tensor)) for tensor in node.input_tensors]
        made = None
        try:
            if len(tensors) != 1:
                raise AccelError(f"reads {len(tensors)} tensors; expected one")
            if used[id(layer)] > 1:
                raise AccelError("is used more than once; expected a layer for each use")
            made = layers.read(building, layer, x if tensors[0] is None else tensors[0])
        except AccelError as error:
            refused.append(f"layer '{layer.name}' ({type(layer).__name__}): {error}")
        known[id(node.outputs[0])] = made
    if refused:
        raise AccelError("; ".join(refused))
    model, types = settled(keras.Model(x, known[id(whole.outputs[0])], name=whole.name), building.types)
    made = Reading(model, "", lambda frames: whole.predict(frames, verbose=0), types=types)
    return Reading(model, f"A model of HGQ2; {_compared(made, building)}.", made.original, types=types)


def _compared(reading: Reading, building: Building) -> str:
    """How what was read compares with the model, on seeded inputs."""
    shape = tuple(reading.model.inputs[0].shape[1:])
    x = np.random.default_rng(0).normal(0, 1, (FRAMES, *shape)).astype(np.float32)
    expected, made = reading.outputs(x), Quantised(reading.model, reading.types)(x)
    error = float(np.abs(expected - made).max() / max(np.abs(expected).max(), 1e-30))
    if error <= TOLERANCE:
        return "read into Keras' own layers it gives what HGQ2 gives"
    if building.near:
        return f"its softmax, {', '.join(building.near)}, is Keras' own, which is within {error:.2g} of HGQ2's tables"
    raise AccelError(
        f"read into Keras it differs from HGQ2 by {error:.2g} of the largest output; this is a fault of "
        "accel: please report it"
    )
