"""A layer's class and settings as Keras 1 and 2 wrote them, as those of Keras 3: pure functions on what stands in JSON.

`RULES` lists for each class which settings decide its function. Those that matter in training only are dropped; one
that is not known is refused, never ignored.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from accel.errors import AccelError
from accel.intake.keras2 import unknown

Settings = dict[str, Any]

TRAINING = re.compile(
    r".*(_initializer|_regularizer|_constraint|init|dropout|dropout_[WU])|[WUb]_(regularizer|constraint)"
    r"|(adapt|beta|gamma|alpha)_.*|trainable|unit_forget_bias|momentum|seed|noise_shape|dtype|input_dtype|autocast"
)
"""Settings without a meaning once a network is trained."""

SHAPES = ("name", "batch_input_shape", "batch_shape", "input_dim", "input_length", "input_shape", "optional")
"""Settings that say what a layer is called or reads, which the graph tells."""

HOW = ("implementation", "unroll", "consume_less", "fused", "use_cudnn_on_gpu", "num_cores", "experimental_autocast")
"""Settings of how a function is computed, and not of which one."""

NEUTRAL: Settings = {
    "time_major": False,
    "ragged": False,
    "sparse": False,
    "groups": 1,
    "renorm": False,
    "synchronized": False,
    "virtual_batch_size": None,
    "adjustment": None,
    "zero_output_for_mask": False,
    "mode": 0,
}
"""Settings that Keras 3 has not, by the one value with which it does the same."""

FUNCTIONS = {
    name: name
    for name in (
        *("linear", "relu", "relu6", "leaky_relu", "elu", "selu", "gelu", "sigmoid", "tanh", "softmax", "softplus"),
        *("softsign", "exponential", "mish", "log_softmax", "silu"),
    )
} | {"swish": "silu", "hard_sigmoid": "accel>hard_sigmoid"}
"""Activations by their old names; the old hard_sigmoid is another function than that of Keras 3."""


@dataclass(frozen=True)
class Translated:
    """A class of keras.layers and its settings, as JSON has them; what is wrapped is not translated yet."""

    kind: str
    settings: Settings


@dataclass(frozen=True)
class Rule:
    """What becomes of a layer: its class in Keras 3, the settings passed on, their old names, and values of those that
    an old file may lack where Keras 3 has another default.
    """

    kind: str
    takes: tuple[str, ...] = ()
    renamed: Mapping[str, str] = field(default_factory=dict)
    lacking: Settings = field(default_factory=dict)
    changed: Callable[[Settings], Settings] = dict


def refused(name: str, kind: str, why: str) -> AccelError:
    """The refusal of a layer."""
    return AccelError(f"layer '{name}' ({kind}): {why}")


def translated(kind: str, settings: Settings) -> Translated:
    """The layer of Keras 3 that does what a layer of class `kind` with `settings` did.

    Raises:
        AccelError: the class is none of Keras' own, or a setting is none that is known; names the layer.
    """
    name = str(settings.get("name", kind.lower()))
    rule = RULES.get(f"Merge {settings.get('mode')}" if kind == "Merge" else kind)
    if rule is None:
        raise refused(name, kind, unknown.why(kind))
    given = rule.lacking | rule.changed({rule.renamed.get(key, key): value for key, value in settings.items()})
    kept = {key: value for key, value in given.items() if key in rule.takes}
    for key, value in given.items():
        if key in rule.takes or key in SHAPES or key in HOW or TRAINING.fullmatch(key):
            continue
        if key not in NEUTRAL or value != NEUTRAL[key]:
            accepted = f"{key}={NEUTRAL[key]}" if key in NEUTRAL else "a layer without it"
            raise refused(name, kind, f"{key}={value} is not known in Keras 3; expected {accepted}")
    for key in ("activation", "recurrent_activation"):
        if key in kept:
            kept[key] = _function(name, kind, key, kept[key])
    return Translated(rule.kind, kept | {"name": name.replace("/", "_"), "trainable": settings.get("trainable", True)})


def _function(name: str, kind: str, key: str, value: Any) -> str:
    """The activation's name in Keras 3; serialised functions of late Keras 2 have theirs in `config`."""
    if isinstance(value, dict):
        value = value.get("config") if value.get("class_name") == "function" else value.get("class_name")
    function = "linear" if value is None else value
    if function not in FUNCTIONS:
        raise refused(
            name,
            kind,
            f"{key}={function} is no function of Keras, so its code is not in the file; expected one of "
            f"{', '.join(sorted(FUNCTIONS))}",
        )
    return FUNCTIONS[function]


