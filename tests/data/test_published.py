"""The data sets as published, those of them that are on this machine."""

from __future__ import annotations

import numpy as np
import pytest

from accel.data import adult, audio, cifar10, datasets

RECORDINGS = {"emodb": datasets.emodb_recordings, "fsdd": datasets.fsdd_recordings}
COUNTS = {"emodb": (535, 10, 7), "fsdd": (3000, 6, 10)}
"""Recordings, speakers and classes."""


def speech(name: str) -> None:
    recordings = RECORDINGS[name](datasets.find(name))
    assert (len(recordings), len({r.speaker for r in recordings}), len({r.label for r in recordings})) == COUNTS[name]
    assert np.isfinite(audio.read_wav(recordings[0].path, 8000)).all()


def digits(name: str) -> None:
    data = datasets.load_mnist(datasets.find(name))
    assert data.train.y[:10].tolist() == [7, 2, 1, 0, 4, 1, 4, 9, 5, 9]
    assert data.train.x.min() == 0 and data.train.x.max() == 1
    assert (len(data.train.y), len(data.test.y)) == (8000, 2000)


def pictures(name: str) -> None:
    data = cifar10.load(datasets.find(name))
    assert len(data.train.y) % 10_000 == 0 and data.train.x.max() == 1
    for split in (data.train, data.test):
        assert len(set(np.bincount(split.y, minlength=10))) == 1, "as many images of each class"


def people(name: str) -> None:
    data = adult.load(datasets.find(name))
    assert data.train.x.shape[1] == adult.WIDTH and 0.2 < data.train.y.mean() < 0.3
    assert np.abs(data.train.x[:, :5].mean(axis=0)).max() < 0.2 and np.abs(data.train.x).max() < 5


KINDS = {"emodb": speech, "fsdd": speech, "mnist": digits, "cifar10": pictures, "adult": people}


@pytest.mark.parametrize("name", list(filter(datasets.find, datasets.MARKERS)))
def test_published(name):
    KINDS[name](name)
