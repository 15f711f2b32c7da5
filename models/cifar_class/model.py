"""The larger CNN next to lenet: colour pictures of ten things, three convolutions with batch normalisation."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from accel.data import augment, cifar10, training
from accel.data import stimulus as generators
from accel.data.datasets import Dataset
from accel.data.picture import Picture
from accel.progress import SILENT, Progress

if TYPE_CHECKING:
    import keras

CLASSES = cifar10.CLASSES
DATASET = "cifar10"
INPUT = Picture((32, 32, 3), made=lambda count: stimulus(count))
BLOCKS = (16, 32, 64)
EPOCHS = 10


def build() -> keras.Model:
    """Pictures (32, 32, 3) in 0..1 to ten probabilities."""
    import keras
    from keras import layers

    x = inputs = keras.Input((32, 32, 3), name="picture")
    for block, channels in enumerate(BLOCKS, 1):
        x = layers.Conv2D(channels, 3, padding="same", use_bias=False, name=f"conv{block}")(x)
        x = layers.BatchNormalization(name=f"bn{block}")(x)
        x = layers.Activation("relu", name=f"relu{block}")(x)
        x = layers.MaxPooling2D(2, name=f"pool{block}")(x)
    x = layers.AveragePooling2D(4, name="mean")(x)
    x = layers.Flatten(name="flatten")(x)
    x = layers.Dense(len(CLASSES), name="dense")(x)
    return keras.Model(inputs, layers.Activation("softmax", name="softmax")(x), name="cifar_class")


def dataset(root: Path) -> Dataset:
    """CIFAR-10 as it is there: all batches for training, the test batch for the test."""
    return cifar10.load(root)


def example(file: Path) -> np.ndarray:
    """An image file, (32, 32, 3) in 0..1; of another size its middle, scaled."""
    return INPUT.example(file)


def stimulus(count: int, seed: int = 0) -> np.ndarray:
    """`count` pictures of drawn strokes in three colours, (count, 32, 32, 3) in 0..1."""
    strokes = generators.strokes(3 * count, 32, seed)
    return np.moveaxis(strokes.reshape(count, 3, 32, 32), 1, -1)


def train(root: Path, out: Path, *, progress: Progress = SILENT) -> dict[str, Any]:
    """Train on pictures mirrored and shifted; write `model.keras` and `metrics.json` to `out`."""
    return training.classifier(
        build, dataset(root), out, epochs=EPOCHS, augment=augment.moved_pictures, batch=64, progress=progress
    )
