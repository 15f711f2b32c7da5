"""Spoken digits as the models of FSDD take them: half a second of sound, as it is or as log-mel features."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from accel.data import audio, augment
from accel.data.datasets import FSDD_RATE, Dataset, Split, load_fsdd
from accel.data.given import Axis, Panel
from accel.data.sound import Sound
from accel.data.spectrogram import LogMel

SAMPLES = 4096
"""0.512 s at 8 kHz."""

MEL = LogMel(rate=FSDD_RATE, window=256, hop=128, bands=24, level=(-3.8, -0.11), spread=(2.8, -0.07), floor=1e-3)
"""32 frames of 24 bands: a window of 32 ms every 16 ms."""


def features(signal: np.ndarray) -> np.ndarray:
    """Log-mel features (32, 24) of a signal (4096,), scaled to a peak of 1."""
    return MEL.of(audio.peak_normalised(signal))


INPUT = Sound(FSDD_RATE, SAMPLES, features, audio.centred, MEL.drawn)
"""The middle of a recording, zeros added at both ends where it is shorter."""


def waveform(signal: np.ndarray) -> np.ndarray:
    """A signal (4096,) as a waveform (4096, 1), scaled to a peak of 1."""
    return audio.peak_normalised(signal)[:, None].astype(np.float32)


def drawn(x: np.ndarray) -> Panel:
    """A waveform (4096, 1) as a line."""
    seconds = Axis("seconds", 0, SAMPLES / FSDD_RATE)
    return Panel("waveform, as the network gets it", x[:, 0], seconds, Axis("amplitude", -1, 1))


WAVEFORM = Sound(FSDD_RATE, SAMPLES, waveform, audio.centred, drawn)
"""The same middle without features."""


def dataset(root: Path) -> Dataset:
    """FSDD as features (32, 24); recordings 0 to 4 of each speaker and digit are the test split."""
    return load_fsdd(root, INPUT.example)


def unvaried(root: Path) -> Dataset:
    """The same with the train split as mel power, of which `varied` makes other features for each epoch."""
    data = dataset(root)
    return replace(data, read_train=lambda: Split(MEL.power_of(data.train.x), data.train.y))


def varied(rng: np.random.Generator, x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Augmentation of mel power (n, 32, 24) to features: another tempo, start, vocal tract, colour and noise."""
    return MEL.features(augment.warped_power(rng, x)), y
