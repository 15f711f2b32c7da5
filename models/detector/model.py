"""Boxes: digits found on cluttered, dark canvases by a single-shot head, one answer for each of 6 x 6 cells.

The head is YOLO's (Redmon et al. 2016) with one box a cell. Training compares a backbone from scratch with one that
learnt on single digits first, frozen, and frozen for the first half only.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import special

from accel.data import augment, detection, scenes, training
from accel.data import stimulus as generators
from accel.data.datasets import DIGITS, Dataset, Split, load_mnist
from accel.data.picture import Picture
from accel.progress import SILENT, Progress

if TYPE_CHECKING:
    import keras

CHANNELS = (8, 16, 32)
"""Of the backbone's convolutions, each with a pooling by 2 behind it."""
STEP = 2 ** len(CHANNELS)
CELLS = scenes.SIZE // STEP
PARTS = ("object", "row", "column", "height", "width", *DIGITS)
"""Of a cell's answer: whether the middle of a thing lies in it, and where; all but the classes' scores in cells."""
OUTPUTS = tuple(f"{part} {row}/{column}" for row in range(CELLS) for column in range(CELLS) for part in PARTS)
DATASET = "mnist"
INPUT = Picture((scenes.SIZE, scenes.SIZE, 1), made=lambda count: stimulus(count))
SCENES = {"train": 6000, "test": 1000, "validation": 500}
SINGLE_EPOCHS = 4
BACKBONES = {"scratch": ((True, 30),), "frozen": ((False, 30),), "two_stages": ((False, 10), (True, 20))}
"""Stages of training: whether the backbone learns, too, and for how many epochs. But for `scratch` it begins with what
it learnt on single digits.
"""
LEAST = 0.05
"""Detections of less are left out."""
SURE = 0.5
"""Detections of less are not told."""


def build() -> keras.Model:
    """Canvases (48, 48, 1) in 0..1 to answers (6, 6, 15)."""
    import keras
    from keras import layers

    inputs = keras.Input((scenes.SIZE, scenes.SIZE, 1), name="canvas")
    x = layers.Conv2D(CHANNELS[-1], 3, padding="same", name="conv4")(_backbone(inputs))
    x = layers.Activation("relu", name="relu4")(x)
    return keras.Model(inputs, layers.Conv2D(len(PARTS), 1, name="head")(x), name="detector")


def dataset(root: Path) -> Dataset:
    """Scenes of MNIST's t10k digits, and what is in each (MOST, 5): the first 8,000 digits train, the others test."""
    data = load_mnist(root)

    def read(seed: int, part: str) -> Split:
        split = getattr(data, part)
        return Split(*scenes.drawn(split.x, split.y, SCENES[part], seed))

    return Dataset(
        data.name, DIGITS, *(lambda seed=seed, part=part: read(seed, part) for seed, part in enumerate(SCENES))
    )


def example(file: Path) -> np.ndarray:
    """An image file, (48, 48, 1) in 0..1; of another size its middle, scaled."""
    return INPUT.example(file)


def stimulus(count: int, seed: int = 0) -> np.ndarray:
    """`count` drawn strokes, (count, 48, 48, 1) in 0..1."""
    return generators.strokes(count, scenes.SIZE, seed)


def boxes(outputs: np.ndarray) -> list[np.ndarray]:
    """Detections (n, 6) of each of answers (frames, ...): score, class, top, left, bottom, right; the best first."""
    cells = outputs.reshape(-1, CELLS, CELLS, len(PARTS)).astype(np.float64)
    classes = special.softmax(cells[..., 5:], axis=-1)
    score = special.expit(cells[..., 0]) * classes.max(axis=-1)
    middle = STEP * (np.moveaxis(np.mgrid[:CELLS, :CELLS], 0, -1) + cells[..., 1:3])
    half = STEP * cells[..., 3:5] / 2
    found = np.concatenate(
        [score[..., None], classes.argmax(axis=-1)[..., None], middle - half, middle + half], axis=-1
    ).reshape(len(cells), -1, 6)
    return [detection.best(frame[frame[:, 0] >= LEAST]) for frame in found]


def scores(outputs: np.ndarray, truth: np.ndarray) -> dict[str, float]:
    """Mean average precision (mAP) at an overlap of a half."""
    return {"mean average precision": detection.mean_average_precision(boxes(outputs), truth)}


def answer(outputs: np.ndarray) -> str:
    """The detections of a half or more in words."""
    told = [f"{words} at row {top:.0f}, column {left:.0f}" for words, top, left, *_ in marks(outputs)]
    return ", ".join(told) or "nothing"


