"""Files that Keras 1.2.2, 2.3.1 and 2.15.0 wrote (`old_keras/make.py`), and the outputs that those computed."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import h5py
import numpy as np
import pytest

from accel.errors import AccelError
from accel.intake import files
from accel.intake.keras2 import original, weights
from accel.intake.keras2.model import build
from accel.intake.rewrite import rewrite
from accel.source import resolve

FOLDER = Path(__file__).parent / "old_keras"
STORED = sorted(path.stem for path in FOLDER.glob("*.npz"))
NAMES = {
    "split": ("split.json",),
    "keras2_15_0_split": ("split.json", "split.json,keras2_15_0_split_weights.h5", "folder", "archive.keras"),
}
"""What the model of the outputs called `*split` was written to."""


def cases() -> list[tuple[str, str]]:
    found = []
    for stem in STORED:
        prefix = stem.removesuffix("split")
        names = NAMES.get(stem, NAMES["split"]) if stem != prefix else (".h5",)
        found += [(stem, prefix + name) for name in names]
    return found


def test_all_versions_are_here() -> None:
    assert {stem.rpartition("_")[0] for stem in STORED} == {"keras1_2_2", "keras2_3_1", "keras2_15_0"}
    assert len(cases()) == 17


@pytest.mark.parametrize(("outputs", "name"), cases())
def test_the_outputs_are_those_of_the_version_that_wrote_it(outputs: str, name: str) -> None:
    known = np.load(FOLDER / f"{outputs}.npz")
    source = resolve(str(FOLDER / name).replace(",", f",{FOLDER}/"))
    reading = files.read(source.path, source.weights)
    np.testing.assert_allclose(reading.outputs(known["x"]), known["y"], rtol=0, atol=1e-6)
    assert np.ptp(known["y"]) > 0.01
    assert "translated to Keras 3" in reading.told and "\n" not in reading.told
    if "keras1" not in name:
        assert ("equal those of tf_keras" in reading.told) == original.here()


@pytest.mark.parametrize("name", ["net", "net.h5", "net.keras"])
def test_wrapped_layers(name: str, tmp_path: Path) -> None:
    """Both directions, and a model on each step: written here, by tf_keras."""
    import tf_keras

    layers, rng = tf_keras.layers, np.random.default_rng(2)
    inner = tf_keras.Sequential([layers.Dense(3, input_shape=(4,)), layers.BatchNormalization(), layers.Dense(2)])
    x = inputs = layers.Input((6, 3))
    for layer in (
        layers.Bidirectional(layers.GRU(2, return_sequences=True)),
        layers.TimeDistributed(inner),
        layers.SeparableConv1D(3, 2),
        layers.PReLU(),
        layers.Flatten(),
        layers.Dense(2),
    ):
        x = layer(x)
    model = tf_keras.Model(inputs, x)
    model.set_weights([rng.uniform(0.2, 0.9, array.shape) for array in model.get_weights()])
    model.save(tmp_path / name)
    given = rng.uniform(-1, 1, (4, 6, 3)).astype(np.float32)
    reading = files.read(resolve(str(tmp_path / name)).path)
    np.testing.assert_allclose(reading.outputs(given), model.predict(given, verbose=0), rtol=0, atol=1e-5)
    assert "equal those of tf_keras" in reading.told


def test_operations_of_tensorflow_between_layers(tmp_path: Path) -> None:
    """Cuts, new axes, means, the largest, in whatever order their arguments come: written here, by tf_keras."""
    import tensorflow as tf
    import tf_keras

    layers, rng = tf_keras.layers, np.random.default_rng(2)
    given = layers.Input((6, 4))
    one = tf.nn.leaky_relu(layers.Conv1D(3, 2)(given[:, 1:, :2]), alpha=0.25)
    two = tf.reduce_max(layers.Conv2D(3, 2)(given[..., tf.newaxis]), keepdims=True, axis=2)
    both = tf.concat([one[:, -1, :], tf.reduce_mean(tf.squeeze(two, 2), axis=1)], -1)
    turned = tf.nn.relu6(tf.transpose(tf.expand_dims(both, 1), perm=[0, 2, 1]))
    model = tf_keras.Model(given, layers.Dense(2)(layers.Flatten()(turned)))
    model.set_weights([rng.uniform(-0.9, 0.9, array.shape) for array in model.get_weights()])
    model.save(tmp_path / "net.h5")
    x = rng.uniform(-1, 1, (4, 6, 4)).astype(np.float32)
    reading = files.read(tmp_path / "net.h5")
    np.testing.assert_allclose(reading.outputs(x), model.predict(x, verbose=0), rtol=0, atol=1e-5)
    assert "equal those of tf_keras" in reading.told


def test_half_precision_is_compared_with_its_own_exactness(tmp_path: Path) -> None:
    import tf_keras

    layers = tf_keras.layers
    half = {"dtype": "mixed_float16"}
    tf_keras.utils.set_random_seed(1)
    model = tf_keras.Sequential([layers.Conv1D(8, 3, input_shape=(12, 4), **half), layers.Flatten(**half)])
    model.add(layers.Dense(3))
    model.save(tmp_path / "net.h5")
    assert "equal those of tf_keras (to 0.000" in files.read(tmp_path / "net.h5").told
    old = [np.array([[0.5, -2.0]])]
    with pytest.raises(AccelError, match="differ by 0.05 from those in tf_keras"):
        original.equal(old, [old[0] + 0.05], original.HALF)


def test_layers_that_act_in_training_only_are_left_out(tmp_path: Path) -> None:
    import tf_keras

    layers = tf_keras.layers
    steps = [
        layers.RandomFlip("horizontal", input_shape=(6, 6, 2)),
        layers.RandomZoom(0.2, seed=1),
        layers.Conv2D(2, 3),
    ]
    tf_keras.Sequential([*steps, layers.Flatten()]).save(tmp_path / "net.h5")
    reading = files.read(tmp_path / "net.h5")
    assert "equal those of tf_keras" in reading.told
    assert [type(layer).__name__ for layer in rewrite(reading.model).layers] == ["InputLayer", "Conv2D", "Flatten"]


def test_a_translation_that_computes_something_else_is_no_translation() -> None:
    old = [np.array([[0.5, -2.0]])]
    assert "to 1e-06" in original.equal(old, [old[0] + 1e-6])
    with pytest.raises(AccelError, match="differ by 0.001 from those in tf_keras"):
        original.equal(old, [old[0] + 1e-3])
    with pytest.raises(AccelError, match="differ by nan"):
        original.equal(old, [old[0] * np.nan])


@pytest.mark.parametrize(("kind", "gates"), [("LSTM", 4), ("GRU", 3)])
def test_weights_of_cudnn(kind: str, gates: int) -> None:
    """The gates that cuDNN computes, W x + b_w + R h + b_r with its own matrices, are those of the converted arrays."""
    rng = np.random.default_rng(1)
    inputs, units = 5, 3
    own = [rng.normal(size=(units, inputs)) for _ in range(gates)]
    recurrent = [rng.normal(size=(units, units)) for _ in range(gates)]
    bias = rng.normal(size=2 * gates * units)
    stored = np.hstack([matrix.reshape(inputs, units) for matrix in own])  # its rows, in the shape that Keras has
    settings = {"name": "rnn", "units": units}
    config = {"class_name": f"CuDNN{kind}", "config": settings | {"batch_input_shape": [None, 4, inputs]}}
    made = build({"class_name": "Sequential", "config": [config]})
    weights.fill(made.parts, {"rnn": [stored, np.hstack(recurrent), bias]}, weights.Origin())
    x, h = rng.normal(size=inputs), rng.normal(size=units)
    expected = np.concatenate([w @ x + r @ h for w, r in zip(own, recurrent, strict=True)])
    kernel, inner, biases = made.parts[0].layer.get_weights()
    np.testing.assert_allclose(x @ kernel + h @ inner, expected, atol=1e-5)
    both = biases.reshape(-1, gates * units).sum(axis=0)
    np.testing.assert_allclose(both, bias.reshape(2, -1).sum(axis=0), atol=1e-6)
    assert made.parts[0].layer.recurrent_activation.__name__ == "sigmoid"
    assert getattr(made.parts[0].layer, "reset_after", True)


def changed(tmp_path: Path, change) -> Path:
    """A copy of a stored model whose configuration was changed."""
    path = tmp_path / "net.h5"
    shutil.copy(FOLDER / "keras2_15_0_small.h5", path)
    with h5py.File(path, "a") as file:
        config = json.loads(file.attrs["model_config"])
        change(config["config"]["layers"])
        file.attrs["model_config"] = json.dumps(config)
    return path


def settings_of(name: str, **settings):
    def change(layers: list) -> None:
        next(layer for layer in layers if layer["config"]["name"] == name)["config"].update(settings)

    return change


def kind_of(name: str, kind: str):
    def change(layers: list) -> None:
        next(layer for layer in layers if layer["config"]["name"] == name)["class_name"] = kind

    return change


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (settings_of("lstm", time_major=True), r"layer 'lstm' \(LSTM\): time_major=True .* expected time_major=False"),
        (settings_of("conv", twist=3), r"layer 'conv' \(Conv1D\): twist=3 .* expected a layer without it"),
        (settings_of("dense", activation="mine"), r"layer 'dense' \(Dense\): activation=mine is no function of Keras"),
        (settings_of("dense", units=3), r"layer 'dense' \(Dense\): weights of shapes .* expected \[\(3, 3\), \(3,\)\]"),
        (settings_of("conv", padding="odd"), r"layer 'conv' \(Conv1D\): .*padding.*odd"),
        (
            settings_of("dense", units=10**12),
            r"layer 'dense' \(Dense\): its weights would take 12,000,000,000,000 bytes",
        ),
        (kind_of("pool", "PruneLowMagnitude"), "the model after tfmot's strip_pruning"),
        (kind_of("pool", "Lambda"), r"layer 'pool' \(Lambda\): holds code, which is never run; expected"),
        (kind_of("dense", "QLSTM"), r"layer 'dense' \(QLSTM\): is not read; expected one of QDense"),
        (
            kind_of("pool", "RNN"),
            r"layer 'pool' \(RNN\): is not translated from old files; expected .* saved by Keras 3",
        ),
        (kind_of("dense", "MyDense"), r"layer 'dense' \(MyDense\): a class that is none of Keras' own .* expected"),
        (
            lambda layers: layers.pop(4),
            "weights of the layers conv, lstm, gru, dense; expected those of conv, lstm, dense",
        ),
    ],
)
def test_refused_with_the_layer_and_what_to_do(tmp_path: Path, change, told: str) -> None:
    path = changed(tmp_path, change)
    with pytest.raises(AccelError, match=told) as caught:
        files.read(path)
    assert str(caught.value).startswith(f"{path}: ") and "\n" not in str(caught.value)


def test_arrays_in_another_file_are_refused(tmp_path: Path) -> None:
    path = changed(tmp_path, lambda layers: None)
    with h5py.File(path, "a") as file:
        group = file["model_weights/dense/dense"]
        del group["kernel:0"]
        other = FOLDER / "keras2_15_0_small.h5"
        group["kernel:0"] = h5py.ExternalLink(str(other), "model_weights/dense/dense/kernel:0")
    with pytest.raises(AccelError, match="lies in another file"):
        files.read(path)


def test_weights_of_an_architecture(tmp_path: Path) -> None:
    (tmp_path / "net.json").write_text((FOLDER / "keras2_3_1_split.json").read_text())
    with pytest.raises(AccelError, match=r"net.json: an architecture, .* net_weights.h5.*none of them.*MODEL="):
        resolve(str(tmp_path / "net.json"))
    for name in ("net.h5", "net_weights.h5"):
        shutil.copy(FOLDER / "keras2_3_1_split_weights.h5", tmp_path / name)
    assert resolve(f"{tmp_path}/net.json,{tmp_path}/net.h5").weights == tmp_path / "net.h5"
    with pytest.raises(AccelError, match=r"there is net.h5 and net_weights.h5"):
        resolve(str(tmp_path / "net.json"))
    with pytest.raises(AccelError, match=r"net_weights.h5: holds weights only; .* net.json beside it"):
        files.read(tmp_path / "net_weights.h5")
