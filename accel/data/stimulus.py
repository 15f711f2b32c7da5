"""Inputs made without any data set: a voiced source-filter signal and drawn strokes, the same for the same seed.

They exercise a network with the ranges and the structure of its real inputs. Their class means nothing.
"""

from __future__ import annotations

import numpy as np
from scipy import ndimage, signal

# Formant frequencies in Hz of the vowels a, e, i, o, u of an average speaker, and the bandwidths of the resonators.
VOWELS = np.array([[730, 1090, 2440], [530, 1840, 2480], [270, 2290, 3010], [570, 840, 2410], [300, 870, 2240]], float)
BANDWIDTHS = (80.0, 100.0, 140.0)


def voiced(seconds: float, rate: int, seed: int = 0) -> np.ndarray:
    """Speech-like sound, (samples,) float32 with a peak of 1, at `rate` Hz.

    Syllables of 0.12 to 0.3 s: glottal pulses whose pitch (80 to 260 Hz) glides, with some breath, through the three
    formant resonators of a random vowel, under a smooth envelope and with a short pause behind each.
    """
    rng = np.random.default_rng(seed)
    pitch, tract = rng.uniform(80, 260), rng.uniform(0.9, 1.2)
    length, syllables, total = round(seconds * rate), [], 0
    while total < length:
        size = round(rng.uniform(0.12, 0.3) * rate)
        sound = _syllable(rng, size, rate, pitch, tract * VOWELS[rng.integers(len(VOWELS))])
        pause = rng.normal(scale=1e-3, size=round(rng.uniform(0.02, 0.1) * rate))
        syllables += [sound, pause]
        total += size + len(pause)
    sound = np.concatenate(syllables)[:length]
    return (sound / np.abs(sound).max()).astype(np.float32)


def _syllable(rng: np.random.Generator, size: int, rate: int, pitch: float, formants: np.ndarray) -> np.ndarray:
    glide = pitch * np.geomspace(rng.uniform(0.8, 1.3), rng.uniform(0.8, 1.3), size)
    cycles = np.cumsum(glide / rate)
    source = np.diff(np.floor(cycles), prepend=0.0) + rng.normal(scale=0.02, size=size)
    sound = signal.lfilter([1.0], [1.0, -0.97], source)  # the glottal pulse falls by 12 dB an octave, lips give back 6
    for frequency, bandwidth in zip(formants, BANDWIDTHS, strict=True):
        if frequency < 0.45 * rate:
            radius = np.exp(-np.pi * bandwidth / rate)
            poles = [1.0, -2 * radius * np.cos(2 * np.pi * frequency / rate), radius**2]
            sound = signal.lfilter([sum(poles)], poles, sound)
    sound = sound * np.hanning(size) * rng.uniform(0.4, 1.0)
    return sound / max(float(np.abs(sound).max()), 1e-9) * rng.uniform(0.4, 1.0)


def strokes(count: int, size: int = 28, seed: int = 0) -> np.ndarray:
    """Drawn strokes, (count, size, size, 1) float32 in 0..1: one or two smooth curves through random points each."""
    rng = np.random.default_rng(seed)
    images = np.zeros((count, size, size), np.float32)
    for image in images:
        for _ in range(rng.integers(1, 3)):
            points = rng.uniform(0.2, 0.8, (3, 2)) * size
            t = np.linspace(0, 1, 6 * size)[:, None]
            curve = (1 - t) ** 2 * points[0] + 2 * t * (1 - t) * points[1] + t**2 * points[2]
            row, column = curve.round().astype(int).T
            image[row, column] = 1
    inked = ndimage.gaussian_filter(images, (0, 0.8, 0.8))
    return np.clip(2.5 * inked, 0, 1)[..., None]
