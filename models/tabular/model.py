"""Numeric and categorical columns: a dense network on people's census records, beside which a 1-D CNN and logistic
regression were measured.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from accel.data import adult, training
from accel.data.datasets import Dataset, Split
from accel.data.rows import Rows
from accel.progress import SILENT, Progress

if TYPE_CHECKING:
    import keras

CLASSES = adult.CLASSES
DATASET = "adult"
EPOCHS = 12
FOLDS = 5  # of breast cancer, whose 569 examples are too few for one split
COLUMNS = (*adult.NUMERIC, *adult.CATEGORICAL)
MADE = {
    "age": "41",
    "education-num": "13",
    "capital-gain": "0",
    "capital-loss": "0",
    "hours-per-week": "45",
    **{name: categories.split()[0] for name, categories in adult.CATEGORICAL.items()},
}
INPUT = Rows(COLUMNS, adult.encode, MADE)


def build(width: int = adult.WIDTH) -> keras.Model:
    """A row of numbers, one-hot where a column is categorical, to two probabilities."""
    import keras
    from keras import layers

    x = inputs = keras.Input((width,), name="row")
    for block, units in enumerate((32, 16), 1):
        x = layers.Dense(units, name=f"dense{block}")(x)
        x = layers.Activation("relu", name=f"relu{block}")(x)
    x = layers.Dense(len(CLASSES), name="dense3")(x)
    return keras.Model(inputs, layers.Activation("softmax", name="softmax")(x), name="tabular")


def convolutional(width: int = adult.WIDTH) -> keras.Model:
    """The same with convolutions along the columns in place of the first dense layer."""
    import keras
    from keras import layers

    x = inputs = keras.Input((width,), name="row")
    x = layers.Reshape((width, 1), name="columns")(x)
    for channels in (8, 16):
        x = layers.Conv1D(channels, 5, padding="same", activation="relu")(x)
        x = layers.MaxPooling1D(2)(x)
    x = layers.Dense(16, activation="relu")(layers.Flatten()(x))
    return keras.Model(inputs, layers.Dense(len(CLASSES), activation="softmax")(x), name="convolutional")


def dataset(root: Path) -> Dataset:
    """Adult's people as rows; the publisher's test file, or else every fifth row, is the test split."""
    return adult.load(root)


def stimulus(count: int, seed: int = 0) -> np.ndarray:
    """`count` people whose cells are drawn one by one, (count, WIDTH): they are no likely people."""
    return np.stack([_person(np.random.default_rng((seed, number))) for number in range(count)])


def train(root: Path, out: Path, *, progress: Progress = SILENT) -> dict[str, Any]:
    """Train the network of this folder and those beside it; write `model.keras` and `metrics.json` to `out`."""
    data = dataset(root)
    networks = {"dense": build, "cnn": convolutional}
    models, metrics = {}, {}
    for name, made in networks.items():
        with progress.step(f"Adult: {name}"):
            model = _trained(made, data.train, progress)
        metrics |= {f"{name}_parameters": model.count_params(), f"{name}_accuracy": _right(model, data.test)}
        models[name] = model
    with progress.step("Adult: the CNN with its columns in another order"):
        order = np.random.default_rng(0).permutation(adult.WIDTH)
        mixed = [Split(split.x[:, order], split.y) for split in (data.train, data.test)]
        metrics["cnn_mixed_columns_accuracy"] = _right(_trained(convolutional, mixed[0], progress), mixed[1])
    metrics["logistic_accuracy"] = _logistic(data.train, data.test)
    metrics["majority_accuracy"] = training.accuracy(data.test.y, np.zeros_like(data.test.y))
    with progress.step("breast cancer"):
        metrics |= _breast_cancer(networks, progress)
    metrics = training.scores(models["dense"], data) | metrics
    training.save(models["dense"], metrics, out)
    return metrics


def _trained(made: Callable[[int], keras.Model], train: Split, progress: Progress, epochs: int = EPOCHS) -> keras.Model:
    training.reproducible(0)
    model = made(train.x.shape[1])
    batch = min(128, len(train.y) // 8)
    training.fit(model, train, epochs=epochs, batch=batch, smoothing=0.0, progress=progress)
    return model


def _right(model: keras.Model, test: Split) -> float:
    return training.accuracy(test.y, training.predict(model, test.x))


def _logistic(train: Split, test: Split) -> float:
    """The accuracy of logistic regression."""
    from sklearn.linear_model import LogisticRegression

    return training.accuracy(test.y, LogisticRegression(max_iter=2000).fit(train.x, train.y).predict(test.x))


def _breast_cancer(networks: dict[str, Callable[[int], keras.Model]], progress: Progress) -> dict[str, float]:
    """Accuracies over five folds of scikit-learn's breast cancer data, 30 numeric columns."""
    from sklearn.datasets import load_breast_cancer

    x, y = load_breast_cancer(return_X_y=True)
    fold = np.arange(len(y)) % FOLDS
    right: dict[str, list[float]] = {name: [] for name in (*networks, "logistic")}
    for number in range(FOLDS):
        seen = x[fold != number]
        scaled = ((x - seen.mean(axis=0)) / seen.std(axis=0)).astype(np.float32)
        train, test = (Split(scaled[part], y[part]) for part in (fold != number, fold == number))
        for name, made in networks.items():
            right[name].append(_right(_trained(made, train, progress, 4 * EPOCHS), test))
        right["logistic"].append(_logistic(train, test))
    return {f"breast_cancer_{name}_accuracy": round(float(np.mean(found)), 4) for name, found in right.items()}


def _person(rng: np.random.Generator) -> np.ndarray:
    numbers = rng.normal(size=len(adult.NUMERIC)).clip(-3, 3)
    hot = [np.eye(n)[rng.integers(n)] for n in (len(names.split()) for names in adult.CATEGORICAL.values())]
    return np.concatenate([numbers, *hot]).astype(np.float32)
