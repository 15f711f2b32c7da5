"""Data sets in their publishers' own layout, read into arrays with a fixed train/test split.

A data set's *root* is its own folder (`<data root>/emodb`, which holds `wav/`), as `find` returns it.
"""

from __future__ import annotations

import gzip
import os
import re
import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np

from accel.errors import AccelError

EMODB_CLASSES = ("anger", "boredom", "disgust", "fear", "happiness", "sadness", "neutral")
EMODB_LETTERS = "WLEAFTN"  # the sixth character of a file name, in the order of EMODB_CLASSES
EMODB_FOLDS = (("03", "08"), ("10", "09"), ("11", "13"), ("12", "14"), ("15", "16"))
"""Five folds of one man and one woman each, paired in the order of their numbers."""

FIFTH = 5  # every fifth example of a train split validates where a data set has no rule of its own
FSDD_VALIDATION = range(5, 10)  # recordings of each speaker and digit

DIGITS = tuple(str(digit) for digit in range(10))
FSDD_RATE = 8000
MNIST_IMAGES = "t10k-images-idx3-ubyte.gz"
MNIST_LABELS = "t10k-labels-idx1-ubyte.gz"
MNIST_TRAIN = 8000  # of the 10,000 images in the t10k files; the rest are the test split
MNIST_VALIDATION = 1000  # the last ones of the train split

# What must stand in a data set's folder for it to be there at all.
MARKERS = {
    "emodb": "wav",
    "fsdd": "recordings",
    "mnist": MNIST_IMAGES,
    "cifar10": "cifar-10-batches-bin",
    "adult": "adult.data",
}


@dataclass(frozen=True)
class Split:
    """Inputs `x`, float32 with the example as first axis, and their class numbers `y`, int64."""

    x: np.ndarray
    y: np.ndarray


@dataclass(frozen=True)
class Dataset:
    """A data set cut in two; no speaker or recording of `test` is in `train`. A split is read when it is first asked
    for. `validation` is a part of `train`, to choose designs on: of whole speakers or recordings where they differ.
    """

    name: str
    classes: tuple[str, ...]
    read_train: Callable[[], Split]
    read_test: Callable[[], Split]
    read_validation: Callable[[], Split] | None = None

    @cached_property
    def train(self) -> Split:
        """What is learnt from."""
        return self.read_train()

    @cached_property
    def test(self) -> Split:
        """What is measured on."""
        return self.read_test()

    @cached_property
    def validation(self) -> Split:
        """What designs are chosen on."""
        return self.read_validation() if self.read_validation else Split(self.train.x[::FIFTH], self.train.y[::FIFTH])

    def mapped(self, change: Callable[[Split], Split]) -> Dataset:
        """The same with every split changed when it is first asked for."""
        parts = ("train", "test", "validation")
        return replace(self, **{f"read_{part}": lambda part=part: change(getattr(self, part)) for part in parts})


@dataclass(frozen=True)
class Recording:
    """One labelled sound file."""

    path: Path
    speaker: str
    label: int
    index: int = 0


def data_root() -> Path:
    """The folder that holds one folder per data set: `$ACCEL_DATA`, or else `~/.cache/accel`."""
    return Path(os.environ.get("ACCEL_DATA") or "~/.cache/accel").expanduser()


def find(name: str) -> Path | None:
    """The folder of data set `name` below `data_root()`, or None where it is not there."""
    if name not in MARKERS:
        raise AccelError(f"unknown data set '{name}': expected one of {', '.join(MARKERS)}")
    root = data_root() / name
    return root if (root / MARKERS[name]).exists() else None


def emodb_recordings(root: Path) -> list[Recording]:
    """EmoDB's utterances, sorted by name: `wav/SSTTTEv.wav` (speaker, text, emotion letter, version)."""
    pattern = re.compile(rf"(\d\d)[ab]\d\d([{EMODB_LETTERS}])[a-z]\.wav")
    return [
        Recording(path, match[1], EMODB_LETTERS.index(match[2]))
        for path, match in _matches(root / "wav", pattern, "SSTTTEv.wav")
    ]


