"""1-D CRNN for spoken digits: convolutions on the raw waveform, an LSTM over what they find.

The family is that of 1D-SER (Zhao, Mao and Chen 2019: convolution, normalisation, activation and pooling blocks on
the waveform, then an LSTM), shrunk to 30,000 parameters, with ReLU.
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
BLOCKS = ((16, 8, 4, 4), (32, 4, 1, 4), (32, 3, 1, 2), (48, 3, 1, 1))
"""Channels, kernel, stride and pool of each convolution block."""
UNITS = 48
EPOCHS = 60


def build() -> keras.Model:
    """Waveforms (4096, 1) in about -1..1 to ten probabilities."""
    import keras
    from keras import layers

    x = inputs = keras.Input((spoken_digits.SAMPLES, 1), name="waveform")
    for block, (channels, kernel, stride, pool) in enumerate(BLOCKS, 1):
        x = layers.Conv1D(channels, kernel, strides=stride, padding="same", use_bias=False, name=f"conv{block}")(x)
        x = layers.BatchNormalization(name=f"bn{block}")(x)
        x = layers.Activation("relu", name=f"relu{block}")(x)
        if pool > 1:
            x = layers.MaxPooling1D(pool, name=f"pool{block}")(x)
    x = layers.LSTM(UNITS, name="lstm")(x)
    x = layers.Dense(len(CLASSES), name="dense")(x)
    return keras.Model(inputs, layers.Activation("softmax", name="softmax")(x), name="crnn_raw")


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
        build, dataset(root), out, epochs=EPOCHS, augment=augment.varied_waveforms, progress=progress
    )
