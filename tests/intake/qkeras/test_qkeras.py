"""Models of QKeras read without it, beside what it made of the same inputs (`make.py`)."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import h5py
import numpy as np
import pytest

from accel.errors import AccelError
from accel.fixed import Fixed
from accel.intake import files
from accel.intake.qkeras.activations import steps
from accel.intake.qkeras.quantisers import parse, quantised

HERE = Path(__file__).parent
EXAMPLES = np.load(HERE / "examples.npz")
NAMES = ("dense", "convolution", "binary", "ternary", "folded", "normalised")

ROUNDING = 1e-6
"""Of QKeras' float32, relative to outputs of about 1: below any step of a quantiser in these models."""


def outputs_of(name: str) -> tuple[np.ndarray, np.ndarray]:
    """What is read from `name`.h5 makes of the stored inputs, and what QKeras made."""
    return files.read(HERE / f"{name}.h5").outputs(EXAMPLES[f"{name}_x"]), EXAMPLES[f"{name}_y"]


@pytest.mark.parametrize("name", NAMES)
def test_a_model_gives_what_qkeras_gave(name: str) -> None:
    made, expected = outputs_of(name)
    assert made.shape == expected.shape and len(np.unique(expected)) > 5
    assert np.max(np.abs(made - expected)) < ROUNDING


@pytest.mark.parametrize("name", ["convolution", "binary", "ternary", "folded"])
def test_in_fixed_point_it_is_equal(name: str) -> None:
    made, expected = outputs_of(name)
    assert np.array_equal(made, expected)


def test_an_architecture_with_weights_beside_it() -> None:
    made = files.read(HERE / "architecture.json", HERE / "architecture_weights.h5").outputs(EXAMPLES["convolution_x"])
    assert np.array_equal(made, EXAMPLES["convolution_y"])


def test_an_archive_of_keras_2() -> None:
    reading = files.read(HERE / "archive.keras")
    assert np.array_equal(reading.outputs(EXAMPLES["convolution_x"]), EXAMPLES["convolution_y"])


def test_an_archive_of_keras_3(tmp_path: Path) -> None:
    """As QKeras' port to Keras 3 writes it: what a layer reads in `args`, and names beside the arrays."""
    with zipfile.ZipFile(HERE / "archive.keras") as file:
        config, weights = json.loads(file.read("config.json")), file.read("model.weights.h5")
    for entry in config["config"]["layers"]:
        settings, calls = entry["config"], entry["inbound_nodes"]
        entry["registered_name"] = f"qkeras>{entry['class_name']}" if entry["class_name"].startswith("Q") else None
        settings |= {"quantization_config": None} if entry["class_name"] == "QDense" else {}
        entry["inbound_nodes"] = [{"args": [_tensor(call[0][:3])], "kwargs": {}} for call in calls]
    (tmp_path / "model.weights.h5").write_bytes(weights)
    with h5py.File(tmp_path / "model.weights.h5", "r+") as file:
        convolutions = file["layers/q_conv2d"], file["layers/q_conv2d_1"]
        for group, name in zip(convolutions, ("conv", "shifts"), strict=True):
            group["vars"].attrs["name"] = name
        file.move("layers/q_conv2d", "layers/other")
    with zipfile.ZipFile(tmp_path / "net.keras", "w") as file:
        file.writestr("config.json", json.dumps(config))
        file.writestr("metadata.json", '{"keras_version": "3.14.1"}')
        file.write(tmp_path / "model.weights.h5", "model.weights.h5")
    made = files.read(tmp_path / "net.keras").outputs(EXAMPLES["convolution_x"])
    assert np.array_equal(made, EXAMPLES["convolution_y"])


def _tensor(history: list) -> dict:
    return {"class_name": "__keras_tensor__", "config": {"shape": [None], "keras_history": history}}


def test_types_come_with_it_and_quantisers_stand_in_the_layers_before_them() -> None:
    reading = files.read(HERE / "dense.h5")
    types = {f"{name}.{kind}": str(type_) for name, own in reading.types.items() for kind, type_ in own.items()}
    assert types == {
        "given_input.result": "fixed<8,3,RND_CONV,SAT>",
        "fc1.weight": "fixed<6,1,RND_CONV,SAT>",
        "fc1.bias": "fixed<6,1,RND_CONV,SAT>",
        "relu1.result": "ufixed<6,0,RND_CONV,SAT>",
        "fc2.weight": "fixed<6,1,RND_CONV,SAT>",
        "fc2.bias": "fixed<6,1,RND_CONV,SAT>",
        "fc2_relu.result": "ufixed<6,2,RND_CONV,SAT>",
        "fc3.weight": "fixed<6,1,RND_CONV,SAT>",
        "fc3.bias": "fixed<6,1,RND_CONV,SAT>",
        "fc3.result": "fixed<10,4,RND_CONV,SAT_SYM>",
    }
    assert "QKeras (Keras 2.15.0)" in reading.told and "no power of two" not in reading.told