def load_emodb(
    root: Path, prepare: Callable[[Path], np.ndarray], test_speakers: Sequence[str] = EMODB_FOLDS[0]
) -> Dataset:
    """EmoDB split by speaker: `test_speakers` are the test split, all others the train split; two folds of these
    validate.

    `prepare` turns one sound file into an array of fixed shape.
    """
    recordings = emodb_recordings(root)
    train = [r for r in recordings if r.speaker not in test_speakers]
    test = [r for r in recordings if r.speaker in test_speakers]
    folds = [fold for fold in EMODB_FOLDS if not set(fold) & set(test_speakers)]
    validation = [r for r in train if any(r.speaker in fold for fold in folds[:2])]
    return Dataset("emodb", EMODB_CLASSES, *(_reader(part, prepare) for part in (train, test, validation)))


def fsdd_recordings(root: Path) -> list[Recording]:
    """FSDD's recordings, sorted by name: `recordings/DIGIT_SPEAKER_INDEX.wav`."""
    pattern = re.compile(r"(\d)_([a-z]+)_(\d+)\.wav")
    return [
        Recording(path, match[2], int(match[1]), int(match[3]))
        for path, match in _matches(root / "recordings", pattern, "DIGIT_SPEAKER_INDEX.wav")
    ]


def load_fsdd(root: Path, prepare: Callable[[Path], np.ndarray]) -> Dataset:
    """FSDD with its publisher's split: recordings 0 to 4 of each speaker and digit are the test split, and 5 to 9
    validate.
    """
    recordings = fsdd_recordings(root)
    train = [r for r in recordings if r.index > 4]
    test = [r for r in recordings if r.index <= 4]
    validation = [r for r in train if r.index in FSDD_VALIDATION]
    return Dataset("fsdd", DIGITS, *(_reader(part, prepare) for part in (train, test, validation)))


def load_mnist(root: Path) -> Dataset:
    """The 10,000 images of MNIST's t10k files, (28, 28, 1) in 0..1: the first 8,000 train, the last 2,000 test."""
    images = _read_idx(root / MNIST_IMAGES, 3).astype(np.float32)[..., None] / 255
    labels = _read_idx(root / MNIST_LABELS, 1).astype(np.int64)
    if len(images) != len(labels) or len(images) <= MNIST_TRAIN:
        raise AccelError(
            f"{root}: {len(images)} images and {len(labels)} labels, expected the 10,000 of each in MNIST's t10k files"
        )
    validating = slice(MNIST_TRAIN - MNIST_VALIDATION, MNIST_TRAIN)
    parts = (slice(None, MNIST_TRAIN), slice(MNIST_TRAIN, None), validating)
    train, test, validation = (Split(images[part], labels[part]) for part in parts)
    return Dataset("mnist", DIGITS, lambda: train, lambda: test, lambda: validation)


def _reader(recordings: Sequence[Recording], prepare: Callable[[Path], np.ndarray]) -> Callable[[], Split]:
    """What reads and prepares a split's recordings."""
    if not recordings:
        raise AccelError("a split of the data set has no recordings: the folder is incomplete, download it again")

    def read() -> Split:
        x = np.stack([prepare(r.path) for r in recordings]).astype(np.float32)
        return Split(x, np.array([r.label for r in recordings], np.int64))

    return read


def _matches(folder: Path, pattern: re.Pattern[str], layout: str) -> list[tuple[Path, re.Match[str]]]:
    if not folder.is_dir():
        raise AccelError(f"no data set in {folder.parent}: expected the folder {folder.name}/ with files {layout}")
    pairs = [(path, pattern.fullmatch(path.name)) for path in sorted(folder.glob("*.wav"))]
    stray = next((path for path, match in pairs if match is None), None)
    if stray or not pairs:
        raise AccelError(f"{folder}: found {stray.name if stray else 'no sound file'}, expected files named {layout}")
    return pairs


def _read_idx(path: Path, rank: int) -> np.ndarray:
    """An IDX file of unsigned bytes: magic 0x0000 08 rank, `rank` big-endian sizes, then the data."""
    try:
        content = gzip.decompress(path.read_bytes())
        magic, *shape = struct.unpack_from(f">{1 + rank}I", content)
        if magic != 0x800 + rank:
            raise ValueError(f"magic number {magic:#x} instead of {0x800 + rank:#x}")
        return np.frombuffer(content, np.uint8, offset=4 * (1 + rank)).reshape(shape)
    except FileNotFoundError:
        raise AccelError(f"no file {path}: expected MNIST's {path.name} as published") from None
    except (OSError, EOFError, ValueError, struct.error) as error:
        raise AccelError(f"{path} is not a gzipped IDX file of rank {rank} ({error}): download it again") from error
