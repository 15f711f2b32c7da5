"""Networks on sequences: those of hls4ml's papers on recurrent networks (Khoda et al., *Ultra-low latency recurrent
neural network inference on FPGAs for physics applications with hls4ml*, 2022), and a temporal convolutional network.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import keras


def top_tag(kind: str) -> keras.Model:
    """Jets of top quarks: 20 particles of 6 features, 20 units; ``kind`` is `LSTM` or `GRU`."""
    return _recurrent(kind, (20, 6), 20, (64,), "relu", 1, "sigmoid")


def flavour_tag(kind: str) -> keras.Model:
    """Flavours of jets: 15 tracks of 6 features, 120 units."""
    return _recurrent(kind, (15, 6), 120, (50, 10), "relu", 3, "softmax")


def quickdraw(kind: str) -> keras.Model:
    """Drawings of five things: 100 points of 3 features, 128 units."""
    return _recurrent(kind, (100, 3), 128, (256, 128), "relu", 5, "softmax")


def quickdraw_conv() -> keras.Model:
    """The same drawings by three convolutions in time before an LSTM (Ha and Eck, *A Neural Representation of Sketch
    Drawings*, 2017, as TensorFlow's tutorial classifies them).
    """
    import keras
    from keras import layers

    x = inputs = keras.Input((100, 3))
    for channels, length in ((48, 5), (64, 5), (96, 3)):
        x = layers.Conv1D(channels, length, padding="same")(x)
    x = layers.LSTM(128)(x)
    return keras.Model(inputs, layers.Dense(5, "softmax")(x))


def tcn() -> keras.Model:
    """Residual blocks of causal convolutions, ever more dilated (Bai et al., *An Empirical Evaluation of Generic
    Convolutional and Recurrent Networks for Sequence Modeling*, 2018).
    """
    import keras
    from keras import layers

    x = inputs = keras.Input((64, 4))
    for dilation in (1, 2, 4, 8):
        y = x
        for _ in range(2):
            y = layers.Conv1D(16, 3, padding="causal", dilation_rate=dilation, activation="relu")(y)
        x = x if x.shape[-1] == 16 else layers.Conv1D(16, 1)(x)
        x = layers.ReLU()(layers.Add()([x, y]))
    x = layers.Cropping1D((63, 0))(x)  # the last step has seen all others
    return keras.Model(inputs, layers.Dense(6, "softmax")(layers.Flatten()(x)))


def crnn() -> keras.Model:
    """Sound events, step by step: convolutions over a spectrogram, its steps put first, a bidirectional GRU
    (Cakir et al., *Convolutional Recurrent Neural Networks for Polyphonic Sound Event Detection*, 2017).
    """
    import keras
    from keras import layers

    x = inputs = keras.Input((40, 32, 1))  # bands, frames
    for pooled in (5, 2, 2):
        x = layers.Conv2D(16, 3, padding="same", use_bias=False)(x)
        x = layers.ReLU()(layers.BatchNormalization()(x))
        x = layers.MaxPooling2D((pooled, 1))(x)
    x = layers.Permute((2, 1, 3))(x)
    x = layers.Reshape((x.shape[1], -1))(x)
    x = layers.Bidirectional(layers.GRU(16, return_sequences=True))(x)
    return keras.Model(inputs, layers.Dense(6, "sigmoid")(x))


def _recurrent(
    kind: str, shape: tuple[int, int], units: int, hidden: tuple[int, ...], activation: str, classes: int, last: str
) -> keras.Model:
    """A recurrent layer and dense ones."""
    import keras
    from keras import layers

    inputs = keras.Input(shape)
    x = getattr(layers, kind)(units)(inputs)
    for width in hidden:
        x = layers.Dense(width, activation)(x)
    return keras.Model(inputs, layers.Dense(classes, last)(x))