def _dimensions(settings: Settings) -> Settings:
    """Keras 1's `th` and `tf`, its two or three sizes of a kernel, and padding that is the same on both sides."""
    old = dict(settings)
    orders = {"th": "channels_first", "tf": "channels_last"}
    if "data_format" in old:
        old["data_format"] = orders.get(old["data_format"], old["data_format"])
    sizes = [old.pop(key) for key in ("kernel_dim1", "kernel_dim2", "kernel_dim3", "nb_row", "nb_col") if key in old]
    return old | ({"kernel_size": sizes} if sizes else {})


def _one_axis(settings: Settings) -> Settings:
    """Late Keras 2 writes an axis as a list of one."""
    axis = settings.get("axis", -1)
    return settings | {"axis": axis[0] if isinstance(axis, list) and len(axis) == 1 else axis}


def _normal(settings: Settings) -> Settings:
    """Some wrote 1 for True, which hls4ml does not take."""
    return _one_axis(settings) | {key: bool(settings[key]) for key in ("center", "scale") if key in settings}


def _cudnn(settings: Settings) -> Settings:
    return settings | {"activation": "tanh", "recurrent_activation": "sigmoid"}


def _cudnn_gru(settings: Settings) -> Settings:
    return _cudnn(settings) | {"reset_after": True}


_CONV_RENAMED = {
    "nb_filter": "filters",
    "filter_length": "kernel_size",
    "subsample": "strides",
    "subsample_length": "strides",
    "border_mode": "padding",
    "dim_ordering": "data_format",
    "bias": "use_bias",
    "atrous_rate": "dilation_rate",
}
_POOL_RENAMED = {
    "pool_length": "pool_size",
    "stride": "strides",
    "border_mode": "padding",
    "dim_ordering": "data_format",
}
_UNITS_RENAMED = {"output_dim": "units", "inner_activation": "recurrent_activation", "bias": "use_bias"}

_SHAPED = ("kernel_size", "strides", "padding", "data_format", "dilation_rate", "activation", "use_bias")
_DEPTHWISE = (*_SHAPED, "depth_multiplier")
_RNN = ("units", "activation", "use_bias", "return_sequences", "return_state", "go_backwards", "stateful")
_GATED = (*_RNN, "recurrent_activation")
_NORMAL = ("axis", "epsilon", "center", "scale")


def _conv(kind: str, *takes: str) -> Rule:
    return Rule(kind, (*_SHAPED, *takes), _CONV_RENAMED, changed=_dimensions)


def _pool(kind: str) -> Rule:
    return Rule(kind, ("pool_size", "strides", "padding", "data_format"), _POOL_RENAMED, changed=_dimensions)


def _global(kind: str) -> Rule:
    return Rule(kind, ("data_format", "keepdims"), _POOL_RENAMED, changed=_dimensions)


def _sized(kind: str, *takes: str) -> Rule:
    renamed = {"dim_ordering": "data_format", "length": "size"}
    return Rule(kind, (*takes, "data_format"), renamed, changed=_dimensions)


def _merged(kind: str, *takes: str) -> Rule:
    def changed(settings: Settings) -> Settings:
        """Keras 1's Merge has the settings of all its modes at once."""
        named = {"concat_axis": "axis", "dot_axes": "axes", "name": "name"}
        old = {named[key]: value for key, value in settings.items() if key in named}
        return {key: value for key, value in old.items() if key in (*takes, "name")}

    return Rule(kind, takes, changed=changed)


_DENSE = Rule("Dense", ("units", "activation", "use_bias"), _UNITS_RENAMED)
_GRU = Rule("GRU", (*_GATED, "reset_after"), _UNITS_RENAMED, {"reset_after": False})
_LSTM = Rule("LSTM", _GATED, _UNITS_RENAMED)
_IDLE = Rule("Identity", changed=lambda settings: {"name": settings["name"]})
_BATCH = Rule("BatchNormalization", _NORMAL, changed=_normal)

