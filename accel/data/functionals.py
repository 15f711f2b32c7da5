"""Functionals: one long vector for a whole sound, statistics over time of its spectrum's course.

A linear classifier on such vectors is a strong reader of emotions in speech from little data (the ComParE feature set,
Weninger, Eyben, Schuller et al. 2013). These are descriptors and functionals of that kind, taken from a mel power
spectrogram alone.
"""

from __future__ import annotations

import numpy as np
from scipy import fft, ndimage

COEFFICIENTS = 20  # of the cepstrum
FLOOR = 1e-5  # of the mel power
LEVELS = (0.25, 0.5, 0.75, 0.9)  # of a descriptor's span
ROLL_OFFS = (0.25, 0.5, 0.75, 0.9)  # of the power
LAGS = (1, 2, 4, 8)  # frames
TINY = 1e-9


def functionals(power: np.ndarray, centres: np.ndarray) -> np.ndarray:
    """Functionals of mel power spectrograms, float32 (n, features), from `power` (n, time, bands), a full scale of 1.

    `centres` are the centres of the bands in Hz. The descriptors are cepstral coefficients and spectral statistics,
    each smoothed over three frames, and their slopes.
    """
    descriptors = np.concatenate([cepstrum(power), spectral_statistics(power, centres)], axis=2)
    smooth = ndimage.uniform_filter1d(descriptors, 3, axis=1, mode="nearest")
    return np.concatenate([over_time(smooth), over_time(slopes(smooth))], axis=1).astype(np.float32)


def cepstrum(power: np.ndarray) -> np.ndarray:
    """Mel-frequency cepstral coefficients, (n, time, COEFFICIENTS)."""
    return fft.dct(np.log(power + FLOOR), axis=2, norm="ortho")[..., :COEFFICIENTS]


def spectral_statistics(power: np.ndarray, centres: np.ndarray) -> np.ndarray:
    """Moments, entropy, roll-off points, flux, level and band levels of each frame, (n, time, 19)."""
    total = power.sum(axis=2)
    share = power / (total + TINY)[..., None]
    mean = share @ centres
    away = centres - mean[..., None]
    variance = (share * away**2).sum(axis=2) + TINY
    skewness = (share * away**3).sum(axis=2) / variance**1.5
    kurtosis = (share * away**4).sum(axis=2) / variance**2
    entropy = -(share * np.log(share + TINY)).sum(axis=2)
    below = np.cumsum(share, axis=2)
    rolled = [centres[np.minimum((below < part).sum(axis=2), len(centres) - 1)] for part in ROLL_OFFS]
    root = np.sqrt(power)
    shape = root / (root.sum(axis=2, keepdims=True) + TINY)
    flux = np.pad(np.sqrt((np.diff(shape, axis=1) ** 2).sum(axis=2)), ((0, 0), (1, 0)))
    ripple = np.abs(np.diff(shape, axis=2)).sum(axis=2)
    low, middle = (power[..., (centres > a) & (centres < b)].sum(axis=2) for a, b in ((250, 650), (1000, 4000)))
    level = [np.log(total + TINY), np.sqrt(total), (power**0.33).sum(axis=2)]
    bands = [np.log(low + TINY), np.log(middle + TINY), low / (total + TINY), middle / (total + TINY)]
    moments = [mean, np.sqrt(variance), skewness, kurtosis, entropy]
    return np.stack([*moments, *rolled, flux, np.log(flux + 1e-6), ripple, *level, *bands], axis=2)


def slopes(x: np.ndarray) -> np.ndarray:
    """The slope of a line through five frames around each (the delta regression of HTK), shaped as `x` (n, time, d)."""
    p = np.pad(x, ((0, 0), (2, 2), (0, 0)), mode="edge")
    return (2 * (p[:, 4:] - p[:, :-4]) + p[:, 3:-1] - p[:, 1:-3]) / 10


def over_time(x: np.ndarray) -> np.ndarray:
    """Moments, percentiles, trends, times above levels, peaks and autocorrelation of each column, (n, features x d)."""
    times = x.shape[1]
    mean, spread = x.mean(axis=1), x.std(axis=1) + TINY
    centred = (x - mean[:, None]) / spread[:, None]
    q = np.percentile(x, [1, 25, 50, 75, 99], axis=1)
    t = np.linspace(-1, 1, times)[:, None]
    least, span = x.min(axis=1), np.ptp(x, axis=1)
    above = [(x > (least + level * span)[:, None]).mean(axis=1) for level in LEVELS]
    found = [
        *(mean, spread, (centred**3).mean(axis=1), (centred**4).mean(axis=1)),
        *(*q, q[2] - q[1], q[3] - q[2], q[3] - q[1], q[4] - q[0]),
        *((centred * t).mean(axis=1) * spread, (centred * (t * t - 1 / 3)).mean(axis=1) * spread),
        *(x.argmax(axis=1) / times, x.argmin(axis=1) / times),
        *above,
        *_peaks(x, mean),
        *_steps(np.diff(x, axis=1)),
        *((centred[:, lag:] * centred[:, :-lag]).mean(axis=1) for lag in LAGS),
    ]
    return np.concatenate(found, axis=1)


def _peaks(x: np.ndarray, mean: np.ndarray) -> list[np.ndarray]:
    """How often local maxima come, their mean, that above the column's, and their spread."""
    inner = x[:, 1:-1]
    peak = (inner > x[:, :-2]) & (inner >= x[:, 2:])
    count = peak.sum(axis=1) + TINY
    height = (inner * peak).sum(axis=1) / count
    spread = np.sqrt(((inner - height[:, None]) ** 2 * peak).sum(axis=1) / count)
    return [peak.mean(axis=1), height, height - mean, spread]


def _steps(step: np.ndarray) -> list[np.ndarray]:
    """How often a column rises, how steeply it rises and falls, and how even its steps are."""
    up, down = step > 0, step < 0
    rise = (step * up).sum(axis=1) / (up.sum(axis=1) + TINY)
    fall = (step * down).sum(axis=1) / (down.sum(axis=1) + TINY)
    return [up.mean(axis=1), rise, fall, np.abs(step).std(axis=1)]