def marks(outputs: np.ndarray) -> list[tuple[str, float, float, float, float]]:
    """The detections of a half or more: words, top, left, bottom and right in pixels."""
    sure = [found for found in boxes(outputs)[0] if found[0] >= SURE]
    return [(f"{DIGITS[int(kind)]} {100 * score:.0f} %", *box) for score, kind, *box in sure]


def train(root: Path, out: Path, *, progress: Progress = SILENT) -> dict[str, Any]:
    """Train with each backbone; write the network of the last one to `model.keras`, and `metrics.json`, to `out`."""
    data = dataset(root)
    metrics = {"train_examples": len(data.train.y), "test_examples": len(data.test.y)}
    with progress.step("single digits"):
        learnt = _learnt(load_mnist(root).train, progress)
    for name, stages in BACKBONES.items():
        training.reproducible(0)
        model = build()
        for layer, weights in learnt.items() if name != "scratch" else ():
            model.get_layer(layer).set_weights(weights)
        for tuned, epochs in stages:
            with progress.step(f"{name}, {epochs} epochs"):
                _fit(model, data.train, tuned, epochs, progress)
        measured = training.figures(scores(model.predict(data.test.x, verbose=0), data.test.y))
        metrics |= {key.replace("test", name, 1): value for key, value in measured.items()}
    metrics |= measured
    training.save(model, metrics, out)
    return metrics


def _backbone(x: keras.KerasTensor) -> keras.KerasTensor:
    from keras import layers

    for block, channels in enumerate(CHANNELS, 1):
        x = layers.Conv2D(channels, 3, padding="same", name=f"conv{block}")(x)
        x = layers.Activation("relu", name=f"relu{block}")(x)
        x = layers.MaxPooling2D(2, name=f"pool{block}")(x)
    return x


def _learnt(single: Split, progress: Progress) -> dict[str, list[np.ndarray]]:
    """The weights of the backbone's layers after training on single digits, by layer."""
    import keras
    from keras import layers

    training.reproducible(0)
    inputs = keras.Input((28, 28, 1))
    x = layers.Dense(len(DIGITS))(layers.GlobalMaxPooling2D()(_backbone(inputs)))
    model = keras.Model(inputs, layers.Activation("softmax")(x))
    training.fit(model, single, epochs=SINGLE_EPOCHS, augment=augment.distorted_images, batch=64, progress=progress)
    return {layer.name: layer.get_weights() for layer in model.layers if layer.name.startswith("conv")}


def _fit(model: keras.Model, train: Split, tuned: bool, epochs: int, progress: Progress) -> None:
    """Train the head, and where it is `tuned`, the backbone, too."""
    for block in range(1, len(CHANNELS) + 1):
        model.get_layer(f"conv{block}").trainable = tuned
    x = Split(train.x[:, None], np.zeros(len(train.x), np.int64))
    targets = _answers(train.y)[:, None]
    training.fit(model, x, targets=targets, loss=_loss, epochs=epochs, batch=64, progress=progress)


def _answers(truth: np.ndarray) -> np.ndarray:
    """What the network shall answer (n, 6, 6, 15) to scenes with boxes (n, MOST, 5)."""
    made = np.zeros((len(truth), CELLS, CELLS, len(PARTS)), np.float32)
    frame, which = np.nonzero(truth[..., 0] >= 0)
    kind, box = truth[frame, which, 0].astype(int), truth[frame, which, 1:] / STEP
    middle, size = (box[:, :2] + box[:, 2:]) / 2, box[:, 2:] - box[:, :2]
    cell = np.minimum(middle.astype(int), CELLS - 1)
    made[frame, cell[:, 0], cell[:, 1]] = np.concatenate(
        [np.ones((len(frame), 1)), middle - cell, size, np.eye(len(DIGITS))[kind]], axis=1
    )
    return made


def _loss(truth: Any, got: Any) -> Any:
    """Cross-entropy of objects in all cells, and of places (squared) and classes where there is one."""
    from keras import ops

    there = truth[..., 0]
    found = ops.binary_crossentropy(there, got[..., 0], from_logits=True)
    place = ops.sum(ops.square(truth[..., 1:5] - got[..., 1:5]), axis=-1)
    kind = ops.categorical_crossentropy(truth[..., 5:], got[..., 5:], from_logits=True)
    return ops.sum(found + there * (place + kind), axis=(1, 2))
