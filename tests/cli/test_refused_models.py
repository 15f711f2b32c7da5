"""Networks that hls4ml gets wrong or does not convert: the command line says so in a line, before it makes anything."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from accel import cli


def one(shape: tuple[int | None, ...], *names_and_settings) -> Callable:
    """A model of Keras layers in a row, each given as (kind, settings)."""

    def build(keras):
        x = inputs = keras.Input(shape, name="given")
        for kind, settings in names_and_settings:
            x = getattr(keras.layers, kind)(name=kind.lower(), **settings)(x)
        return keras.Model(inputs, x, name="net")

    return build


def an_output_twice(keras):
    a = keras.Input((4,), name="a")
    made = keras.layers.Dense(2, name="made")(a)
    return keras.Model(a, [made, made], name="net")


def operation(compute: Callable) -> Callable:
    """A model that computes something between two layers."""

    def build(keras):
        inputs = keras.Input((4,), name="given")
        x = compute(keras.ops, keras.layers.Dense(4, name="first")(inputs))
        return keras.Model(inputs, keras.layers.Dense(2, name="last")(x), name="net")

    return build


def diverged(keras):
    model = one((4,), ("Dense", {"units": 3}))(keras)
    model.layers[1].kernel.assign(np.full((4, 3), np.nan))
    return model


def empty(keras):
    inputs = keras.Input((4,), name="given")
    return keras.Model(inputs, inputs, name="net")


def unbuilt(keras):
    return keras.Sequential([keras.layers.Dense(3)], name="net")


REFUSED = {
    "a stride across a flat kernel": (
        one((8, 8, 2), ("Conv2D", {"filters": 3, "kernel_size": (1, 3), "strides": (2, 1)})),
        r"layer 'conv2d' \(Conv2D\): strides=\(2, 1\) .* expected a vertical stride of 1",
    ),
    "flatten and softmax": (
        one((4, 3), ("Flatten", {}), ("Softmax", {})),
        r"layer 'flatten' \(Flatten\): layer 'softmax' .* expected a Dense layer",
    ),
    "flatten and normalisation": (
        one((4, 3), ("Flatten", {}), ("BatchNormalization", {}), ("Dense", {"units": 2})),
        r"layer 'flatten' \(Flatten\): layer 'batchnormalization' .* expected a Dense layer",
    ),
    "reshape": (
        one((4, 3), ("Reshape", {"target_shape": (3, 4)})),
        r"layer 'reshape' \(Reshape\): target_shape=\(3, 4\) .* expected a last size that divides 3",
    ),
    "SimpleRNN": (
        one((4, 3), ("SimpleRNN", {"units": 2})),
        r"layer 'simplernn' \(SimpleRNN\): hls4ml does not convert",
    ),
    "mish": (
        one((4,), ("Dense", {"units": 2, "activation": "mish"})),
        r"layer 'dense' \(Dense\): activation=mish .* expected one of linear, relu",
    ),
    "bounded relu": (
        one((4,), ("Dense", {"units": 2}), ("ReLU", {"max_value": 4, "negative_slope": 0.5})),
        r"layer 'relu' \(ReLU\): max_value=4.* expected max_value=None",
    ),
    "LayerNormalization": (
        one((4,), ("LayerNormalization", {}), ("Dense", {"units": 2})),
        r"layer 'layernormalization' \(LayerNormalization\): .* expected BatchNormalization",
    ),
    "an open length": (
        one((None, 12), ("GRU", {"units": 2})),
        r"model 'net': input shape \(None, 12\); expected its sizes by STEPS=, or examples by DATA=",
    ),
    "an output twice": (
        an_output_twice,
        "model 'net': 'made' is an input or output more than once; expected each once",
    ),
    "a sine": (
        operation(lambda ops, x: ops.sin(x)),
        r"operation 'sin.*' \(Sin\) on 'first': hls4ml converts layers only; expected a layer of keras.layers",
    ),
    "numbers for no channel": (
        operation(lambda ops, x: x + np.zeros((3, 4, 1))[..., :1]),
        r"layer 'add.*' \(Add\): numbers of shape \(3, 4, 1\); expected one, or one for each of the 4 channels",
    ),
    "weights that are no numbers": (
        diverged,
        r"layer 'dense' \(Dense\): kernel holds 12 of 12 values such as nan; expected finite numbers",
    ),
    "nothing": (empty, "model 'net': no layers but its input, expected at least one"),
    "no shape": (unbuilt, "model 'net': not built, expected one whose input shape is known"),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_a_network(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd) -> None:
    import keras

    monkeypatch.chdir(tmp_path)
    build, told = REFUSED[kind]
    build(keras).save("net.keras")
    capfd.readouterr()
    assert cli.run(["hls", "net.keras"]) == 2
    (line,) = [line for line in capfd.readouterr().err.splitlines() if line.startswith(("error: ", "Traceback"))]
    assert re.match(f"error: {told}", line), line
    made = {path.name for path in (tmp_path / "hls_projects").rglob("*") if path.is_dir()}
    assert made <= {"net", "log"}


@pytest.mark.parametrize("precision", ["fixed<65,2>", "fixed<99999999999,6>", "fixed<8,200>", "fixed<8>", "auto<40>"])
def test_a_type(precision: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd) -> None:
    monkeypatch.chdir(tmp_path)
    Path("net.keras").touch()
    assert cli.run(["rtl", "net.keras", "--precision", precision]) == 2
    assert f"precision '{precision}'" in capfd.readouterr().err
