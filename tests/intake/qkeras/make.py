"""Makes the models of QKeras in this folder, with inputs and what QKeras makes of them. Run where QKeras is installed:

python -m venv q && q/bin/pip install "tensorflow-cpu==2.15.*" qkeras==0.9.0 "pyparsing<3.2" "numpy<2" setuptools
q/bin/python tests/intake/qkeras/make.py
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import qkeras as q
import tensorflow as tf

HERE = Path(__file__).parent
FRAMES = 16
L = tf.keras.layers


def dense():
    """The layers of the jet tagger, after a quantiser of its inputs."""
    bits = {"kernel_quantizer": q.quantized_bits(6, 0, alpha=1), "bias_quantizer": q.quantized_bits(6, 0, alpha=1)}
    x = [q.QActivation("quantized_bits(8,2,alpha=1)", name="given", input_shape=(16,))]
    x += [q.QDense(12, **bits, name="fc1"), q.QActivation(q.quantized_relu(6), name="relu1")]
    x += [q.QDense(10, **bits, activation="quantized_relu(6,2)", name="fc2")]
    x += [
        q.QDense(5, **bits, activation="quantized_bits(10,3,1,alpha=1)", name="fc3"),
        L.Activation("softmax", name="softmax"),
    ]
    return tf.keras.Sequential(x)


def convolution():
    """Kernels with powers of two for each filter, a normalisation in powers of two, pooling."""
    x = given = L.Input((8, 8, 3), name="given")
    x = q.QActivation("quantized_bits(8,1,alpha=1)", name="cast")(x)
    x = q.QConv2D(4, 3, kernel_quantizer="quantized_bits(4,0)", bias_quantizer="quantized_bits(5,1)", name="conv")(x)
    x = q.QActivation("quantized_relu(5,2)", name="relu")(x)
    x = L.MaxPooling2D(2, name="pool")(x)
    x = q.QConv2D(3, 2, padding="same", kernel_quantizer="quantized_po2(3)", use_bias=False, name="shifts")(x)
    x = q.QActivation("quantized_bits(7,3,alpha=1)", name="cast2")(x)
    x = L.Flatten(name="flat")(x)
    return tf.keras.Model(
        given,
        q.QDense(5, kernel_quantizer="binary(alpha='auto_po2')", bias_quantizer="quantized_bits(4)", name="out")(x),
    )


def binary():
    """Weights and activations of one bit."""
    x = [q.QActivation("quantized_bits(6,0,alpha=1)", name="given", input_shape=(20,))]
    x += [q.QDense(16, kernel_quantizer="binary(alpha=1)", use_bias=False, name="first")]
    x += [q.QActivation("binary(alpha=1)", name="sign")]
    x += [
        q.QDense(
            8,
            kernel_quantizer="stochastic_binary(alpha=0.5)",
            bias_quantizer="quantized_bits(6,2,alpha=1)",
            name="second",
        )
    ]
    x += [
        q.QActivation("stochastic_binary(alpha=1)", name="sign2"),
        q.QDense(4, kernel_quantizer="binary(alpha=1)", name="third", use_bias=False),
    ]
    return tf.keras.Sequential(x)


def ternary():
    """Scales that are no power of two, and thresholds."""
    x = [q.QActivation("quantized_bits(6,1,alpha=1)", name="given", input_shape=(12, 4))]
    x += [
        q.QConv1D(
            6, 3, kernel_quantizer="ternary(alpha='auto')", bias_quantizer="quantized_bits(6,0,alpha=1)", name="first"
        )
    ]
    x += [q.QActivation("ternary(alpha=1,threshold=0.5)", name="third"), L.Flatten(name="flat")]
    x += [
        q.QDense(
            5,
            kernel_quantizer="stochastic_ternary(alpha='auto_po2')",
            bias_quantizer="quantized_bits(6,0,alpha=1)",
            name="second",
        )
    ]
    return tf.keras.Sequential(x)


def folded():
    """Normalisations folded before they are quantised, an average by a quantised factor, other activations."""
    x = given = L.Input((8, 8, 3), name="given")
    x = q.QActivation("quantized_bits(8,0,alpha=1)", name="cast")(x)
    x = q.QConv2DBatchnorm(
        4, 3, kernel_quantizer="quantized_bits(6,2,alpha=1)", bias_quantizer="quantized_bits(8,3,alpha=1)", name="conv"
    )(x)
    x = q.QActivation("quantized_tanh(6)", name="tanh")(x)
    x = q.QAveragePooling2D(
        2, average_quantizer=q.quantized_bits(8, 0, alpha=1), activation="quantized_bits(8,0,alpha=1)", name="pool"
    )(x)
    x = q.QDepthwiseConv2D(3, depthwise_quantizer="quantized_bits(5,1,alpha=1)", use_bias=False, name="deep")(x)
    x = q.QActivation("quantized_sigmoid(6)", name="sigmoid")(x)
    return tf.keras.Model(given, x)


def normalised():
    """A QBatchNormalization, whose factor is no power of two, in front of a quantiser."""
    x = [q.QActivation("quantized_bits(8,2,alpha=1)", name="given", input_shape=(16,))]
    x += [q.QDense(8, kernel_quantizer="quantized_bits(5,0,alpha=1)", use_bias=False, name="first")]
    x += [q.QBatchNormalization(name="norm"), q.QActivation("quantized_relu(4,2)", name="relu")]
    x += [
        q.QDense(
            3,
            kernel_quantizer="quantized_bits(5,0,1,alpha='auto')",
            bias_quantizer="quantized_bits(5,0,alpha=1)",
            name="last",
        )
    ]
    return tf.keras.Sequential(x)


def filled(weight: tf.Variable, rng: np.random.Generator) -> np.ndarray:
    """Numbers as a training might leave them."""
    if weight.dtype != tf.float32:
        return weight.numpy()
    if "variance" in weight.name:
        return rng.uniform(0.4, 3, weight.shape)
    return rng.normal(1 if "gamma" in weight.name else 0, 0.4, weight.shape)


def main() -> None:
    """Write each model and `examples.npz`."""
    rng, kept = np.random.default_rng(5), {}
    for build in (dense, convolution, binary, ternary, folded, normalised):
        tf.keras.utils.set_random_seed(1)
        model, name = build(), build.__name__
        model.set_weights([filled(weight, rng) for weight in model.weights])
        x = rng.normal(0, 1, (FRAMES, *model.input_shape[1:])).astype(np.float32)
        kept |= {f"{name}_x": x, f"{name}_y": model.predict(x, verbose=0)}
        model.save(HERE / f"{name}.h5", include_optimizer=False)
        if build is convolution:
            (HERE / "architecture.json").write_text(model.to_json())
            model.save_weights(HERE / "architecture_weights.h5")
            model.save(HERE / "archive.keras")
    np.savez_compressed(HERE / "examples.npz", **kept)


if __name__ == "__main__":
    main()
