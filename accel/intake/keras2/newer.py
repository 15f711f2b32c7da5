"""Keras 2's hard sigmoid in files of Keras 3: 0.2 x + 0.5 is Keras 3's x / 6 + 0.5 of 1.2 x.

So the weights of what goes into it are multiplied by 1.2, which is exact up to the rounding of float32, and where it is
a layer of its own a Rescaling stands before it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from accel.errors import Refusal
from accel.intake.keras2 import functions, original

if TYPE_CHECKING:
    import keras

SCALE = 0.2 * 6

SUMS = {
    ("LSTM", "recurrent_activation"): (SCALE, SCALE, 1.0, SCALE),
    ("GRU", "recurrent_activation"): (SCALE, SCALE, 1.0),
    ("GRU", "activation"): (1.0, 1.0, SCALE),
    ("SimpleRNN", "activation"): (SCALE,),
}
"""Factors of the sums that a recurrent layer computes side by side, by the activation that is of some of them alone."""

LINEAR = (
    *("Dense", "Conv1D", "Conv2D", "Conv3D", "Conv1DTranspose", "Conv2DTranspose"),
    *("DepthwiseConv1D", "DepthwiseConv2D", "SeparableConv1D", "SeparableConv2D"),
)
"""Layers whose activation is of sums of products by their own weights."""

FACTORS = ("kernel", "pointwise_kernel", "recurrent_kernel", "bias")
"""Weights that such sums are proportional to, taken together."""


def rescaled(model: keras.Model) -> tuple[keras.Model, str]:
    """A model of the same layers that have Keras 3's function in that one's place, and such weights that it computes
    the same; in words, what was done and how the outputs compare, empty where no layer has it.

    Raises:
        AccelError: a layer has it where nothing can be multiplied, or the outputs differ.
    """
    ours = set(functions.by_name().values())
    found = [
        (layer, key)
        for layer in model._flatten_layers()
        for key in ("activation", "recurrent_activation")
        if getattr(layer, key, None) in ours and not type(layer).__name__.endswith("Cell")
    ]
    if not found:
        return model, ""
    x = original.inputs(model)
    before = model(x)
    alone = [layer for layer, _ in found if type(layer).__name__ == "Activation"]
    made = _scaled_before(model, alone) if alone else model
    for layer, key in found:
        _replace(layer, key)
    far = original.furthest(before, made(x), "the old file")
    return made, (
        "hard_sigmoid of Keras 2 (slope 0.2) became that of Keras 3 (slope 1/6), and what goes into it 1.2 times as "
        f"large, by the weights or a Rescaling: outputs equal to {far:.1g} on {original.INPUTS} seeded inputs"
    )


def _scaled_before(model: keras.Model, layers: list[keras.Layer]) -> keras.Model:
    """The same layers, and in front of each of `layers` a Rescaling."""
    import keras

    scales = {layer: keras.layers.Rescaling(SCALE, name=f"{layer.name}_slope") for layer in layers}

    def called(layer: keras.Layer, *given: Any, **options: Any) -> Any:
        scale = scales.get(getattr(layer, "layer", layer))  # what a TimeDistributed wraps
        return layer(*([scale(*given)] if scale else given), **options)

    graph = getattr(model, "_functional", None) or model
    made = keras.models.clone_model(graph, clone_function=lambda same: same, call_function=called, recursive=True)
    for layer, scale in scales.items():
        if not scale._inbound_nodes:
            raise _refused(layer, "activation")
    return made


def _replace(layer: keras.Layer, key: str) -> None:
    """Give the layer Keras 3's function, and its weights the factors for it."""
    import keras

    kind = type(layer).__name__
    if (kind, key) in SUMS:
        factors = np.repeat(SUMS[kind, key], layer.units)
    elif kind in LINEAR:
        factors = np.float64(SCALE)
    elif kind == "Activation":
        factors = np.float64(1)
    else:
        raise _refused(layer, key)
    holder = getattr(layer, "cell", layer)
    setattr(holder, key, keras.activations.get("hard_sigmoid"))
    for weight in (getattr(holder, name, None) for name in FACTORS):
        if weight is not None:
            weight.assign(np.asarray(weight, np.float64) * factors)


def _refused(layer: keras.Layer, key: str) -> Refusal:
    return Refusal(
        f"layer '{layer.name}' ({type(layer).__name__}): {key}=hard_sigmoid of Keras 2 (slope 0.2), which Keras 3 has "
        "not (slope 1/6); it can be written where what goes into it can be multiplied by 1.2: by the weights of gates, "
        f"of a GRU's candidate, and of {', '.join(LINEAR)}, or by a Rescaling before an Activation layer. The old file "
        "itself is taken as it is: MODEL=",
        layer.name,
    )
