"""Operations of TensorFlow between layers (`x / 255`), as late Keras 2 wrote them, as those of keras.ops."""

from __future__ import annotations

from typing import Any

from accel.intake.keras2.layers import refused

OPERATIONS = {
    "math.truediv": "true_divide",
    "__operators__.truediv": "true_divide",
    "math.divide": "divide",
    "math.multiply": "multiply",
    "__operators__.mul": "multiply",
    "math.add": "add",
    "__operators__.add": "add",
    "math.subtract": "subtract",
    "__operators__.sub": "subtract",
    "math.maximum": "maximum",
    "math.minimum": "minimum",
    "math.negative": "negative",
    "nn.relu": "relu",
    "math.sigmoid": "sigmoid",
    "math.tanh": "tanh",
    "nn.softmax": "softmax",
    "math.softplus": "softplus",
    "nn.softsign": "softsign",
    "nn.elu": "elu",
    "nn.selu": "selu",
    "nn.relu6": "relu6",
    "nn.silu": "silu",
    "nn.swish": "silu",
    "nn.leaky_relu": "leaky_relu",
    "math.reduce_mean": "mean",
    "math.reduce_max": "max",
    "expand_dims": "expand_dims",
    "squeeze": "squeeze",
    "compat.v1.squeeze": "squeeze",
    "transpose": "transpose",
    "compat.v1.transpose": "transpose",
    "__operators__.getitem": "get_item",
    "reshape": "reshape",
    "concat": "concatenate",
}
"""Functions of keras.ops by the names that the class TFOpLambda gives TensorFlow's."""

UNTOLD = ("name", "dtype", "conjugate")
"""Arguments that say nothing of the function."""

NAMED = ("axis", "keepdims")
"""Arguments that are called alike; others come in the order of those of keras.ops."""


def called(name: str, kind: str, function: str, first: Any, more: dict[str, Any]) -> Any:
    """What the function of a layer of class `kind` makes of its `first` argument (a tensor, or a list of them) and of
    `more`, by name.

    Raises:
        AccelError: it is none of `OPERATIONS`.
    """
    import keras

    if function not in OPERATIONS:
        why = f"tf.{function} between layers is not read; expected a layer of Keras in its place"
        raise refused(name, kind, why)
    told = {key: _index(value) for key, value in more.items() if key not in UNTOLD and value is not None}
    given = [value for key, value in told.items() if key not in NAMED]
    named = {key: value for key, value in told.items() if key in NAMED}
    return getattr(keras.ops, OPERATIONS[function])(first, *given, **named)


def _index(value: Any) -> Any:
    """A slice or ellipsis, and those in a list, as they were before they became JSON; anything else as it is."""
    if isinstance(value, list):
        return [_index(one) for one in value]
    if not isinstance(value, dict):
        return value
    if value.get("class_name") == "__ellipsis__":
        return Ellipsis
    return (
        slice(*(value[key] for key in ("start", "stop", "step"))) if set(value) == {"start", "stop", "step"} else value
    )
