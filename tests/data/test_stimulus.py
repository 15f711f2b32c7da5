from __future__ import annotations

import numpy as np
import pytest

from accel.data import stimulus


@pytest.mark.parametrize(("seconds", "rate"), [(0.5, 8000), (2.0, 16_000)])
def test_voiced_is_the_same_for_the_same_seed(seconds, rate):
    sound = stimulus.voiced(seconds, rate, seed=3)
    assert sound.shape == (round(seconds * rate),) and sound.dtype == np.float32
    assert np.abs(sound).max() == pytest.approx(1)
    np.testing.assert_array_equal(sound, stimulus.voiced(seconds, rate, seed=3))
    assert not np.array_equal(sound, stimulus.voiced(seconds, rate, seed=4))


def test_voiced_is_periodic_at_a_voice_pitch_and_mostly_low():
    sound = stimulus.voiced(2.0, 16_000, seed=1)
    power = np.abs(np.fft.rfft(sound)) ** 2
    assert power[: 2 * 4000].sum() > 0.9 * power.sum()
    piece = sound[2000:4000]
    correlation = np.correlate(piece, piece, "full")[len(piece) - 1 :]
    lag = 16_000 // 400 + correlation[16_000 // 400 : 16_000 // 60].argmax()
    assert 60 <= 16_000 / lag <= 400 and correlation[lag] > 0.3 * correlation[0]


def test_strokes_are_drawn_in_0_to_1_and_differ():
    images = stimulus.strokes(5, seed=2)
    assert images.shape == (5, 28, 28, 1) and images.dtype == np.float32
    assert images.min() == 0 and 0.8 < images.max() <= 1
    assert (images.mean(axis=(1, 2, 3)) > 0.01).all() and (images.mean(axis=(1, 2, 3)) < 0.4).all()
    np.testing.assert_array_equal(images, stimulus.strokes(5, seed=2))
    np.testing.assert_array_equal(images[:3], stimulus.strokes(3, seed=2))
