"""QKeras' layers with their trained numbers, as layers of Keras with the numbers that those compute by."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from accel.errors import AccelError
from accel.intake.keras2.layers import Settings
from accel.intake.keras2.weights import Arrays
from accel.intake.qkeras.activations import Step, scaled, steps
from accel.intake.qkeras.quantisers import Quantiser, parse, quantised

OWN = ("_quantizer", "_range")
"""How settings end that Keras' own layers do not have."""

FOLDING = ("ema_freeze_delay", "folding_mode", "axis", "momentum", "epsilon", "center", "scale")
"""Settings of the normalisation in a layer of QKeras."""


def product(kind: str, kernel: str) -> Callable[[Settings, Arrays], list[Step]]:
    """The rule of a layer that multiplies by weights, whose quantiser is called after `kernel`."""

    def rule(settings: Settings, arrays: Arrays) -> list[Step]:
        return _product(kind, settings, parse(settings.get(f"{kernel}_quantizer"), trained=True), arrays)

    return rule


def folded(kind: str, kernel: str) -> Callable[[Settings, Arrays], list[Step]]:
    """The rule of such a layer with a normalisation, which is multiplied into the weights before they are quantised."""

    def rule(settings: Settings, arrays: Arrays) -> list[Step]:
        arrays = [array for array in arrays if np.ndim(array)]  # the scalar counts steps of training
        counts = {"bias": settings.get("use_bias"), "gamma": settings.get("scale"), "beta": settings.get("center")}
        names = ["weights", *(name for name, there in counts.items() if there), "mean", "variance"]
        known = dict(zip(names, arrays, strict=True))
        inverse = known.get("gamma", np.float32(1)) / np.sqrt(known["variance"] + np.float32(settings["epsilon"]))
        shape = known["weights"].shape[-2:] if kind.startswith("Depthwise") else (-1,)
        weights = known["weights"] * np.reshape(inverse, shape)
        bias = inverse * (known.get("bias", np.float32(0)) - known["mean"]) + known.get("beta", np.float32(0))
        kept = {key: value for key, value in settings.items() if key not in FOLDING} | {"use_bias": True}
        quantiser = parse(settings.get(f"{kernel}_quantizer"), trained=True)
        return _product(kind, kept, quantiser, [weights, bias])

    return rule


def _product(kind: str, settings: Settings, quantiser: Quantiser | None, arrays: Arrays) -> list[Step]:
    """The weights in fixed point; where their scale is no power of two, it and the bias stand behind the layer."""
    kernel, scale = quantised(arrays[0], quantiser)
    bias = []
    offset = parse(settings.get("bias_quantizer"))
    if settings.get("use_bias"):
        values, factor = quantised(arrays[1], offset)
        bias = [values * factor]
    known = {"weight": quantiser and quantiser.type, "bias": offset and offset.type}
    types = {key: type_ for key, type_ in known.items() if type_}
    plain = _plain(settings)
    if np.ndim(scale) == 0 and scale == 1.0:
        made = [Step(kind, plain, arrays=[kernel, *bias], types=types)]
    else:
        added = bias[0].tolist() if bias else 0.0
        made = [Step(kind, plain | {"use_bias": False}, arrays=[kernel]), *scaled(_listed(scale), added, "_alpha")]
    return made + steps(settings.get("activation"))


def _listed(scale: np.ndarray | float) -> list[float] | float:
    return scale.tolist() if isinstance(scale, np.ndarray) else scale


def _plain(settings: Settings) -> Settings:
    kept = {key: value for key, value in settings.items() if not key.endswith(OWN) and key != "name"}
    return kept | ({"activation": "linear"} if "activation" in kept else {})


def levelled(levels: Callable[[np.ndarray], np.ndarray]) -> Callable[[Settings, Arrays], list[Step]]:
    """The rule of BinaryNet's layers, older than QKeras: weights that are `levels` of themselves, times `H`."""

    def rule(settings: Settings, arrays: Arrays) -> list[Step]:
        height = settings.get("H", 1.0)
        if not isinstance(height, int | float) or height <= 0:
            raise AccelError(f"H={height}; expected a number above 0")
        kept = {key: value for key, value in _plain(settings).items() if key != "H" and "_lr_" not in key}
        kernel = height * levels(np.asarray(arrays[0], np.float32) / np.float32(height))
        return [Step("Dense", kept, arrays=[kernel, *arrays[1:]]), *steps(settings.get("activation"))]

    return rule


