"""Operations between Keras layers (`x / 255`, `keras.ops.relu(x)`) as the layers, or scales, that do the same."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from accel.errors import AccelError

if TYPE_CHECKING:
    import keras

Affine = tuple[np.ndarray, np.ndarray]
"""Factor and offset, float64, each of one number or one for each channel."""

DROPPED = ("Dropout", "AlphaDropout", "GaussianDropout", "SpatialDropout1D", "SpatialDropout2D")
"""Layers that hls4ml removes itself."""

MIXING = ("AugMix", "CutMix", "MixUp", "RandAugment")
"""Layers that augment images in training; those that hls4ml takes for nothing itself are not among them."""

NOTHING = (*DROPPED, *MIXING, "GaussianNoise", "ActivityRegularization", "Identity")
"""Layers that pass on what they read when a network is not trained."""

FUNCTIONS = ("relu", "sigmoid", "tanh", "softmax", "softplus", "softsign", "elu", "selu", "silu", "relu6", "linear")
"""Operations without settings of their own that are activations, by their lower-case class names."""

MERGES = ("Add", "Subtract", "Multiply", "Maximum", "Minimum", "Concatenate")
"""Operations on two tensors that are layers of the same name."""


def scale(operation: Any, arguments: tuple[Any, ...], channels: int) -> Affine | None:
    """The factor and offset that `operation`, of a single tensor, multiplies by and adds; None where it is another.

    Args:
        arguments: as it was called; what is no number or array is the tensor.

    Raises:
        AccelError: the numbers are neither one nor one for each channel.
    """
    import keras

    kind = type(operation).__name__
    if kind == "Rescaling":
        return _numbers(operation, operation.scale, channels), _numbers(operation, operation.offset, channels)
    if kind == "Normalization":
        return _normalization(operation, channels)
    if isinstance(operation, keras.Layer):
        return None
    if kind == "Cast":
        return np.ones(1), np.zeros(1)
    if kind == "Negative":
        return -np.ones(1), np.zeros(1)
    constants = [argument for argument in arguments if not isinstance(argument, keras.KerasTensor)]
    if kind not in ("Add", "Subtract", "Multiply", "Divide", "TrueDivide") or len(constants) != 1:
        return None
    return _arithmetic(kind, _numbers(operation, constants[0], channels), isinstance(arguments[0], keras.KerasTensor))


def _arithmetic(kind: str, number: np.ndarray, first: bool) -> Affine | None:
    """`first`: the tensor stands before the number."""
    one, zero = np.ones_like(number), np.zeros_like(number)
    if kind == "Add":
        return one, number
    if kind == "Subtract":
        return (one, -number) if first else (-one, number)
    if kind == "Multiply":
        return number, zero
    return (1 / number, zero) if first else None


def _normalization(layer: keras.layers.Normalization, channels: int) -> Affine:
    """keras.layers.Normalization: (x - mean) / max(sqrt(variance), epsilon), or its inverse."""
    import keras

    mean, deviation = (_numbers(layer, np.asarray(v), channels) for v in (layer.mean, np.sqrt(layer.variance)))
    deviation = np.maximum(deviation, keras.config.epsilon())
    return (deviation, mean) if layer.invert else (1 / deviation, -mean / deviation)


def _numbers(operation: Any, value: Any, channels: int) -> np.ndarray:
    values = np.asarray(value, np.float64)
    if values.size not in (1, channels) or values.size != (values.shape[-1] if values.ndim else 1):
        raise AccelError(
            f"layer '{operation.name}' ({type(operation).__name__}): numbers of shape {values.shape}; expected one, or "
            f"one for each of the {channels} channels"
        )
    return values.reshape(-1)


STEPWISE = ("Dense", "Activation", "ReLU", "LeakyReLU", "ELU", "BatchNormalization", "Softmax", "Rescaling", *NOTHING)
"""Layers that do on a sequence what they do on each of its steps."""


def of_steps(operation: Any) -> Any:
    """What a TimeDistributed of such a layer does on all steps; anything else as it is."""
    inner = operation.layer if type(operation).__name__ == "TimeDistributed" else None
    stepwise = type(inner).__name__ in STEPWISE and getattr(inner, "axis", -1) == -1
    return inner if stepwise else operation


def keeps_axes(operation: Any) -> bool:
    """Whether it is a pooling of all positions that leaves axes of one, which hls4ml takes for a vector."""
    return type(operation).__name__.startswith("Global") and bool(operation.keepdims)


def moved_axes(operation: Any, rank: int) -> tuple[int, ...] | None:
    """Which axis comes first, second and so on, the batch's the first one still; None where it moves no axes, or that
    one.
    """
    kind, axes = type(operation).__name__, np.empty(range(rank))  # the size of each says which it is
    if kind == "Permute":
        return (0, *operation.dims)
    if kind == "Transpose":
        order = axes.transpose(operation.axes).shape
    elif kind == "Swapaxes":
        order = axes.swapaxes(operation.axis1, operation.axis2).shape
    elif kind == "Moveaxis":
        order = np.moveaxis(axes, operation.source, operation.destination).shape
    else:
        return None
    return order if order[0] == 0 else None


def keeps_order(operation: Any, shape: tuple[int | None, ...]) -> bool:
    """Whether it moves axes of ``shape`` past such of one alone, so that no number moves."""
    order = moved_axes(operation, len(shape))
    moved = [axis for axis in order or () if shape[axis] != 1]
    return order is not None and None not in shape[1:] and moved == sorted(moved)


def reordered(operation: Any, shape: tuple[int | None, ...], name: str) -> keras.layers.Layer:
    """The layer called `name` that moves the axes of ``shape`` as `operation` does: a Reshape where no number moves."""
    import keras

    order = moved_axes(operation, len(shape))[1:]
    if keeps_order(operation, shape):
        return keras.layers.Reshape([shape[axis] for axis in order], name=name)
    return keras.layers.Permute(order, name=name)


def flattens(operation: Any, shape: tuple[int | None, ...]) -> bool:
    """Whether it makes a vector of several positions, in their order, of inputs of ``shape``."""
    in_order = type(operation).__name__ == "Flatten" and operation.data_format != "channels_first"
    return in_order and any(size != 1 for size in shape[1:-1])


def elementwise(operation: Any) -> bool:
    """Whether it is an activation that takes each element alone, whatever the shape."""
    kind, function = type(operation).__name__, getattr(getattr(operation, "activation", None), "__name__", "")
    return kind in ("ReLU", "LeakyReLU", "ELU") or (kind == "Activation" and function not in ("softmax", "linear"))


def limit(operation: Any) -> float | None:
    """Where a ReLU ends that is none of `LIMITS` and has nothing else about it."""
    if type(operation).__name__ != "ReLU" or operation.negative_slope or operation.threshold:
        return None
    largest = operation.max_value
    return largest if largest not in (None, float("inf"), *LIMITS) and largest > 0 else None


def layer(operation: Any, arguments: tuple[Any, ...], name: str) -> keras.Layer | None:
    """A layer called `name` that does what `operation`, called with `arguments`, does; None where there is none."""
    import keras

    kind, layers = type(operation).__name__, keras.layers
    constants = [argument for argument in arguments if isinstance(argument, int | float | np.ndarray)]
    if constants:
        return layers.Activation("relu", name=name) if kind == "Maximum" and np.all(constants[0] == 0) else None
    if kind.lower() in FUNCTIONS and getattr(operation, "axis", -1) == -1 and getattr(operation, "alpha", 1.0) == 1.0:
        settings = (getattr(operation, key, None) for key in ("negative_slope", "max_value", "threshold"))
        plain = not any(settings)
        return layers.Activation(kind.lower(), name=name) if plain else _relu(operation, name)
    if kind == "LeakyRelu":
        return layers.LeakyReLU(negative_slope=operation.negative_slope, name=name)
    if kind == "Reshape" and operation.newshape[0] in (-1, None):
        return layers.Reshape(operation.newshape[1:], name=name)
    if kind == "Concatenate":
        return layers.Concatenate(axis=operation.axis, name=name)
    if kind == "Flip" and operation.axis in (1, -2) and len(arguments[0].shape) == 3:
        from accel.intake.directions import ReverseSteps

        return ReverseSteps(name=name)
    return getattr(layers, kind)(name=name) if kind in MERGES else None


def relu1(x: keras.KerasTensor) -> keras.KerasTensor:
    """The ReLU that ends at 1, by hls4ml's name."""
    import keras

    return keras.ops.clip(x, 0.0, 1.0)


