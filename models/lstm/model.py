"""A straight LSTM for spoken digits: it reads one frame of log-mel features after the other.

The smallest speech network here: no convolution, one recurrent layer, one dense layer.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from accel.data import spoken_digits, training
from accel.data.datasets import DIGITS, Dataset
from accel.progress import SILENT, Progress

if TYPE_CHECKING:
    import keras

CLASSES = DIGITS
DATASET = "fsdd"
INPUT = spoken_digits.INPUT
UNITS = 48
EPOCHS = 24


def build() -> keras.Model:
    """Log-mel features (32 frames, 24 bands) in -4..4 to ten probabilities."""
    import keras
    from keras import layers

    inputs = keras.Input((spoken_digits.SAMPLES // spoken_digits.MEL.hop, spoken_digits.MEL.bands), name="frames")
    x = layers.LSTM(UNITS, name="lstm")(inputs)
    x = layers.Dense(len(CLASSES), name="dense")(x)
    return keras.Model(inputs, layers.Activation("softmax", name="softmax")(x), name="lstm_digits")


def dataset(root: Path) -> Dataset:
    """FSDD as features (32, 24); recordings 0 to 4 of each speaker and digit are the test split."""
    return spoken_digits.dataset(root)


def example(file: Path) -> np.ndarray:
    """The features (32, 24) of a sound file: its middle half second."""
    return INPUT.example(file)


def stimulus(count: int, seed: int = 0) -> np.ndarray:
    """Features of `count` voiced source-filter signals, (count, 32, 24)."""
    return INPUT.made(count, seed)


def train(root: Path, out: Path, *, progress: Progress = SILENT) -> dict[str, Any]:
    """Train on spectrograms changed in tempo, position, vocal tract and colour; write `model.keras`, `metrics.json`."""
    return training.classifier(
        build,
        spoken_digits.unvaried(root),
        out,
        epochs=EPOCHS,
        batch=64,
        rate=4e-3,
        augment=spoken_digits.varied,
        progress=progress,
    )
