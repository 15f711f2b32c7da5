"""Recognise one thing: an embedding in which images of one class lie together, of classes that training never saw, too.

The hardware computes the embedding. The host has that of a few images of the thing and decides by the distance to their
mean, or by a one-class support vector machine.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from accel.data import augment, training
from accel.data import stimulus as generators
from accel.data.datasets import DIGITS, Dataset, Split, load_mnist
from accel.data.images import like_mnist
from accel.data.picture import Picture
from accel.progress import SILENT, Progress

if TYPE_CHECKING:
    import keras

OUTPUTS = tuple(f"axis {number}" for number in range(16))
DATASET = "mnist"
INPUT = Picture((28, 28, 1), like_mnist)
UNSEEN = (8, 9)
"""Digits that are things to recognise: no image of them is trained on."""
ENROLLED = 20
"""Images of the thing that the host has; of fewer than twice as many in all, half of them."""
EPOCHS = 12


def build() -> keras.Model:
    """Images (28, 28, 1) in 0..1 to a place (16,)."""
    import keras
    from keras import layers

    x = inputs = keras.Input((28, 28, 1), name="image")
    for block, channels in enumerate((8, 16), 1):
        x = layers.Conv2D(channels, 3, name=f"conv{block}")(x)
        x = layers.Activation("relu", name=f"relu{block}")(x)
        x = layers.MaxPooling2D(2, name=f"pool{block}")(x)
    x = layers.Flatten(name="flatten")(x)
    return keras.Model(inputs, layers.Dense(len(OUTPUTS), name="place")(x), name="one_scene")


def dataset(root: Path) -> Dataset:
    """MNIST's t10k files without the digits 8 and 9 in the train split: 8,000 and 2,000 images before that."""
    data = load_mnist(root)
    seen = [_without(split, UNSEEN) for split in (data.train, data.validation)]
    return Dataset(data.name, DIGITS, lambda: seen[0], lambda: data.test, lambda: seen[1])


def example(file: Path) -> np.ndarray:
    """An image file, (28, 28, 1) in 0..1, white on black; of another size than 28 x 28 made like MNIST's."""
    return INPUT.example(file)


def stimulus(count: int, seed: int = 0) -> np.ndarray:
    """`count` drawn strokes, (count, 28, 28, 1) in 0..1."""
    return generators.strokes(count, seed=seed)


def scores(outputs: np.ndarray, truth: np.ndarray) -> dict[str, float]:
    """How well the digits that were not trained on are told from all others, each by its first images: the area under
    the ROC curve by distance and by the support vector machine, and the mean of both kinds' accuracies by the latter.
    """
    from sklearn.metrics import balanced_accuracy_score, roc_auc_score
    from sklearn.svm import OneClassSVM

    found = []
    for digit in UNSEEN:
        own = np.flatnonzero(truth == digit)
        enrolled = outputs[own[: min(ENROLLED, len(own) // 2)]]
        if len(enrolled) < 2:
            continue
        asked = np.delete(outputs, own[: len(enrolled)], axis=0)
        right = np.delete(truth, own[: len(enrolled)]) == digit
        near = -np.linalg.norm(asked - enrolled.mean(axis=0), axis=1)
        machine = OneClassSVM(nu=0.1).fit(enrolled)
        margin = machine.decision_function(asked)
        found.append(
            (roc_auc_score(right, near), roc_auc_score(right, margin), balanced_accuracy_score(right, margin > 0))
        )
    names = "AUC by distance", "AUC by one-class SVM", "balanced accuracy by one-class SVM"
    return dict(zip(names, np.mean(found, axis=0), strict=True)) if found else {}


def train(root: Path, out: Path, *, progress: Progress = SILENT) -> dict[str, Any]:
    """Train with triplets of digits 0 to 7, distorted; write `model.keras` and `metrics.json` to `out`."""
    training.reproducible(0)
    data, model = dataset(root), build()
    training.fit(
        model,
        Split(data.train.x[:, None], data.train.y),
        targets=np.eye(len(DIGITS), dtype=np.float32)[data.train.y][:, None],
        loss=training.triplets,
        epochs=EPOCHS,
        augment=augment.distorted_images,
        batch=64,
        progress=progress,
    )
    outputs = model.predict(data.test.x, verbose=0)
    metrics = {"train_examples": len(data.train.y), "test_examples": len(data.test.y)}
    metrics |= training.figures(scores(outputs, data.test.y))
    training.save(model, metrics, out)
    return metrics


def _without(split: Split, digits: tuple[int, ...]) -> Split:
    kept = ~np.isin(split.y, digits)
    return Split(split.x[kept], split.y[kept])
