"""Augmentation of training batches: `(rng, x, onehot) -> (x, onehot)`, vectorised, one random draw per example."""

from __future__ import annotations

import numpy as np
from scipy import ndimage


def distorted_images(rng: np.random.Generator, x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Images (n, height, width, 1) rotated, scaled, sheared, shifted and bent a little."""
    n, height, width, _ = x.shape
    row, column = np.mgrid[:height, :width] - np.array([height - 1, width - 1]).reshape(2, 1, 1) / 2
    angle = _column(rng.uniform(-0.22, 0.22, n))
    shear = _column(rng.uniform(-0.2, 0.2, n))
    tall, wide = (_column(rng.uniform(0.87, 1.15, n)) for _ in range(2))
    up, left = (_column(rng.uniform(-2, 2, n)) for _ in range(2))
    bend = 8 * ndimage.gaussian_filter(rng.uniform(-1, 1, (2, n, height, width)), (0, 0, 4, 4), mode="constant")
    rows = tall * (np.cos(angle) * row - np.sin(angle) * column) + up + bend[0]
    columns = wide * (np.sin(angle) * row + np.cos(angle) * column) + shear * row + left + bend[1]
    return _sampled(x[..., 0], rows + (height - 1) / 2, columns + (width - 1) / 2)[..., None], y


def moved_pictures(rng: np.random.Generator, x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Pictures (n, height, width, channels), half of them mirrored, shifted by up to an eighth; the border is 0."""
    n, height, width, _ = x.shape
    row, column = height // 8, width // 8
    padded = np.pad(x, ((0, 0), (row, row), (column, column), (0, 0)))
    up, left = (rng.integers(0, 2 * most + 1, (n, 1)) for most in (row, column))
    across = np.where(rng.random((n, 1)) < 0.5, np.arange(width)[::-1], np.arange(width))
    rows, columns = (up + np.arange(height))[:, :, None], (left + across)[:, None, :]
    return padded[np.arange(n)[:, None, None], rows, columns], y


def varied_waveforms(rng: np.random.Generator, x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Waveforms (n, samples, 1) played faster or slower, shifted, scaled, turned over, with noise added."""
    n, length, _ = x.shape
    speed = rng.uniform(0.85, 1.18, (n, 1))
    start = rng.uniform(-0.08, 0.08, (n, 1)) * length + (1 - speed) * length / 2
    position = start + speed * np.arange(length)
    whole = np.floor(position).astype(int)
    part = (position - whole).astype(np.float32)
    padded = np.pad(x[..., 0], ((0, 0), (1, 2)))  # one zero before, two after: what lies outside is silence
    at = np.clip(whole + 1, 0, length + 1)
    example = np.arange(n)[:, None]
    moved = padded[example, at] * (1 - part) + padded[example, at + 1] * part
    gain = rng.choice([-1, 1], (n, 1)) * rng.uniform(0.6, 1.2, (n, 1))
    noise = rng.normal(size=(n, length)) * 10 ** rng.uniform(-4, -1.5, (n, 1))
    return (moved * gain + noise)[..., None].astype(np.float32), y


def warped_power(rng: np.random.Generator, x: np.ndarray) -> np.ndarray:
    """Mel power spectrograms (n, time, bands) with another tempo, start, vocal tract, colour, level and noise floor."""
    n, times, bands = x.shape
    tempo, formants = (_column(rng.uniform(1 - r, 1 + r, n)) for r in (0.13, 0.06))
    start, lift = (_column(rng.uniform(low, high, n)) for low, high in ((-0.075 * times, 0.03 * times), (-0.5, 0.5)))
    row, column = np.mgrid[:times, :bands]
    x = _sampled(x, tempo * row + start, formants * column + lift)
    colour = 1.2 * ndimage.gaussian_filter1d(rng.normal(size=(n, 1, bands)), 4, axis=2, mode="nearest")
    gain = colour + 0.7 * rng.normal(size=(n, 1, 1))  # nepers of power
    return x * np.exp(gain) + 1e-4 * _column(rng.random(n)) ** 4


def blended_power(rng: np.random.Generator, x: np.ndarray, groups: np.ndarray) -> np.ndarray:
    """Mel power spectrograms (n, time, bands), each blended with another of its group, `groups` (n,): half of them
    added to it, softer than it, the others going on with it from somewhere on.
    """
    n, times, _ = x.shape
    other = np.arange(n)
    for group in np.unique(groups):
        members = np.flatnonzero(groups == group)
        other[members] = rng.permutation(members)
    added = x + x[other] * _column(10 ** rng.uniform(-1, 0, n))
    cut = _column(rng.uniform(0.15, 0.85, n)) * times
    spliced = np.where(np.arange(times)[:, None] < cut, x, x[other])
    return np.where(_column(rng.random(n)) < 0.5, added, spliced)


def masked_spectrograms(rng: np.random.Generator, x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Spectrograms (n, time, bands) as (n, time, bands, 1) with two times and two bands of each masked (SpecAugment,
    Park et al. 2019), and pairs of them mixed (mixup, Zhang et al. 2018).
    """
    n, times, bands = x.shape
    for _ in range(2):
        x = x * _mask(rng, n, times, times // 10)[:, :, None] * _mask(rng, n, bands, bands // 6)[:, None, :]
    share = _column(rng.beta(0.3, 0.3, n))
    share = np.maximum(share, 1 - share)
    other = rng.permutation(n)
    x, y = share * x + (1 - share) * x[other], share[:, 0] * y + (1 - share[:, 0]) * y[other]
    return x[..., None].astype(np.float32), y.astype(np.float32)


def _mask(rng: np.random.Generator, n: int, length: int, widest: int) -> np.ndarray:
    """(n, length) of ones with one run of zeros, up to `widest` long, in each row."""
    width = rng.integers(0, widest + 1, (n, 1))
    start = rng.integers(0, length - width + 1)
    at = np.arange(length)
    return (at < start) | (at >= start + width)


def _column(values: np.ndarray) -> np.ndarray:
    return values.reshape(-1, 1, 1)


def _sampled(images: np.ndarray, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
    """Bilinear samples of `images` (n, height, width) at fractional positions (n, ...); the border goes on outside."""
    n, height, width = images.shape
    rows, columns = np.clip(rows, 0, height - 1), np.clip(columns, 0, width - 1)
    top = np.minimum(rows.astype(int), height - 2)
    left = np.minimum(columns.astype(int), width - 2)
    down, right = (rows - top).astype(np.float32), (columns - left).astype(np.float32)
    example = np.arange(n).reshape(-1, 1, 1)
    above = images[example, top, left] * (1 - right) + images[example, top, left + 1] * right
    below = images[example, top + 1, left] * (1 - right) + images[example, top + 1, left + 1] * right
    return above * (1 - down) + below * down