def test_scales_that_are_no_power_of_two_are_named() -> None:
    assert "layers of their own: first_alpha" in files.read(HERE / "ternary.h5").told


@pytest.mark.parametrize(
    ("text", "values", "expected"),
    [
        ("quantized_bits(4,0,alpha=1)", [0.1, -0.9, 0.0625, 0.1875, 3.0, -3.0], [0.125, -0.875, 0, 0.25, 0.875, -1]),
        ("quantized_bits(4,0,1,alpha=1)", [3.0, -3.0], [0.875, -0.875]),
        ("quantized_bits(3,0,keep_negative=False,alpha=1)", [-1.0, 0.3, 2.0], [0, 0.25, 0.875]),
        ("quantized_bits(4,0,alpha=0.5)", [0.3, -2.0], [0.125, -0.5]),
        ("binary(alpha=1)", [0.0, -0.1, 5.0], [1, -1, 1]),
        ("binary(use_01=True,alpha=1)", [0.0, -0.1], [1, 0]),
        ("ternary()", [0.32, 0.34, -0.5], [0, 1, -1]),
        ("ternary(alpha=2,threshold=0.5)", [0.5, 0.4, -0.5], [2, 0, -2]),
        ("quantized_po2(3)", [0.3, -3.0, 0.01], [0.25, -2.0, 0.25]),
        ("quantized_relu_po2(3)", [0.3, -3.0, 100.0], [0.25, 0.0625, 8.0]),
    ],
)
def test_formulas_of_quantisers(text: str, values: list[float], expected: list[float]) -> None:
    whole, scale = quantised(np.array(values), parse(text))
    assert np.array_equal(whole * scale, expected)


def test_a_quantiser_of_trained_numbers_without_a_scale_gets_one() -> None:
    assert parse("quantized_bits(4)", trained=True).settings["alpha"] == "auto_po2"
    assert parse("quantized_bits(4)").type == Fixed(4, 1, True, *parse_modes("fixed<4,1,RND_CONV,SAT>"))


def parse_modes(text: str) -> tuple:
    """The rounding and overflow of a type."""
    type_ = Fixed.parse(text)
    return type_.rounding, type_.overflow


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("__import__('os').abort()", "expected text such as"),
        ("quantized_bits(exit())", "expected text such as"),
        ("[1]", "expected text such as"),
        ("quantized_bit(4)", "did you mean quantized_bits"),
        ("quantized_bits(4,qnoise_factor=0.5)", "qnoise_factor=0.5; expected 1.0"),
        ("quantized_bits(4,colour=1)", "colour=1; expected bits"),
        ("quantized_bits(4,alpha='auto')", "alpha=auto of what a layer puts out"),
        ("quantized_relu(4,0,negative_slope=0.25)", "negative_slope=0.25; expected 0"),
        ("quantized_relu(4,2,relu_upper_bound=1.5,is_quantized_clip=False)", "relu_upper_bound=1.5; expected at least"),
        ("quantized_po2(4)", "quantized_po2 of what a layer puts out"),
        ("quantized_sigmoid(4,symmetric=True)", "symmetric=True; expected False"),
    ],
)
def test_activations_that_are_refused(text: str, told: str) -> None:
    with pytest.raises(AccelError, match=".*") as caught:
        steps(text)
    assert told in str(caught.value)


def test_all_layers_that_cannot_be_read_are_named(tmp_path: Path) -> None:
    path = tmp_path / "net.h5"
    path.write_bytes((HERE / "dense.h5").read_bytes())
    with h5py.File(path, "r+") as file:
        config = json.loads(file.attrs["model_config"])
        layers = {entry["config"]["name"]: entry for entry in config["config"]["layers"]}
        layers["relu1"]["config"]["activation"] = "quantized_ulaw(4)"
        layers["fc1"]["class_name"] = "QLSTM"
        file.attrs["model_config"] = json.dumps(config)
    with pytest.raises(AccelError) as caught:
        files.read(path)
    assert "layer 'fc1' (QLSTM): is not read" in str(caught.value)
    assert "layer 'relu1' (QActivation): quantiser quantized_ulaw" in str(caught.value)