def _two_levels(x: np.ndarray) -> np.ndarray:
    return 2 * np.round(np.clip(np.float32(0.5) * x + np.float32(0.5), 0, 1)) - 1


def _three_levels(x: np.ndarray) -> np.ndarray:
    return np.round(np.clip(x, -1, 1))


def normalisation(settings: Settings, arrays: Arrays) -> list[Step]:
    """QBatchNormalization: each of its numbers quantised, or the factor that they make together."""
    there = {"gamma": settings["scale"], "beta": settings["center"], "mean": True, "variance": True}
    given = dict(zip([name for name, used in there.items() if used], arrays, strict=True))
    quantisers = {name: parse(settings.get(f"{name}_quantizer"), name in ("gamma", "variance")) for name in given}
    made = {name: np.multiply(*quantised(array, quantisers[name])) for name, array in given.items()}
    inverse = parse(settings.get("inverse_quantizer"))
    if inverse is None:
        return [Step("BatchNormalization", _plain(settings), arrays=list(made.values()))]
    factor = made.get("gamma", 1.0) / np.sqrt(made["variance"] + settings["epsilon"])
    factor = np.multiply(*quantised(factor, inverse))
    return scaled(factor.tolist(), (made.get("beta", 0.0) - made["mean"] * factor).tolist(), "")


def activation(settings: Settings, arrays: Arrays) -> list[Step]:
    """QActivation."""
    made = steps(settings["activation"])
    return made or [Step("Activation", {"activation": "linear"})]


def average(settings: Settings, arrays: Arrays) -> list[Step]:
    """QAveragePooling2D: the sum times the quantised 1 / area, where it is quantised."""
    pooled = Step(
        "AveragePooling2D", {key: settings[key] for key in ("pool_size", "strides", "padding", "data_format")}
    )
    quantiser, factor = parse(settings.get("average_quantizer")), 1.0
    if quantiser:
        area = float(np.prod(settings["pool_size"]))
        if settings["padding"] != "valid":
            raise AccelError(f"average_quantizer with padding='{settings['padding']}'; expected 'valid'")
        value, scale = quantised(np.float32(1 / area), quantiser)
        factor = area * float(value) * scale
    return [pooled, *scaled(factor, 0.0, "_average"), *steps(settings.get("activation"))]


def pruned(settings: Settings, arrays: Arrays) -> list[Step]:
    """tensorflow-model-optimization's wrapper: the layer's own weights stand before masks and counters."""
    inner = settings["layer"]
    kind, own = inner["class_name"], inner["config"]
    count = 1 + bool(own.get("use_bias")) if arrays else 0
    if any(word in kind for word in ("Normalization", "Batchnorm")):
        raise AccelError(f"PruneLowMagnitude of a {kind}; expected it stripped (strip_pruning) before it is saved")
    if kind in RULES:
        return RULES[kind](own, arrays[:count])
    return [Step(kind, _plain(own) | {"activation": own.get("activation")}, arrays=arrays[:count])]


RULES: dict[str, Callable[[Settings, Arrays], list[Step]]] = {
    "QDense": product("Dense", "kernel"),
    "QConv1D": product("Conv1D", "kernel"),
    "QConv2D": product("Conv2D", "kernel"),
    "QDepthwiseConv2D": product("DepthwiseConv2D", "depthwise"),
    "QConv2DBatchnorm": folded("Conv2D", "kernel"),
    "QDepthwiseConv2DBatchnorm": folded("DepthwiseConv2D", "depthwise"),
    "QBatchNormalization": normalisation,
    "QActivation": activation,
    "QAveragePooling2D": average,
    "PruneLowMagnitude": pruned,
    "BinaryDense": levelled(_two_levels),
    "TernaryDense": levelled(_three_levels),
}
"""By class: a function of a layer's settings and arrays."""

REFUSED = (
    *("QAdaptiveActivation", "QGlobalAveragePooling2D", "QSeparableConv1D", "QSeparableConv2D", "QConv2DTranspose"),
    *("QSimpleRNN", "QLSTM", "QGRU", "QBidirectional", "QOctaveConv2D", "QMobileNetSeparableConv2D"),
)
"""Classes of QKeras without a rule."""


def read(kind: str, settings: Settings, arrays: Arrays) -> list[Step]:
    """The layers of Keras that do what one of QKeras does.

    Raises:
        AccelError: there are none.
    """
    if kind in REFUSED:
        raise AccelError(f"is not read; expected one of {', '.join(RULES)}")
    return RULES[kind](settings, arrays)
