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
    "reshape": "reshape",
    "concat": "concatenate",
}
"""Functions of keras.ops by the names that the class TFOpLambda gives TensorFlow's."""

UNTOLD = ("name", "dtype")
"""Arguments that say nothing of the function."""


def called(name: str, function: str, first: Any, more: dict[str, Any]) -> Any:
    """What the function makes of its `first` argument (a tensor, or a list of them) and of `more`, by name.

    Raises:
        AccelError: it is none of `OPERATIONS`.
    """
    import keras

    if function not in OPERATIONS:
        why = f"tf.{function} between layers is not read; expected a layer of Keras in its place"
        raise refused(name, "TFOpLambda", why)
    given = [value for key, value in more.items() if key not in UNTOLD and value is not None]
    return getattr(keras.ops, OPERATIONS[function])(first, *given)