LIMITS: dict[float, Any] = {1: relu1, 6: "relu6"}
"""Activations that are ReLUs with an end."""


def shared_or_limited(layer: Any) -> bool:
    """Whether `spelt_out` has something to say of a layer."""
    kind = type(layer).__name__
    limited = kind == "ReLU" and layer.max_value in LIMITS and not layer.negative_slope and not layer.threshold
    return limited or (kind == "PReLU" and bool(layer.shared_axes))


def spelt_out(layer: keras.Layer, x: keras.KerasTensor, name: str) -> keras.KerasTensor:
    """What `layer` makes of `x`, by one called `name` that hls4ml takes.

    A ReLU up to 1 or 6 is an activation, and of a PReLU every element has a slope of its own.
    """
    import keras

    if type(layer).__name__ == "ReLU":
        return keras.layers.Activation(LIMITS[layer.max_value], name=name)(x)
    made = keras.layers.PReLU(name=name)
    y = made(x)
    made.set_weights([np.broadcast_to(np.asarray(layer.alpha), x.shape[1:])])
    return y


def hard_swish(layer: Any) -> bool:
    """Whether a layer has the activation `x hard_sigmoid(x)`."""
    import keras

    return isinstance(layer, keras.Layer) and getattr(layer, "activation", None) is keras.activations.hard_silu


def gated(x: keras.KerasTensor, name: str, free: Callable[[str], str]) -> keras.KerasTensor:
    """`x hard_sigmoid(x)`, by a layer called `name`; ``free`` makes a name one of its own."""
    import keras

    gate = keras.layers.Activation("hard_sigmoid", name=free(f"{name}_gate"))
    return keras.layers.Multiply(name=free(name))([x, gate(x)])


def without_activation(layer: keras.Layer) -> keras.Layer:
    """The same layer with the same weights, and no activation."""
    made = type(layer).from_config({**layer.get_config(), "activation": "linear"})
    made.build(layer.input.shape)
    made.set_weights(layer.get_weights())
    return made


def _relu(operation: Any, name: str) -> keras.Layer:
    import keras

    return keras.layers.ReLU(operation.max_value, operation.negative_slope, operation.threshold, name=name)
