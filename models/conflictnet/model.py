"""Raw speech with attention: convolutions on the waveform, an LSTM, and a mean over time with weights of its own.

The architecture is that of ConflictNET (Rajan, Brutti and Cavallaro 2019), shrunk, with the digit that is spoken as its
answer. The weights are a softmax over time of a score of each step (self-attention pooling, Safari, India and Hernando
2020).
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from accel.data import augment, spoken_digits, training
from accel.data.datasets import DIGITS, Dataset, load_fsdd
from accel.progress import SILENT, Progress

if TYPE_CHECKING:
    import keras

CLASSES = DIGITS
DATASET = "fsdd"
INPUT = spoken_digits.WAVEFORM
BLOCKS = ((16, 8, 4, 4), (24, 4, 1, 4), (32, 3, 1, 2))
"""Channels, kernel, stride and pool of each convolution block."""
UNITS = 32
EPOCHS = 40


def build() -> keras.Model:
    """Waveforms (4096, 1) in about -1..1 to ten probabilities."""
    import keras
    from keras import layers

    x = inputs = keras.Input((spoken_digits.SAMPLES, 1), name="waveform")
    for block, (channels, kernel, stride, pool) in enumerate(BLOCKS, 1):
        x = layers.Conv1D(channels, kernel, strides=stride, padding="same", use_bias=False, name=f"conv{block}")(x)
        x = layers.BatchNormalization(name=f"bn{block}")(x)
        x = layers.Activation("relu", name=f"relu{block}")(x)
        x = layers.MaxPooling1D(pool, name=f"pool{block}")(x)
    x = layers.LSTM(UNITS, return_sequences=True, name="lstm")(x)
    x = layers.GlobalAveragePooling1D(name="mean")(layers.Multiply(name="attended")([x, _attention(x)]))
    x = layers.Dense(len(CLASSES), name="dense")(x)
    return keras.Model(inputs, layers.Activation("softmax", name="softmax")(x), name="conflictnet")


def dataset(root: Path) -> Dataset:
    """FSDD's recordings as `example` makes them; recordings 0 to 4 of each speaker and digit are the test split."""
    return load_fsdd(root, example)


def example(file: Path) -> np.ndarray:
    """The middle of a recording as (4096, 1), zeros added at both ends where it is shorter, scaled to a peak of 1."""
    return INPUT.example(file)


def stimulus(count: int, seed: int = 0) -> np.ndarray:
    """`count` voiced source-filter signals, (count, 4096, 1) in -1..1."""
    return INPUT.made(count, seed)


def train(root: Path, out: Path, *, progress: Progress = SILENT) -> dict[str, Any]:
    """Train with changes of speed, position and loudness and with noise; write `model.keras` and `metrics.json`."""
    return training.classifier(
        build,
        dataset(root),
        out,
        epochs=EPOCHS,
        batch=64,
        rate=4e-3,
        augment=augment.varied_waveforms,
        progress=progress,
    )


def _attention(x: keras.KerasTensor) -> keras.KerasTensor:
    """Weights of the steps of `x` (steps, channels), which sum to 1 over time, the same for all channels.

    hls4ml's streams repeat nothing: a convolution of ones does.
    """
    from keras import layers

    steps, channels = x.shape[1:]
    score = layers.Conv1D(1, 1, name="score")(x)
    weights = layers.Activation("softmax", name="attention")(layers.Reshape((1, steps), name="scores")(score))
    weights = layers.Reshape((steps, 1), name="weights")(weights)
    ones = layers.Conv1D(channels, 1, use_bias=False, kernel_initializer="ones", trainable=False, name="spread")
    return ones(weights)
