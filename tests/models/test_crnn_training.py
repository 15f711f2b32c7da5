"""How the CRNN's training data comes about: nothing of a test speaker may get into it."""

from __future__ import annotations

import numpy as np
import pytest

from accel.data import stimulus

SPEAKERS = np.array(["a", "b", "c", "d"]).repeat(6)
LABELS = np.tile(np.arange(7), 4)[: len(SPEAKERS)]


@pytest.fixture
def name():
    return "crnn"


@pytest.fixture
def source(model, monkeypatch):
    """The model.py, making fewer versions."""
    monkeypatch.setattr(model.source, "VERSIONS", 6)
    return model.source


@pytest.fixture(scope="module")
def signals():
    return [stimulus.voiced(2.0, 16_000, seed=i) for i in range(len(SPEAKERS))]


def test_versions_of_a_speaker_have_nothing_of_another(source, signals):
    ours = source._versions(signals, SPEAKERS)
    assert ours.shape == (len(SPEAKERS), 6, 256, 32) and np.isfinite(ours).all() and (ours >= 0).all()
    np.testing.assert_allclose(ours[:, 0], [source.power(signal) for signal in signals], rtol=1e-5)
    muted = [signal * (speaker != "d") for signal, speaker in zip(signals, SPEAKERS, strict=True)]
    theirs = source._versions(muted, SPEAKERS)
    same = np.isclose(ours, theirs, rtol=1e-5, atol=1e-9).all(axis=(1, 2, 3))
    assert same[SPEAKERS != "d"].all() and not same[SPEAKERS == "d"].any()


def test_the_teacher_knows_no_test_label(source, signals):
    versions = source._versions(signals, SPEAKERS)
    described = source._described(versions)
    train = SPEAKERS != "d"
    other = np.where(train, LABELS, 6 - LABELS)
    targets = source._taught(described, LABELS, train)
    np.testing.assert_array_equal(targets, source._taught(described, other, train))
    np.testing.assert_allclose(targets.sum(axis=-1), 1, rtol=1e-5)
    assert (targets[train, 0].argmax(axis=-1) == LABELS[train]).all(), "a few examples are learnt by heart"
