"""Keras 2's hard sigmoid in files of Keras 3: 0.2 x + 0.5 is Keras 3's x / 6 + 0.5 of 1.2 x.

So the weights of what goes into it are multiplied by 1.2, which is exact up to the rounding of float32.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from accel.errors import Refusal
from accel.intake.keras2 import functions, original

if TYPE_CHECKING:
    import keras

SCALE = 0.2 * 6
GATES = {"LSTMCell": (1, 1, 0, 1), "GRUCell": (1, 1, 0)}
"""Which of the parts that the weights of a recurrent cell have side by side are gates."""

LINEAR = ("Dense", "Conv1D", "Conv2D", "DepthwiseConv1D", "DepthwiseConv2D")
"""Layers whose activation is of sums of products by their own weights."""


def rescale(model: keras.Model) -> str:
    """Give layers with that function Keras 3's, and such weights that the model computes the same; in words, what was
    done and how the outputs compare, empty where no layer has it.

    Raises:
        AccelError: a layer has it where no weights can be multiplied, or the outputs differ.
    """
    ours = set(functions.by_name().values())
    found = [
        (layer, key)
        for layer in model._flatten_layers()
        for key in ("activation", "recurrent_activation")
        if getattr(layer, key, None) in ours and not hasattr(layer, "cell")
    ]
    if not found:
        return ""
    x = original.inputs(model)
    before = model(x)
    for layer, key in found:
        _rescale(layer, key)
    far = original.furthest(before, model(x), "the old file")
    return (
        f"hard_sigmoid of Keras 2 (slope 0.2) became that of Keras 3 (slope 1/6), and what goes into it 1.2 times as "
        f"large, by the weights: outputs equal to {far:.1g} on {original.INPUTS} seeded inputs"
    )


def _rescale(layer: keras.Layer, key: str) -> None:
    import keras

    kind = type(layer).__name__
    if key == "recurrent_activation" and kind in GATES:
        units = layer.units
        factors = np.repeat(np.where(GATES[kind], SCALE, 1.0), units)
        weights = layer.kernel, layer.recurrent_kernel, layer.bias
    elif key == "activation" and kind in LINEAR:
        factors, weights = SCALE, (layer.kernel, layer.bias)
    else:
        raise Refusal(
            f"layer '{layer.name}' ({kind}): {key}=hard_sigmoid of Keras 2 (slope 0.2), which Keras 3 has not (slope "
            f"1/6); it can be written as that of gates, and of {', '.join(LINEAR)}, whose weights are multiplied by "
            "1.2. The old file itself is taken as it is: MODEL=",
            layer.name,
        )
    setattr(layer, key, keras.activations.get("hard_sigmoid"))
    for weight in weights:
        if weight is not None:
            weight.assign(np.asarray(weight, np.float64) * factors)
