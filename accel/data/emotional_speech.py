"""Emotional speech as the models of EmoDB take it: log-mel features of an utterance's first two seconds."""

from __future__ import annotations

import numpy as np

from accel.data.sound import Sound
from accel.data.spectrogram import LogMel

RATE = 16_000
"""Hz; other rates are resampled to it."""

SECONDS = 2.0
MEL = LogMel(rate=RATE, window=400, hop=125, bands=32, level=(-4.5, -0.17), spread=(4.5, -0.075))
"""256 frames of 32 bands: a window of 25 ms every 7.8 ms."""


def features(signal: np.ndarray) -> np.ndarray:
    """Log-mel features (256, 32, 1) of a signal (32000,)."""
    return MEL.of(signal)[..., None]


INPUT = Sound(RATE, round(SECONDS * RATE), features, drawn=MEL.drawn)
"""The beginning of a recording, zeros appended where it is shorter."""
