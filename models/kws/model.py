"""Keyword spotting by a DS-CNN: depthwise separable convolutions on log-mel features of a spoken digit.

The architecture is MLPerf Tiny's reference for keyword spotting (Zhang et al., *Hello Edge*, 2017; Banbury et al.
2021): a convolution of 10 frames by 4 bands and four separable ones of 3 by 3. It is shrunk from 64 channels to 24.
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
CHANNELS = 24
BLOCKS = 4
EPOCHS = 30


def build() -> keras.Model:
    """Log-mel features (32 frames, 24 bands) in -4..4 to ten probabilities."""
    import keras
    from keras import layers

    inputs = keras.Input((spoken_digits.SAMPLES // spoken_digits.MEL.hop, spoken_digits.MEL.bands), name="frames")
    x = layers.Reshape((*inputs.shape[1:], 1), name="picture")(inputs)
    x = layers.Conv2D(CHANNELS, (10, 4), strides=2, padding="same", use_bias=False, name="conv")(x)
    x = _activated(x, "conv")
    for block in range(1, BLOCKS + 1):
        x = layers.DepthwiseConv2D(3, padding="same", use_bias=False, name=f"depth{block}")(x)
        x = _activated(x, f"depth{block}")
        x = layers.Conv2D(CHANNELS, 1, use_bias=False, name=f"point{block}")(x)
        x = _activated(x, f"point{block}")
    x = layers.AveragePooling2D(x.shape[1:3], name="mean")(x)
    x = layers.Dense(len(CLASSES), name="dense")(layers.Flatten(name="flatten")(x))
    return keras.Model(inputs, layers.Activation("softmax", name="softmax")(x), name="kws")


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
        augment=spoken_digits.varied,
        progress=progress,
    )


def _activated(x: keras.KerasTensor, name: str) -> keras.KerasTensor:
    """Batch normalisation and ReLU."""
    from keras import layers

    x = layers.BatchNormalization(name=f"bn_{name}")(x)
    return layers.Activation("relu", name=f"relu_{name}")(x)
