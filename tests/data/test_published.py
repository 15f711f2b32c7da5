"""The data sets as published, those of them that are on this machine."""

from __future__ import annotations

import numpy as np
import pytest

from accel.data import audio, datasets

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


@pytest.mark.parametrize("name", list(filter(datasets.find, datasets.MARKERS)))
def test_published(name):
    (digits if name == "mnist" else speech)(name)