RULES: dict[str, Rule] = {
    "Dense": _DENSE,
    "TimeDistributedDense": _DENSE,
    "Activation": Rule("Activation", ("activation",)),
    "Conv1D": _conv("Conv1D", "filters", "groups"),
    "Conv2D": _conv("Conv2D", "filters", "groups"),
    "Conv3D": _conv("Conv3D", "filters", "groups"),
    "Convolution1D": _conv("Conv1D", "filters"),
    "Convolution2D": _conv("Conv2D", "filters"),
    "Convolution3D": _conv("Conv3D", "filters"),
    "AtrousConvolution1D": _conv("Conv1D", "filters"),
    "AtrousConvolution2D": _conv("Conv2D", "filters"),
    "Conv1DTranspose": _conv("Conv1DTranspose", "filters", "output_padding"),
    "Conv2DTranspose": _conv("Conv2DTranspose", "filters", "output_padding"),
    "DepthwiseConv1D": Rule("DepthwiseConv1D", _DEPTHWISE, changed=_dimensions),
    "DepthwiseConv2D": Rule("DepthwiseConv2D", _DEPTHWISE, changed=_dimensions),
    "SeparableConv1D": _conv("SeparableConv1D", "filters", "depth_multiplier"),
    "SeparableConv2D": _conv("SeparableConv2D", "filters", "depth_multiplier"),
    "SeparableConvolution2D": _conv("SeparableConv2D", "filters", "depth_multiplier"),
    **{f"{kind}Pooling{n}D": _pool(f"{kind}Pooling{n}D") for kind in ("Max", "Average") for n in (1, 2, 3)},
    **{f"Global{k}Pooling{n}D": _global(f"Global{k}Pooling{n}D") for k in ("Max", "Average") for n in (1, 2, 3)},
    "UpSampling1D": _sized("UpSampling1D", "size"),
    "UpSampling2D": _sized("UpSampling2D", "size", "interpolation"),
    "ZeroPadding1D": _sized("ZeroPadding1D", "padding"),
    "ZeroPadding2D": _sized("ZeroPadding2D", "padding"),
    "Cropping1D": _sized("Cropping1D", "cropping"),
    "Cropping2D": _sized("Cropping2D", "cropping"),
    "GRU": _GRU,
    "LSTM": _LSTM,
    "SimpleRNN": Rule("SimpleRNN", _RNN, _UNITS_RENAMED),
    "CuDNNGRU": Rule("GRU", (*_GATED, "reset_after"), changed=_cudnn_gru),
    "CuDNNLSTM": Rule("LSTM", _GATED, changed=_cudnn),
    "Bidirectional": Rule("Bidirectional", ("layer", "backward_layer", "merge_mode")),
    "TimeDistributed": Rule("TimeDistributed", ("layer",)),
    "BatchNormalization": _BATCH,
    "BatchNormalizationV1": _BATCH,
    "BatchNormalizationV2": _BATCH,
    "SyncBatchNormalization": _BATCH,
    "LayerNormalization": Rule("LayerNormalization", _NORMAL, changed=_normal),
    "Normalization": Rule("Normalization", ("axis", "mean", "variance", "invert"), changed=_one_axis),
    "Rescaling": Rule("Rescaling", ("scale", "offset")),
    "ReLU": Rule("ReLU", ("max_value", "negative_slope", "threshold")),
    "LeakyReLU": Rule("LeakyReLU", ("negative_slope",), {"alpha": "negative_slope"}),
    "ELU": Rule("ELU", ("alpha",)),
    "PReLU": Rule("PReLU", ("shared_axes",)),
    "Softmax": Rule("Softmax", ("axis",), changed=_one_axis),
    "Flatten": _sized("Flatten"),
    "Reshape": Rule("Reshape", ("target_shape",)),
    "Permute": Rule("Permute", ("dims",)),
    "RepeatVector": Rule("RepeatVector", ("n",)),
    "Masking": Rule("Masking", ("mask_value",)),
    "Embedding": Rule("Embedding", ("input_dim", "output_dim", "mask_zero")),
    **{kind: Rule(kind) for kind in ("Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum")},
    "Concatenate": Rule("Concatenate", ("axis",)),
    "Dot": Rule("Dot", ("axes", "normalize")),
    "Merge sum": _merged("Add"),
    "Merge mul": _merged("Multiply"),
    "Merge ave": _merged("Average"),
    "Merge max": _merged("Maximum"),
    "Merge concat": _merged("Concatenate", "axis"),
    "Merge dot": _merged("Dot", "axes"),
    **{kind: Rule(kind, ("rate",), {"p": "rate"}) for kind in ("Dropout", "SpatialDropout1D", "SpatialDropout2D")},
    "AlphaDropout": Rule("AlphaDropout", ("rate",)),
    "GaussianDropout": Rule("GaussianDropout", ("rate",), {"p": "rate"}),
    "GaussianNoise": Rule("GaussianNoise", ("stddev",), {"sigma": "stddev"}),
    **{f"Random{act}": _IDLE for act in ("Flip", "Rotation", "Translation", "Zoom", "Contrast", "Brightness")},
    **{f"Random{act}": _IDLE for act in ("Height", "Width")},
    "ActivityRegularization": Rule("ActivityRegularization", ("l1", "l2")),
}
"""The rule of each class, by the name that any Keras before 3 gave it."""
