"""The front end of the speech models: features, back to power, and as a map."""

from __future__ import annotations

import numpy as np
import pytest

from accel.data import emotional_speech, spoken_digits, stimulus


@pytest.fixture(params=[spoken_digits, emotional_speech], ids=["digits", "emotions"])
def front(request):
    """The front end and a signal of its length."""
    own = request.param.INPUT
    return own, request.param.MEL, stimulus.voiced(own.samples / own.rate, own.rate, seed=3)


def test_features_are_those_of_the_power_and_lead_back_to_it(front):
    own, mel, signal = front
    power = mel.power(signal)
    assert power.shape == (own.samples // mel.hop, mel.bands)
    features = mel.of(signal)
    assert features.dtype == np.float32 and np.abs(features).max() < 4 and 0.5 < features.std() < 2
    np.testing.assert_allclose(mel.power_of(features), power, rtol=1e-3, atol=1e-2 * mel.floor)


def test_signals_are_taken_together_as_one_by_one(front):
    _, mel, signal = front
    two = np.stack([signal, signal[::-1]])
    np.testing.assert_allclose(mel.of(two), [mel.of(signal), mel.of(signal[::-1])], atol=1e-4)


def test_silence_is_the_least_of_all(front):
    own, mel, signal = front
    silence = mel.of(np.zeros(own.samples, np.float32))
    assert np.isfinite(silence).all() and (silence <= mel.of(signal) + 1e-6).all()


def test_drawn_with_time_along_x(front):
    own, mel, signal = front
    panel = mel.drawn(own.tensor(signal))
    assert panel.values.shape == (mel.bands, own.samples // mel.hop) and panel.x.end == own.seconds
