"""Sound without recurrence: dilated causal convolutions with gated activations and skips, as WaveNet has them.

The blocks are those of *WaveNet: A generative model for raw audio* (van den Oord et al. 2016), on log-mel frames in
place of samples, with a mean over time and a decision behind them.
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
CHANNELS = 16
DILATIONS = (1, 2, 4, 8)
"""Of the blocks: a frame that the last one makes depends on 16 frames of features."""
EPOCHS = 60


def build() -> keras.Model:
    """Log-mel features (32 frames, 24 bands) in -4..4 to ten probabilities."""
    import keras
    from keras import layers

    inputs = keras.Input((spoken_digits.SAMPLES // spoken_digits.MEL.hop, spoken_digits.MEL.bands), name="frames")
    x, skips = layers.Conv1D(CHANNELS, 1, name="mixed")(inputs), None
    for block, dilation in enumerate(DILATIONS, 1):
        past, parts = layers.ZeroPadding1D((dilation, 0), name=f"past{block}")(x), []  # causal; hls4ml pads a fork once
        for name, function in (("filter", "tanh"), ("gate", "sigmoid")):
            part = layers.Conv1D(CHANNELS, 2, dilation_rate=dilation, name=f"{name}{block}")(past)
            parts.append(layers.Activation(function, name=f"{function}{block}")(part))
        out = layers.Conv1D(CHANNELS, 1, name=f"out{block}")(layers.Multiply(name=f"gated{block}")(parts))
        skips = out if skips is None else layers.Add(name=f"skips{block}")([skips, out])
        x = layers.Add(name=f"residual{block}")([x, out]) if block < len(DILATIONS) else x
    x = layers.Activation("relu", name="relu1")(skips)
    x = layers.Activation("relu", name="relu2")(layers.Conv1D(2 * CHANNELS, 1, name="head")(x))
    x = layers.GlobalAveragePooling1D(name="mean")(x)
    x = layers.Dense(len(CLASSES), name="dense")(x)
    return keras.Model(inputs, layers.Activation("softmax", name="softmax")(x), name="wavenet")


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
