"""Spoken digits: what augmentation makes of their features."""

from __future__ import annotations

import numpy as np

from accel.data import spoken_digits
from accel.data.datasets import Split


def test_varied_power_becomes_other_features_of_the_same_digit():
    x, y = spoken_digits.INPUT.made(4), np.eye(10)[:4]
    power = spoken_digits.MEL.power_of(x)
    varied, same = spoken_digits.varied(np.random.default_rng(0), power, y)
    assert varied.shape == x.shape and varied.dtype == np.float32 and (same == y).all()
    assert not np.allclose(varied, x, atol=0.1) and np.corrcoef(varied.ravel(), x.ravel())[0, 1] > 0.3


def test_only_the_train_split_is_left_as_power(monkeypatch):
    x = spoken_digits.INPUT.made(2)
    known = spoken_digits.Dataset("fsdd", (), lambda: Split(x, np.zeros(2)), lambda: Split(x, np.ones(2)))
    monkeypatch.setattr(spoken_digits, "dataset", lambda root: known)
    data = spoken_digits.unvaried(None)
    np.testing.assert_allclose(spoken_digits.MEL.features(data.train.x), x, atol=1e-4)
    np.testing.assert_array_equal(data.test.x, x)
