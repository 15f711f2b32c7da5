"""CIFAR-10 (Krizhevsky 2009) in its publisher's binary layout."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from accel.data.datasets import Dataset, Split
from accel.errors import AccelError

CLASSES = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")
FOLDER = "cifar-10-batches-bin"
SHAPE = (3, 32, 32)  # channel first
RECORD = 1 + 3 * 32 * 32  # the class, then the pixels
TENTH = 10  # every tenth image of the train split validates


def load(root: Path) -> Dataset:
    """Images (32, 32, 3) in 0..1: the batches `data_batch_N.bin` that are there for training, `test_batch.bin` as the
    test split.
    """
    batches = sorted((root / FOLDER).glob("data_batch_?.bin"))
    if not batches:
        raise AccelError(f"{root}: no {FOLDER}/data_batch_1.bin; expected CIFAR-10's binary version as published")
    train = Dataset("cifar10", CLASSES, lambda: _split(batches), lambda: _split([root / FOLDER / "test_batch.bin"]))
    return Dataset(train.name, train.classes, lambda: train.train, lambda: train.test, lambda: _tenth(train.train))


def _tenth(train: Split) -> Split:
    return Split(train.x[::TENTH], train.y[::TENTH])


def _split(batches: list[Path]) -> Split:
    records = np.concatenate([_records(path) for path in batches])
    images = records[:, 1:].reshape(-1, *SHAPE).transpose(0, 2, 3, 1)
    return Split(images.astype(np.float32) / 255, records[:, 0].astype(np.int64))


def _records(path: Path) -> np.ndarray:
    """The records (images, 3073) of a batch."""
    try:
        content = np.frombuffer(path.read_bytes(), np.uint8)
    except OSError as error:
        raise AccelError(f"{path}: not readable ({error}): download the data set again") from error
    records = content.reshape(-1, RECORD) if len(content) and not len(content) % RECORD else None
    if records is None or records[:, 0].max() >= len(CLASSES):
        raise AccelError(f"{path}: {len(content):,} bytes; expected records of {RECORD:,}, a class of 0 to 9 first")
    return records
