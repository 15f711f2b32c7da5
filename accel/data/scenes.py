"""Scenes: digits here and there on larger canvases, dark and cluttered, and where they are."""

from __future__ import annotations

import numpy as np

from accel.data.images import INK, resized

SIZE = 48
"""Pixels of a canvas each way."""
MOST = 3
"""Digits of a scene at most."""
SCALES = 0.7, 1.1
CLUTTER = 8
"""Pieces of digits in a scene, which count for nothing."""
TRIES = 20


def drawn(digits: np.ndarray, labels: np.ndarray, count: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """`count` scenes (count, SIZE, SIZE, 1) in 0..1 of `digits` (n, 28, 28, 1), and what is in each, float32 (count,
    MOST, 5): class, top, left, bottom and right in pixels; the class is -1 where there are fewer. No two overlap.
    """
    x = np.zeros((count, SIZE, SIZE), np.float32)
    boxes = np.full((count, MOST, 5), -1, np.float32)
    for number in range(count):
        rng = np.random.default_rng((seed, number))
        for _ in range(CLUTTER):
            _paste(x[number], _piece(rng, digits), rng)
        for box in boxes[number, : rng.integers(1, MOST + 1)]:
            _place(x[number], boxes[number], box, rng, digits, labels)
        light, dark, noise = rng.uniform(0.3, 1), rng.uniform(0, 0.15), rng.normal(0, 0.03, (SIZE, SIZE))
        x[number] = np.clip(dark + (light - dark) * x[number] + noise, 0, 1)
    return x[..., None], boxes


def _place(
    canvas: np.ndarray,
    taken: np.ndarray,
    box: np.ndarray,
    rng: np.random.Generator,
    digits: np.ndarray,
    labels: np.ndarray,
) -> None:
    """One more digit where none is yet, and its `box`; none where there is no room."""
    chosen = rng.integers(len(digits))
    size = round(digits.shape[1] * rng.uniform(*SCALES))
    digit = resized(digits[chosen], (size, size))[..., 0]
    rows, columns = np.nonzero(digit > INK)
    digit = digit[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
    for _ in range(TRIES):
        top, left = (rng.integers(0, SIZE - length + 1) for length in digit.shape)
        bottom, right = top + digit.shape[0], left + digit.shape[1]
        others = taken[taken[:, 0] >= 0]
        beside = (others[:, 1] >= bottom) | (others[:, 3] <= top) | (others[:, 2] >= right) | (others[:, 4] <= left)
        if beside.all():
            canvas[top:bottom, left:right] = digit  # on top of clutter
            box[:] = labels[chosen], top, left, bottom, right
            return


def _piece(rng: np.random.Generator, digits: np.ndarray) -> np.ndarray:
    """A piece of a digit, 4 to 8 pixels each way."""
    digit = digits[rng.integers(len(digits)), ..., 0]
    height, width = rng.integers(4, 9, 2)
    top, left = rng.integers(4, 16, 2)
    return digit[top : top + height, left : left + width]


def _paste(canvas: np.ndarray, piece: np.ndarray, rng: np.random.Generator) -> None:
    top, left = (rng.integers(0, SIZE - length + 1) for length in piece.shape)
    part = canvas[top : top + piece.shape[0], left : left + piece.shape[1]]
    np.maximum(part, piece, out=part)
