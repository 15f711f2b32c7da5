"""Models of HGQ2 as Keras' own layers with types, beside what HGQ2 made of the same inputs (`make.py`)."""

from __future__ import annotations

import importlib.util
import json
import zipfile
from pathlib import Path

import keras
import numpy as np
import pytest

from accel.errors import AccelError
from accel.intake import files
from accel.intake.quantised import Quantised

HERE = Path(__file__).parent
EXAMPLES = np.load(HERE / "examples.npz")


@pytest.mark.parametrize("name", ["dense", "convolution"])
def test_a_model_gives_what_hgq2_gave(name: str) -> None:
    reading, x, expected = files.read(HERE / f"{name}.keras"), EXAMPLES[f"{name}_x"], EXAMPLES[f"{name}_y"]
    assert len(np.unique(expected)) > 10
    assert np.array_equal(Quantised(reading.model, reading.types)(x), expected)
    assert np.array_equal(reading.outputs(x), expected)
    assert all(type(layer).__module__.startswith("keras.") for layer in reading.model.layers)
    assert reading.told.endswith("gives what HGQ2 gives.")


def test_a_softmax_is_keras_own_and_told() -> None:
    reading, x = files.read(HERE / "softmax.keras"), EXAMPLES["softmax_x"]
    assert "its softmax, softmax, is Keras' own" in reading.told
    assert np.array_equal(reading.outputs(x), EXAMPLES["softmax_y"])
    logits = Quantised(reading.model, reading.types).tensors(x)["last"]
    assert np.array_equal(logits.argmax(-1), EXAMPLES["softmax_y"].argmax(-1))


def test_numbers_beyond_all_examples_wrap_as_they_do_in_hgq2() -> None:
    reading = files.read(HERE / "dense.keras")
    x = np.random.default_rng(6).normal(0, 30, (64, 16)).astype(np.float32)
    assert np.array_equal(Quantised(reading.model, reading.types)(x), reading.outputs(x))


def saved(tmp_path: Path, *layers: object) -> Path:
    """A Sequential of HGQ2's and other layers in a file."""
    model = keras.Sequential([keras.Input((8, 8, 2)), *layers])
    model.save(tmp_path / "net.keras")
    return tmp_path / "net.keras"


def test_all_layers_that_cannot_be_read_are_named(tmp_path: Path) -> None:
    import hgq.layers as q
    from hgq.config import QuantizerConfig

    pixels = q.QConv2D(2, 3, name="pixels")
    bounded = QuantizerConfig(place="datalane", overflow_mode="SAT", heterogeneous_axis=(-1,), homogeneous_axis=None)
    channels = q.QConv2D(2, 3, name="channels", iq_conf=bounded)
    path = saved(tmp_path, pixels, channels, keras.layers.UpSampling2D(name="up"))
    with zipfile.ZipFile(path) as archive:
        assert "config.json" in archive.namelist()
    model = keras.models.load_model(path)
    rng = np.random.default_rng(0)
    for name in ("pixels", "channels"):
        bits = model.get_layer(name).iq.quantizer._f
        bits.assign(np.asarray(bits) + rng.integers(0, 3, bits.shape))
    model.save(path)
    with pytest.raises(AccelError) as caught:
        files.read(path)
    for told in (
        "layer 'pixels' (QConv2D): a quantiser with other bits for each position",
        "layer 'channels' (QConv2D): SAT to other bounds for each channel",
        "layer 'up' (UpSampling2D): is not read",
    ):
        assert told in str(caught.value)


def changed(tmp_path: Path, **entry: str) -> Path:
    """`dense.keras` with another class in the place of its first QDense."""
    path = tmp_path / "changed.keras"
    with zipfile.ZipFile(HERE / "dense.keras") as old, zipfile.ZipFile(path, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "config.json":
                config = json.loads(content)
                config["config"]["layers"][1] |= entry
                content = json.dumps(config).encode()
            new.writestr(name, content)
    return path


def test_only_what_is_listed_is_made(tmp_path: Path) -> None:
    for entry in ({"registered_name": "hgq>Other", "class_name": "Other"}, {"module": "os"}):
        with pytest.raises(AccelError, match=r"layer 'first' .*whose code is not in the file"):
            files.read(changed(tmp_path, **entry))


def test_without_the_package_it_is_said_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(AccelError, match="a model of HGQ2, which is not installed here: pip install hgq2"):
        files.read(HERE / "dense.keras")
