"""Training shared by the models: seeded, with augmentation batch by batch, and files written whole or not at all."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from accel import cache
from accel.data import archive
from accel.data.datasets import Dataset, Split
from accel.progress import SILENT, Progress

if TYPE_CHECKING:
    import keras

Augment = Callable[[np.random.Generator, np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]


def fit(
    model: keras.Model,
    train: Split,
    *,
    epochs: int,
    augment: Augment | None = None,
    batch: int = 32,
    rate: float = 2e-3,
    decay: float = 1e-2,
    average: float = 0.99,
    smoothing: float = 0.1,
    balance: float = 0.0,
    targets: np.ndarray | None = None,
    loss: Callable | str | None = None,
    seed: int = 0,
    progress: Progress = SILENT,
) -> None:
    """Train `model` in place on batches of `train`, as `augment(rng, x, onehot)` alters them where it is given.

    With `targets`, float (n, versions, *shape), say of a teacher (Hinton et al. 2015), `train.x` is (n, versions,
    ...): of each example one version is drawn, and its target takes the place of the one-hot class. `loss` is Keras'
    name of a loss or a function of targets and outputs; else cross-entropy, with label smoothing `smoothing`.

    With `balance` 0 an epoch has every example once; above, as many examples are drawn with replacement, those of a
    class of c examples with a probability in proportion to c ** -balance (at 1 all classes come equally often).

    AdamW with weight decay `decay`, a cosine from `rate` to 0 and an exponential average of the weights (factor
    `average`), which is what the model keeps. `progress` is told after each epoch.
    """
    import keras

    if targets is None:
        train, targets = (
            Split(train.x[:, None], train.y),
            np.eye(model.output_shape[-1], dtype=np.float32)[train.y][:, None],
        )
    batches = _batches(train, targets, augment, batch, balance, seed)
    schedule = keras.optimizers.schedules.CosineDecay(
        rate * 0.1, epochs * len(batches), warmup_target=rate, warmup_steps=2 * len(batches)
    )
    model.compile(
        optimizer=keras.optimizers.AdamW(
            schedule, weight_decay=decay, global_clipnorm=5.0, use_ema=True, ema_momentum=average
        ),
        loss=loss or keras.losses.CategoricalCrossentropy(label_smoothing=smoothing),
    )
    report = keras.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: progress.advance(epoch + 1, epochs))
    model.fit(batches, epochs=epochs, shuffle=False, verbose=0, callbacks=[report])


def classifier(
    build: Callable[[], keras.Model],
    data: Dataset,
    out: Path,
    *,
    seed: int = 0,
    **settings: Any,
) -> dict[str, Any]:
    """Train what `build` makes as `fit` with its `settings` does, on the train split, measure it once on the test
    split, and write `out/model.keras` and `out/metrics.json`. Returns the metrics.
    """
    reproducible(seed)
    model = build()
    fit(model, data.train, seed=seed, **settings)
    metrics = scores(model, data)
    save(model, metrics, out)
    return metrics


def scores(model: keras.Model, data: Dataset) -> dict[str, Any]:
    """Sizes of the splits, and accuracy and recall of a classifier on the test split."""
    decided = predict(model, data.test.x)
    return {
        "train_examples": len(data.train.y),
        "test_examples": len(data.test.y),
        "test_accuracy": accuracy(data.test.y, decided),
        "test_uar": recall(data.test.y, decided),
    }


def reproducible(seed: int) -> None:
    """Seed Python, NumPy and TensorFlow, and allow deterministic operations only."""
    import keras
    import tensorflow

    keras.utils.set_random_seed(seed)
    tensorflow.config.experimental.enable_op_determinism()


def predict(model: keras.Model, x: np.ndarray) -> np.ndarray:
    """The class number the model decides on for each example of `x`."""
    return model.predict(x, batch_size=256, verbose=0).argmax(axis=-1)


def accuracy(truth: np.ndarray, decided: np.ndarray) -> float:
    """The fraction of examples decided rightly, to four places."""
    return round(float(np.mean(truth == decided)), 4)


def recall(truth: np.ndarray, decided: np.ndarray) -> float:
    """Unweighted average recall (UAR): the mean over the classes of each class's accuracy, to four places."""
    return round(float(np.mean([np.mean(decided[truth == c] == c) for c in np.unique(truth)])), 4)


def triplets(onehot: Any, places: Any) -> Any:
    """The triplet loss of a batch (Hermans, Beyer and Leibe 2017, all triplets, soft margin): for each embedding of
    `places`, the distance to each other one of its class against that to each of another class, on average.
    """
    from keras import ops

    same = ops.matmul(onehot, ops.transpose(onehot))
    squares = ops.sum(ops.square(places[:, None] - places[None]), axis=-1)
    distance = ops.sqrt(ops.maximum(squares, 1e-6))
    pairs = (same * ops.cast(squares > 0, same.dtype))[:, :, None] * (1 - same)[:, None, :]
    losses = pairs * ops.softplus(distance[:, :, None] - distance[:, None, :])
    return ops.sum(losses, axis=(1, 2)) / ops.maximum(ops.sum(pairs, axis=(1, 2)), 1)


def concordance(got: np.ndarray, truth: np.ndarray) -> float:
    """The concordance correlation coefficient of two series (Lin 1989): 1 only where they are the same."""
    away = np.mean(got) - np.mean(truth)
    return float(2 * np.cov(got, truth, bias=True)[0, 1] / (np.var(got) + np.var(truth) + away**2))


def figures(scores: Mapping[str, float]) -> dict[str, float]:
    """Scores as metrics of the test split, to four places: `CCC of valence` is `test_ccc_of_valence`."""
    return {f"test_{name.lower().replace(' ', '_')}": round(float(score), 4) for name, score in scores.items()}


def save(model: keras.Model, metrics: dict[str, Any], out: Path) -> None:
    """Write `out/model.keras` (without the optimizer) and `out/metrics.json`, each under a temporary name first.

    The same weights and metrics make the same bytes.
    """
    import keras

    bare = keras.Model(model.inputs, model.outputs, name=model.name)
    with cache.scratch(out) as drafts:
        archive.save(bare, drafts / "model.keras")
        (drafts / "model.keras").replace(out / "model.keras")
    cache.write(out / "metrics.json", json.dumps(metrics, indent=2) + "\n")


def _batches(
    train: Split, targets: np.ndarray, augment: Augment | None, size: int, balance: float, seed: int
) -> keras.utils.PyDataset:
    """Augmented batches in an order and with random numbers that depend on the seed and the epoch only."""
    import keras

    weight = np.bincount(train.y)[train.y] ** -float(balance)

    class Batches(keras.utils.PyDataset):
        def __init__(self) -> None:
            super().__init__()
            self.epoch = 0
            self.on_epoch_end()

        def __len__(self) -> int:
            return len(train.x) // size

        def __getitem__(self, index: int) -> tuple[np.ndarray, np.ndarray]:
            chosen = self.order[index * size : (index + 1) * size]
            rng = np.random.default_rng((seed, self.epoch, index))
            versions = targets.shape[1]
            drawn = chosen, rng.integers(versions, size=size) if versions > 1 else np.zeros(size, int)
            x, y = train.x[drawn], targets[drawn]
            return augment(rng, x, y) if augment else (x, y)

        def on_epoch_end(self) -> None:
            self.epoch += 1
            rng = np.random.default_rng((seed, self.epoch))
            n = len(train.x)
            self.order = rng.choice(n, n, p=weight / weight.sum()) if balance else rng.permutation(n)

    return Batches()
