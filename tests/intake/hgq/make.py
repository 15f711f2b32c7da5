"""Makes the models of HGQ2 in this folder, with inputs and what it makes of them: `python tests/intake/hgq/make.py`."""

from __future__ import annotations

import zipfile
from pathlib import Path

import hgq.layers as q
import keras
import numpy as np
from hgq.config import QuantizerConfig, QuantizerConfigScope
from hgq.utils import trace_minmax

HERE = Path(__file__).parent
FRAMES = 16
CHANNELS = {"heterogeneous_axis": (-1,), "homogeneous_axis": None}


def dense():
    """Other bits for each weight and each feature, a normalisation in the weights, one of its own."""
    x = given = keras.Input((16,), name="given")
    x = q.QDense(12, activation="relu", name="first")(x)
    x = q.QBatchNormDense(8, activation="relu", name="second")(x)
    x = q.QBatchNormalization(name="norm")(x)
    return keras.Model(given, q.QDense(5, name="last")(x))


def convolution():
    """Other bits for each channel, pooling, and a quantiser of what comes out."""
    x = given = keras.Input((8, 8, 2), name="given")
    with QuantizerConfigScope(place="datalane", **CHANNELS):
        x = q.QConv2D(4, 3, padding="same", activation="relu", name="conv")(x)
        x = q.QMaxPooling2D(2, name="pool")(x)
        x = q.QConv2D(3, 2, name="conv2", enable_oq=True)(x)
    x = keras.layers.Flatten(name="flat")(x)
    x = q.QDense(
        4,
        name="out",
        enable_oq=True,
        iq_conf=QuantizerConfig(place="datalane", heterogeneous_axis=()),
        oq_conf=QuantizerConfig(place="datalane", overflow_mode="SAT", heterogeneous_axis=()),
    )(x)
    return keras.Model(given, x)


def softmax():
    """One type for each tensor that saturates, and a softmax."""
    with QuantizerConfigScope(
        place="datalane", overflow_mode="SAT_SYM", round_mode="RND_CONV", homogeneous_axis=None, heterogeneous_axis=()
    ):
        x = given = keras.Input((10, 3), name="given")
        x = q.Quantizer(place="datalane", name="cast")(x)
        x = q.QConv1D(6, 3, activation="relu", name="conv")(x)
        x = q.QEinsumDense("bti,io->bto", (8, 4), bias_axes="o", name="sums")(x)
        x = q.QAveragePooling1D(2, name="mean")(x)
        x = keras.layers.Flatten(name="flat")(x)
        return keras.Model(given, q.QSoftmax(name="softmax")(q.QDense(5, name="last")(x)))


def spread(variable: keras.Variable, rng: np.random.Generator) -> None:
    """Other bits for each element, as a training leaves them, and numbers."""
    name, shape = variable.path.rpartition("/")[2], variable.shape
    if name in ("f", "b"):
        less = 2 if name == "f" else 1
        variable.assign(np.round(np.asarray(variable) - rng.integers(0, 3, shape) * less / 2))
    elif "variance" in name:
        variable.assign(rng.uniform(0.4, 3, shape))
    elif name in ("kernel", "bias", "bn_beta", "moving_mean"):
        variable.assign(rng.normal(0, 0.5, shape))
    elif "gamma" in name:
        variable.assign(rng.normal(1, 0.3, shape))


def packed(path: Path) -> None:
    """The archive compressed: Keras stores its members as they are."""
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, content in members.items():
            archive.writestr(name, content)


def main() -> None:
    """Write each model and `examples.npz`."""
    rng, kept = np.random.default_rng(3), {}
    for build in (dense, convolution, softmax):
        keras.utils.set_random_seed(2)
        model, name = build(), build.__name__
        for variable in model.variables:
            spread(variable, rng)
        x = rng.normal(0, 1, (256, *model.input_shape[1:])).astype(np.float32)
        trace_minmax(model, x)
        kept |= {f"{name}_x": x[:FRAMES], f"{name}_y": model.predict(x[:FRAMES], verbose=0)}
        model.save(HERE / f"{name}.keras")
        packed(HERE / f"{name}.keras")
    np.savez_compressed(HERE / "examples.npz", **kept)


if __name__ == "__main__":
    main()
