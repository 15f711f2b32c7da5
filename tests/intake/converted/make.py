"""Makes the .tflite files beside it: small Keras models of a fixed seed through TensorFlow's converter.

    python make.py

They were made with TensorFlow 2.21.0: `<name>_float.tflite`, `<name>_half.tflite` (weights of float16),
`<name>_dynamic.tflite` (weights of 8 bits), `<name>_int8.tflite` (all of 8 bits, inputs and outputs, too).
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf
from keras import layers

HERE = Path(__file__).parent


def mlp() -> keras.Model:
    """Vectors."""
    return keras.Sequential(
        [keras.Input((6,)), layers.Dense(8, "relu"), layers.Dense(8, "tanh"), layers.Dense(4, "softmax")]
    )


def cnn() -> keras.Model:
    """Images, the batch norm folded by the converter."""
    return keras.Sequential(
        [
            keras.Input((12, 16, 1)),
            layers.Conv2D(4, 3, padding="same", use_bias=False),
            layers.BatchNormalization(),
            layers.ReLU(),
            layers.MaxPooling2D(),
            layers.Conv2D(4, 3, strides=2, activation="sigmoid"),
            layers.AveragePooling2D(2),
            layers.Flatten(),
            layers.Dense(5),
        ]
    )


def mobile() -> keras.Model:
    """Depthwise and pointwise, bounded activations, a mean of space."""
    return keras.Sequential(
        [
            keras.Input((10, 12, 3)),
            layers.ZeroPadding2D(((0, 1), (0, 1))),
            layers.Conv2D(4, 3, strides=2),
            layers.ReLU(6.0),
            layers.DepthwiseConv2D(3, padding="same", activation="relu"),
            layers.Conv2D(6, 1, activation="relu"),
            layers.GlobalAveragePooling2D(),
            layers.Dense(3),
        ]
    )


def residual() -> keras.Model:
    """Sums, products and concatenations of tensors."""
    x = given = keras.Input((8, 8, 2))
    x = layers.Conv2D(4, 3, padding="same", activation="relu")(x)
    y = layers.Conv2D(4, 3, padding="same")(x)
    x = layers.ReLU()(layers.Add()([x, y]))
    y = layers.Multiply()([x, layers.Conv2D(4, 1, activation="sigmoid")(x)])
    x = layers.Flatten()(layers.MaxPooling2D(4)(layers.Concatenate()([x, y])))
    return keras.Model(given, layers.Dense(3)(x))


def wave() -> keras.Model:
    """One axis of space, which TFLite has as the second of two."""
    return keras.Sequential(
        [
            keras.Input((20, 2)),
            layers.Conv1D(4, 3, padding="same", activation="relu"),
            layers.MaxPooling1D(2),
            layers.Conv1D(4, 3),
            layers.LeakyReLU(negative_slope=0.25),
            layers.Flatten(),
            layers.Dense(3, "softmax"),
        ]
    )


def wide() -> keras.Model:
    """Layers with so many weights that the converter brings them to 8 bits by themselves."""
    return keras.Sequential(
        [
            keras.Input((6, 6, 8)),
            layers.Conv2D(16, 3, activation="relu"),
            layers.DepthwiseConv2D(3, padding="same", activation="relu"),
            layers.Flatten(),
            layers.Dense(6),
        ]
    )


NETWORKS: dict[str, Callable[[], keras.Model]] = {
    "mlp": mlp,
    "cnn": cnn,
    "mobile": mobile,
    "residual": residual,
    "wave": wave,
    "wide": wide,
}

KINDS = dict.fromkeys(NETWORKS, ("float", "half", "int8")) | {"wide": ("dynamic",)}


def network(name: str) -> keras.Model:
    """A network of weights of a fixed seed; biases and means are not zero."""
    keras.utils.clear_session()
    keras.utils.set_random_seed(0)
    model = NETWORKS[name]()
    rng = np.random.default_rng(0)
    for layer in model.layers:
        arrays = layer.get_weights()
        layer.set_weights([array if array.ndim > 1 else rng.uniform(0.1, 1, array.shape) for array in arrays])
    return model


def converted(model: keras.Model, kind: str) -> bytes:
    """The file's content."""
    converter = tf.lite.TFLiteConverter.from_keras_model(model)
    if kind == "float":
        return converter.convert()
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    if kind == "half":
        converter.target_spec.supported_types = [tf.float16]
    if kind == "int8":
        examples = np.random.default_rng(1).uniform(-1, 1, (100, 1, *model.input_shape[1:])).astype(np.float32)
        converter.representative_dataset = lambda: ([example] for example in examples)
        converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
        converter.inference_input_type = converter.inference_output_type = tf.int8
    return converter.convert()


if __name__ == "__main__":
    for name in NETWORKS:
        for kind in KINDS[name]:
            (HERE / f"{name}_{kind}.tflite").write_bytes(converted(network(name), kind))
