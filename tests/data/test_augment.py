from __future__ import annotations

import numpy as np
import pytest

from accel.data import audio, augment, stimulus

N = 16
LABELS = np.eye(7, dtype=np.float32)[np.arange(N) % 7]


def images() -> np.ndarray:
    return stimulus.strokes(N)


def waveforms() -> np.ndarray:
    return np.stack([stimulus.voiced(0.1, 8000, seed=i) for i in range(N)])[..., None]


def spectrograms() -> np.ndarray:
    return np.random.default_rng(0).normal(size=(N, 48, 32)).astype(np.float32)


def powers() -> np.ndarray:
    """Mel power of speech-like sounds, (n, 62, 32)."""
    shape = {"rate": 8000, "window": 200, "hop": 64, "bands": 32}
    return np.stack([audio.mel_power(stimulus.voiced(0.5, 8000, seed=i), **shape) for i in range(N)])


@pytest.mark.parametrize(
    ("alter", "x", "shape"),
    [
        (augment.distorted_images, images(), (28, 28, 1)),
        (augment.moved_pictures, np.repeat(images(), 3, axis=-1), (28, 28, 3)),
        (augment.varied_waveforms, waveforms(), (800, 1)),
        (augment.masked_spectrograms, spectrograms(), (48, 32, 1)),
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


def test_mixup_mixes_targets_as_it_mixes_spectrograms():
    value = np.arange(1.0, 8.0)  # of all pixels of a class
    x = (LABELS @ value)[:, None, None] * np.ones((48, 32))
    mixed, y = augment.masked_spectrograms(np.random.default_rng(0), x, LABELS)
    assert (y[LABELS == 1] >= 0.5 - 1e-6).all() and (y.max(axis=1) < 1).any()
    np.testing.assert_allclose(mixed.max(axis=(1, 2, 3)), y @ value, rtol=1e-5)


def test_masks_are_zero_over_whole_times_and_bands():
    masked, _ = augment.masked_spectrograms(np.random.default_rng(0), np.ones((N, 48, 32)), LABELS)
    kept = masked[..., 0] > 0.5  # the example's own mask, as its share of the mixture is the larger one
    np.testing.assert_array_equal(kept, kept.any(axis=2, keepdims=True) & kept.any(axis=1, keepdims=True))
    assert 0.5 < kept.mean() < 1


def test_warped_power_stays_power_and_keeps_silence_soft():
    x = powers()
    warped = augment.warped_power(np.random.default_rng(3), x)
    assert warped.shape == x.shape and (warped >= 0).all() and not np.allclose(warped, x)
    assert augment.warped_power(np.random.default_rng(3), np.zeros_like(x)).max() <= 1e-4
    change = np.log(warped.mean(axis=(1, 2)) / x.mean(axis=(1, 2)))
    assert np.abs(change).max() < 6 and change.std() > 0.2


def test_blended_power_adds_or_continues_with_another_of_the_group():
    groups = np.arange(N) % 4
    x = np.ones((N, 40, 2)) * 10.0 ** groups[:, None, None]
    blended = augment.blended_power(np.random.default_rng(0), x, groups)
    rise = blended / x
    spliced = (rise == 1).all(axis=(1, 2))
    assert 0 < spliced.sum() < N, "some are added, some spliced"
    assert (rise[~spliced] > 1).all() and (rise[~spliced] <= 2).all(), "none but its own group's"


def test_moved_pictures_are_mirrored_and_shifted():
    x = np.zeros((64, 16, 16, 3), np.float32)
    x[:, 8, 3] = [0.2, 0.4, 0.6]
    altered, y = augment.moved_pictures(np.random.default_rng(0), x, np.eye(64))
    example, rows, columns, _ = np.nonzero(altered[..., :1])
    assert example.tolist() == list(range(64)) and (y == np.eye(64)).all()
    assert set(rows) == set(range(6, 11)) and set(columns) == {*range(1, 6), *range(10, 15)}
    assert (altered[example, rows, columns] == x[0, 8, 3]).all()
