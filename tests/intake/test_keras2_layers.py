"""Settings of old layers as those of Keras 3, on what stands in JSON alone."""

from __future__ import annotations

from typing import Any

import pytest

from accel.errors import AccelError
from accel.intake import code
from accel.intake.keras2.layers import RULES, translated

CASES = {
    "GRU": ({"units": 3, "time_major": False, "implementation": 2}, "GRU", {"units": 3, "reset_after": False}),
    "GRU of 2.15": ({"units": 3, "reset_after": True, "dropout": 0.5}, "GRU", {"units": 3, "reset_after": True}),
    "CuDNNGRU": (
        {"units": 3, "kernel_initializer": {}},
        "GRU",
        {"reset_after": True, "recurrent_activation": "sigmoid"},
    ),
    "LSTM": (
        {"output_dim": 2, "inner_activation": "hard_sigmoid", "W_regularizer": None, "dropout_U": 0.1},
        "LSTM",
        {"units": 2, "recurrent_activation": "accel>hard_sigmoid"},
    ),
    "DepthwiseConv2D": ({"kernel_size": [3, 3], "groups": 1}, "DepthwiseConv2D", {"kernel_size": [3, 3]}),
    "Convolution2D": (
        {"nb_filter": 4, "nb_row": 3, "nb_col": 2, "border_mode": "same", "dim_ordering": "tf", "subsample": [2, 1]},
        "Conv2D",
        {"filters": 4, "kernel_size": [3, 2], "padding": "same", "data_format": "channels_last", "strides": [2, 1]},
    ),
    "BatchNormalization": (
        {"axis": [3], "scale": 1, "center": True, "mode": 0, "gamma_init": "one", "momentum": 0.9},
        "BatchNormalization",
        {"axis": 3, "scale": True, "center": True},
    ),
    "Merge": ({"mode": "concat", "concat_axis": 1, "dot_axes": -1, "output_shape": None}, "Concatenate", {"axis": 1}),
    "Merge of sums": ({"mode": "sum", "concat_axis": 1}, "Add", {}),
    "LeakyReLU": ({"alpha": 0.2}, "LeakyReLU", {"negative_slope": 0.2}),
    "Dense": (
        {"units": 2, "activation": {"class_name": "function", "config": "swish"}},
        "Dense",
        {"activation": "silu"},
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_translated(case: str) -> None:
    settings, kind, expected = CASES[case]
    made = translated(case.split()[0], {"name": "a/b", "trainable": False, **settings})
    assert made.kind == kind
    known = {key: made.settings.pop(key) for key in ("name", "trainable")}
    assert known == {"name": "a_b", "trainable": False}
    assert {key: made.settings[key] for key in expected} == expected
    assert set(made.settings) <= set(
        RULES[case.split()[0] if "Merge" not in case else f"Merge {settings['mode']}"].takes
    )


def test_every_class_is_one_of_keras_3() -> None:
    import keras

    for rule in RULES.values():
        layer = getattr(keras.layers, rule.kind)
        assert issubclass(layer, keras.Layer)


@pytest.mark.parametrize(
    ("kind", "settings", "told"),
    [
        ("GRU", {"time_major": True}, "time_major=True is not known in Keras 3; expected time_major=False"),
        ("DepthwiseConv2D", {"groups": 2}, "groups=2 is not known in Keras 3; expected groups=1"),
        ("BatchNormalization", {"renorm": True}, "renorm=True"),
        ("BatchNormalization", {"mode": 2}, "mode=2 is not known in Keras 3; expected mode=0"),
        ("Merge", {"mode": "cos"}, "a mode without a layer in Keras 3; expected sum, mul"),
        ("Lambda", {"function": ["code"]}, "holds code, which is never run"),
        ("ThresholdedReLU", {"theta": 1.0}, "Keras 3 has no such layer"),
    ],
)
def test_refused(kind: str, settings: dict[str, Any], told: str) -> None:
    with pytest.raises(AccelError) as caught:
        translated(kind, {"name": "it", **settings})
    assert str(caught.value).startswith(f"layer 'it' ({kind}): ") and told in str(caught.value)


def test_code_in_a_configuration_of_keras_3() -> None:
    own = {"module": "keras.layers", "class_name": "Dense", "registered_name": None, "config": {"name": "d"}}
    code.refuse({"module": "keras", "class_name": "Sequential", "config": {"name": "s", "layers": [own]}})
    activation = {"module": "builtins", "class_name": "function", "config": "mine", "registered_name": "mine>it"}
    for value in ({"class_name": "__lambda__", "config": {"value": "x"}}, activation):
        wrong = {**own, "config": {"name": "d", "activation": value}}
        with pytest.raises(AccelError, match=r"layer 'd' \((__lambda__|function)\): "):
            code.refuse({"class_name": "Sequential", "config": {"name": "s", "layers": [wrong]}})
