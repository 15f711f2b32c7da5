"""Makes the .onnx files beside it: small models of Keras 2 of a fixed seed, channels last, through tf2onnx.

    python -m pip install "tensorflow-cpu==2.15.*" tf2onnx && python make.py

They were made with tf2onnx 1.17.0: `<name>_<opset>.onnx`.
"""

from __future__ import annotations

from pathlib import Path

import keras
import tensorflow as tf
import tf2onnx
from keras import layers

HERE = Path(__file__).parent

NETWORKS = {
    "mlp": [keras.Input((6,)), layers.Dense(8, "relu"), layers.Dense(4, "softmax")],
    "cnn": [
        keras.Input((12, 16, 1)),
        layers.Conv2D(4, 3, padding="same"),
        layers.BatchNormalization(),
        layers.ReLU(),
        layers.MaxPooling2D(),
        layers.Conv2D(4, 3, activation="sigmoid"),
        layers.GlobalAveragePooling2D(),
        layers.Dense(3),
    ],
    "wave": [
        keras.Input((20, 2)),
        layers.Conv1D(4, 3, activation="relu"),
        layers.MaxPooling1D(2),
        layers.Flatten(),
        layers.Dense(3),
    ],
    "steps": [keras.Input((7, 5)), layers.LSTM(4), layers.Dense(3)],
    "backwards": [
        keras.Input((7, 5)),
        layers.LSTM(4, go_backwards=True, return_sequences=True),
        layers.GRU(4, go_backwards=True),
        layers.Dense(3),
    ],
}
OPSETS = {"mlp": (9, 15), "cnn": (13,), "wave": (11, 17), "steps": (15,), "backwards": (15,)}

if __name__ == "__main__":
    for name, stack in NETWORKS.items():
        keras.utils.set_random_seed(0)
        model = keras.Sequential(stack)
        given = tf.TensorSpec((1, *model.input_shape[1:]), tf.float32, name="x")
        for opset in OPSETS[name]:
            tf2onnx.convert.from_keras(model, (given,), opset=opset, output_path=HERE / f"{name}_{opset}.onnx")
