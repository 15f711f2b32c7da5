from __future__ import annotations

import numpy as np
import pytest

from accel.data import augment, stimulus

N = 16
LABELS = np.eye(7, dtype=np.float32)[np.arange(N) % 7]


def images() -> np.ndarray:
    return stimulus.strokes(N)


def waveforms() -> np.ndarray:
    return np.stack([stimulus.voiced(0.1, 8000, seed=i) for i in range(N)])[..., None]


def spectrograms() -> np.ndarray:
    return np.random.default_rng(0).normal(size=(N, 3, 48, 32)).astype(np.float32)


@pytest.mark.parametrize(
    ("alter", "x", "shape"),
    [
        (augment.distorted_images, images(), (28, 28, 1)),
        (augment.varied_waveforms, waveforms(), (800, 1)),
        (augment.varied_spectrograms, spectrograms(), (48, 32, 1)),
    ],
)
def test_batches_are_altered_reproducibly(alter, x, shape):
    before = x.copy()
    first, second, other = (alter(np.random.default_rng(seed), x, LABELS) for seed in (1, 1, 2))
    np.testing.assert_array_equal(x, before)
    np.testing.assert_array_equal(first[0], second[0])
    np.testing.assert_array_equal(first[1], second[1])
    assert not np.array_equal(first[0], other[0])
    assert first[0].shape == (N, *shape) and first[0].dtype == np.float32 and np.isfinite(first[0]).all()
    assert first[1].shape == LABELS.shape
    np.testing.assert_allclose(first[1].sum(axis=1), 1, atol=1e-6)


def test_distorted_strokes_stay_in_range_and_keep_their_ink():
    x = images()
    altered, _ = augment.distorted_images(np.random.default_rng(0), x, LABELS)
    assert altered.min() >= 0 and altered.max() <= 1
    assert altered.sum() == pytest.approx(x.sum(), rel=0.2)


def test_mixup_keeps_the_larger_share_for_the_example_itself():
    _, y = augment.varied_spectrograms(np.random.default_rng(0), spectrograms(), LABELS)
    assert (y[LABELS == 1] >= 0.5 - 1e-6).all() and (y.max(axis=1) < 1).any()
