"""The four networks of MLPerf Tiny (Banbury et al., *MLPerf Tiny Benchmark*, 2021), layer by layer as its reference has
them. Dropout is left out: it does nothing once a network is trained.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import keras

BLOCKS = ((16, 1), (32, 2), (32, 1), (64, 2), (64, 1), (128, 2), *[(128, 1)] * 5, (256, 2), (256, 1))
"""Channels and stride of MobileNet's separable convolutions, at a width of 0.25."""


def ds_cnn() -> keras.Model:
    """Keyword spotting: 49 frames of 10 coefficients, 12 classes."""
    import keras
    from keras import layers

    inputs = keras.Input((49, 10, 1))
    x = _convolved(inputs, 64, (10, 4), 2)
    for _ in range(4):
        x = _separable(x, 64)
    x = layers.AveragePooling2D(x.shape[1:3])(x)
    x = layers.Flatten()(x)
    return keras.Model(inputs, layers.Dense(12, "softmax")(x))


def resnet8() -> keras.Model:
    """Image classification: 32 by 32 pixels, 10 classes; three residual blocks."""
    import keras
    from keras import layers

    inputs = keras.Input((32, 32, 3))
    x = _convolved(inputs, 16, 3)
    for channels, stride in ((16, 1), (32, 2), (64, 2)):
        y = _convolved(x, channels, 3, stride)
        y = layers.Conv2D(channels, 3, padding="same")(y)
        y = layers.BatchNormalization()(y)
        if stride > 1:
            x = layers.Conv2D(channels, 1, strides=stride, padding="same")(x)
        x = layers.ReLU()(layers.Add()([x, y]))
    x = layers.AveragePooling2D(x.shape[1:3])(x)
    x = layers.Flatten()(x)
    return keras.Model(inputs, layers.Dense(10, "softmax")(x))


def mobilenet() -> keras.Model:
    """Visual wake words: MobileNetV1 of a quarter of the width, 96 by 96 pixels, a person or none."""
    import keras
    from keras import layers

    inputs = keras.Input((96, 96, 3))
    x = _convolved(inputs, 8, 3, 2)
    for channels, stride in BLOCKS:
        x = _separable(x, channels, stride)
    x = layers.AveragePooling2D(x.shape[1:3])(x)
    x = layers.Flatten()(x)
    return keras.Model(inputs, layers.Dense(2, "softmax")(x))


def autoencoder() -> keras.Model:
    """Anomaly detection: five frames of 128 mel bands through eight numbers and back."""
    import keras
    from keras import layers

    x = inputs = keras.Input((640,))
    for units in (128, 128, 128, 128, 8, 128, 128, 128, 128):
        x = layers.Dense(units)(x)
        x = layers.BatchNormalization()(x)
        x = layers.ReLU()(x)
    return keras.Model(inputs, layers.Dense(640)(x))


def _convolved(
    x: keras.KerasTensor, channels: int, kernel: int | tuple[int, int], stride: int = 1
) -> keras.KerasTensor:
    """A convolution with batch normalisation and ReLU."""
    from keras import layers

    x = layers.Conv2D(channels, kernel, strides=stride, padding="same")(x)
    return layers.ReLU()(layers.BatchNormalization()(x))


def _separable(x: keras.KerasTensor, channels: int, stride: int = 1) -> keras.KerasTensor:
    """A depthwise convolution and a 1 by 1 one, both with batch normalisation and ReLU."""
    from keras import layers

    x = layers.DepthwiseConv2D(3, strides=stride, padding="same")(x)
    x = layers.ReLU()(layers.BatchNormalization()(x))
    return _convolved(x, channels, 1)
