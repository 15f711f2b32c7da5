"""LeNet class network for MNIST's handwritten digits: two 3x3 convolutions and two dense layers."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from accel.data import augment, training
from accel.data import stimulus as generators
from accel.data.datasets import DIGITS, Dataset, load_mnist
from accel.data.images import like_mnist
from accel.data.picture import Picture
from accel.progress import SILENT, Progress

if TYPE_CHECKING:
    import keras

CLASSES = DIGITS
DATASET = "mnist"
SEED = 0
EPOCHS = 40


def build() -> keras.Model:
    """Images (28, 28, 1) in 0..1 to ten probabilities."""
    import keras
    from keras import layers

    x = inputs = keras.Input((28, 28, 1), name="image")
    for block, channels in enumerate((8, 16), 1):
        x = layers.Conv2D(channels, 3, name=f"conv{block}")(x)
        x = layers.Activation("relu", name=f"relu{block}")(x)
        x = layers.MaxPooling2D(2, name=f"pool{block}")(x)
    x = layers.Flatten(name="flatten")(x)
    x = layers.Dense(32, name="dense1")(x)
    x = layers.Activation("relu", name="relu3")(x)
    x = layers.Dense(len(CLASSES), name="dense2")(x)
    return keras.Model(inputs, layers.Activation("softmax", name="softmax")(x), name="lenet")


def dataset(root: Path) -> Dataset:
    """The first 8,000 images of MNIST's t10k files for training, the last 2,000 for the test."""
    return load_mnist(root)


INPUT = Picture((28, 28, 1), like_mnist)


def example(file: Path) -> np.ndarray:
    """An image file, (28, 28, 1) in 0..1, white on black; of another size than 28 x 28 made like MNIST's."""
    return INPUT.example(file)


def stimulus(count: int, seed: int = 0) -> np.ndarray:
    """`count` drawn strokes, (count, 28, 28, 1) in 0..1."""
    return generators.strokes(count, seed=seed)


def train(root: Path, out: Path, *, progress: Progress = SILENT) -> dict[str, Any]:
    """Train with small rotations, scalings and shifts; write `model.keras` and `metrics.json` to `out`."""
    training.reproducible(SEED)
    data = dataset(root)
    model = build()
    training.fit(
        model, data.train, epochs=EPOCHS, augment=augment.distorted_images, batch=64, smoothing=0.05, progress=progress
    )
    metrics = {
        "train_examples": len(data.train.y),
        "test_examples": len(data.test.y),
        "test_accuracy": training.accuracy(data.test.y, training.predict(model, data.test.x)),
    }
    training.save(model, metrics, out)
    return metrics
