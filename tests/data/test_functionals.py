from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from accel.data import audio, functionals, stimulus

RATE, BANDS = 16_000, 32
CENTRES = audio.mel_centres(RATE, BANDS)
RNG = np.random.default_rng(0)


def power(signal: np.ndarray) -> np.ndarray:
    return audio.mel_power(signal, rate=RATE, window=400, hop=125, bands=BANDS)[None]


def tone(frequency: float) -> np.ndarray:
    return 0.5 * np.sin(2 * np.pi * frequency * np.arange(RATE) / RATE).astype(np.float32)


def test_functionals_are_finite_for_speech_and_for_silence():
    sounds = [
        power(stimulus.voiced(1.0, RATE, seed=0)),
        power(stimulus.voiced(1.0, RATE, seed=1)),
        power(np.zeros(RATE)),
    ]
    found = functionals.functionals(np.concatenate(sounds), CENTRES)
    assert found.shape == (3, 2 * (functionals.COEFFICIENTS + 19) * 33) and found.dtype == np.float32
    assert np.isfinite(found).all()
    assert not np.allclose(found[0], found[1])


def test_each_sound_is_described_alone():
    sounds = np.concatenate([power(stimulus.voiced(0.5, RATE, seed=seed)) for seed in range(3)])
    together = functionals.functionals(sounds, CENTRES)
    np.testing.assert_allclose(together[1], functionals.functionals(sounds[1:2], CENTRES)[0], rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("frequency", [500.0, 1500.0, 4000.0])
def test_a_tone_has_its_centroid_and_roll_offs_at_its_frequency(frequency):
    mean, spread, *_ = np.median(functionals.spectral_statistics(power(tone(frequency)), CENTRES)[0], axis=0)
    assert mean == pytest.approx(frequency, rel=0.1) and spread < 0.2 * frequency
    band = np.interp(frequency, CENTRES[1:], np.diff(CENTRES))
    rolled = np.median(functionals.spectral_statistics(power(tone(frequency)), CENTRES)[0, :, 5:9], axis=0)
    np.testing.assert_allclose(rolled, frequency, atol=1.2 * band)


def test_level_changes_the_first_coefficient_only():
    sound = 100 * power(stimulus.voiced(1.0, RATE))
    loud, soft = functionals.cepstrum(4 * sound + 1), functionals.cepstrum(sound + 0.25)
    np.testing.assert_allclose(loud[..., 1:], soft[..., 1:], atol=1e-3)
    np.testing.assert_allclose(loud[..., 0] - soft[..., 0], np.log(4) * np.sqrt(BANDS), atol=1e-3)


def test_slopes_of_a_line_and_of_a_parabola():
    t = np.arange(20.0)
    x = np.stack([3 * t, t * t], axis=1)[None]
    inner = functionals.slopes(x)[0, 2:-2]
    np.testing.assert_allclose(inner[:, 0], 3)
    np.testing.assert_allclose(inner[:, 1], 2 * t[2:-2])


def test_over_time_against_numpy_and_scipy():
    x = RNG.normal(size=(2, 400, 3))
    found = functionals.over_time(x).reshape(2, -1, 3)
    np.testing.assert_allclose(found[:, 0], x.mean(axis=1))
    np.testing.assert_allclose(found[:, 1], x.std(axis=1))
    np.testing.assert_allclose(found[:, 2], stats.skew(x, axis=1))
    np.testing.assert_allclose(found[:, 3], stats.kurtosis(x, axis=1, fisher=False))
    np.testing.assert_allclose(found[:, 6], np.median(x, axis=1))


def test_peaks_and_steps_of_a_triangle():
    triangle = np.tile([0.0, 1.0, 2.0, 1.0], 25)[None, :, None]
    share, height, above, spread = (value.item() for value in functionals._peaks(triangle, triangle.mean(axis=1)))
    assert (share, above, spread) == (pytest.approx(25 / 98), pytest.approx(1), pytest.approx(0, abs=1e-6))
    assert height == pytest.approx(2)
    up, rise, fall, uneven = (value.item() for value in functionals._steps(np.diff(triangle, axis=1)))
    assert (up, uneven) == (pytest.approx(50 / 99), pytest.approx(0)) and (rise, fall) == (
        pytest.approx(1),
        pytest.approx(-1),
    )
