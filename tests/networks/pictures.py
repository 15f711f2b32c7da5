"""Networks on pictures that are no classifiers of a chain of layers alone, and the one of hls4ml's paper on CNNs."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import keras


def svhn() -> keras.Model:
    """House numbers (Aarrestad et al., *Fast convolutional neural networks on FPGAs with hls4ml*, 2021)."""
    import keras
    from keras import layers

    x = inputs = keras.Input((32, 32, 3))
    for channels in (16, 16, 24):
        x = layers.Conv2D(channels, 3, use_bias=False)(x)
        x = layers.ReLU()(layers.BatchNormalization()(x))
        x = layers.MaxPooling2D()(x)
    x = layers.Flatten()(x)
    for units in (42, 64):
        x = layers.Dense(units, use_bias=False)(x)
        x = layers.ReLU()(layers.BatchNormalization()(x))
    return keras.Model(inputs, layers.Dense(10, "softmax")(x))


def unet() -> keras.Model:
    """Segmentation of 32 by 32 pixels: two levels down and up, each joined to what came at its size before
    (Ronneberger et al. 2015).
    """
    import keras
    from keras import layers

    inputs = keras.Input((32, 32, 1))
    first = _twice(inputs, 8)
    second = _twice(layers.MaxPooling2D()(first), 16)
    x = _twice(layers.MaxPooling2D()(second), 32)
    for before, channels in ((second, 16), (first, 8)):
        x = layers.Conv2D(channels, 3, padding="same", activation="relu")(layers.UpSampling2D()(x))
        x = _twice(layers.Concatenate()([before, x]), channels)
    return keras.Model(inputs, layers.Conv2D(1, 1, activation="sigmoid")(x))


def bytes_in_front() -> keras.Model:
    """A small classifier of pictures of bytes, which it divides by 255 itself."""
    import keras
    from keras import layers

    inputs = keras.Input((16, 16, 1))
    x = layers.Conv2D(8, 3, activation="relu")(inputs / 255.0)
    x = layers.Conv2D(8, 3, strides=2, activation="relu")(x)
    x = layers.GlobalAveragePooling2D()(x)
    return keras.Model(inputs, layers.Dense(10, "softmax")(x))


def two_and_two() -> keras.Model:
    """A picture and a row of numbers; a class and a position."""
    import keras
    from keras import layers

    picture, numbers = keras.Input((16, 16, 3), name="picture"), keras.Input((12,), name="numbers")
    x = layers.Conv2D(8, 3, strides=2, activation="relu")(picture)
    x = layers.Conv2D(16, 3, strides=2, activation="relu")(x)
    x = layers.GlobalMaxPooling2D()(x)
    both = layers.Concatenate()([x, layers.Dense(16, "relu")(numbers)])
    both = layers.Dense(32, "relu")(both)
    kind = layers.Dense(5, "softmax", name="kind")(both)
    place = layers.Dense(2, name="place")(both)
    return keras.Model([picture, numbers], [kind, place])


def _twice(x: keras.KerasTensor, channels: int) -> keras.KerasTensor:
    """Two convolutions."""
    from keras import layers

    for _ in range(2):
        x = layers.Conv2D(channels, 3, padding="same", activation="relu")(x)
    return x
