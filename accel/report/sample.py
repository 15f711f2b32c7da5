"""Evidence for a report's pictures, from arrays."""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence

import numpy as np

from accel.data import judging
from accel.fixed import Fixed, from_float
from accel.report.evidence import Confusion, Differing, Example, LayerError, TensorRow
from accel.rows import Shape

QUANTILES = (0, 0.05, 0.5, 0.95, 1)
MOST_CLASSES, MOST_DIFFERING, EXAMPLES = 32, 20, 6
COLUMNS, ROWS = 256, 64
"""Pixels of the picture of a signal."""
SLIM = 3
"""A picture that is more than so many times as wide as high is made higher."""


def tensor(name: str, kind: str, values: np.ndarray, type_: Fixed) -> TensorRow:
    """A tensor's numbers in floating point beside the type that it has."""
    flat = np.asarray(values, np.float64).reshape(-1)
    sizes = np.abs(flat[flat != 0])
    spread = np.quantile(sizes, QUANTILES) if len(sizes) else np.zeros(len(QUANTILES))
    low, high, step = type_.lo * type_.step, type_.hi * type_.step, type_.step
    beyond = int(((flat > high) | (flat < low)).sum())
    lost = int(((flat != 0) & (from_float(flat, type_) == 0) & (flat <= high) & (flat >= low)).sum())
    rounded = tuple(float(f"{size:.4g}") for size in spread)
    return TensorRow(name, kind, str(type_), step, max(high, -low), rounded, len(flat), beyond, lost)


def error(name: str, got: np.ndarray, reference: np.ndarray, step: float) -> LayerError:
    """A layer's outputs beside those of floating point, as numbers of the same shape."""
    off = np.abs(np.asarray(got, np.float64) - reference) / step
    return LayerError(name, float(off.max()), float(off.mean()))


def confusion(
    floats: np.ndarray,
    integers: np.ndarray,
    truth: np.ndarray | None,
    classes: Sequence[str],
    shapes: Sequence[Shape] = (),
) -> Confusion | None:
    """The decisions on scores (frames, values) of ``shapes`` (`accel.data.judging.Classes`), beside the class numbers
    ``truth`` (frames, decisions) where they are known; None where there are too many classes to show, or not the same
    for all decisions.
    """
    counts = set(judging.classes(shapes or [floats.shape[1:]]))
    count = max(counts)
    names = tuple(map(str, classes)) if len(classes) == count else tuple(map(str, range(count)))
    if count > MOST_CLASSES or len(counts) > 1:
        return None
    ours, theirs = (judging.decisions(one, shapes).reshape(len(one), -1) for one in (integers, floats))
    rows = theirs if truth is None else truth.reshape(ours.shape).astype(int)
    differing = []
    for frame, at in np.argwhere(ours != theirs)[:MOST_DIFFERING]:
        is_, said, got = (names[one[frame, at]] for one in (rows, theirs, ours))
        number = int(at) if ours.shape[1] > 1 else None
        differing.append(Differing(int(frame), "" if truth is None else is_, said, got, number))
    floating = () if truth is None else _counts(rows, theirs, count)
    return Confusion(names, floating, _counts(rows, ours, count), tuple(differing))


def _counts(rows: np.ndarray, columns: np.ndarray, count: int) -> tuple[tuple[int, ...], ...]:
    made = np.zeros((count, count), int)
    np.add.at(made, (rows, columns), 1)
    return tuple(tuple(int(cell) for cell in row) for row in made)


def examples(x: np.ndarray, words: Sequence[str]) -> tuple[Example, ...]:
    """The first inputs (frames, *shape) with their words, as pictures."""
    return tuple(Example(text, _png(frame)) for frame, text in zip(x[:EXAMPLES], words, strict=False))


def _png(x: np.ndarray) -> str:
    """An input (*shape) as a picture: an image as it is, a map of time and bands with time to the right, a signal as a
    line.
    """
    from PIL import Image

    channels = x.shape[-1]
    if x.ndim == 3 and channels in (1, 3) and x.shape[0] < 2 * x.shape[1]:
        shown = x[..., 0] if channels == 1 else x
    elif x.ndim >= 2 and x.size > max(x.shape[:-1]) * (channels == 1):
        shown = x.reshape(len(x), -1).T[::-1]
    else:
        shown = _trace(x.reshape(-1))
    shown = np.repeat(shown, max(1, shown.shape[1] // (SLIM * shown.shape[0])), axis=0)
    low, high = float(shown.min()), float(shown.max())
    pixels = ((shown - low) * (255 / max(high - low, 1e-12))).round().astype(np.uint8)
    file = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(pixels)).save(file, "PNG", optimize=True)
    return base64.b64encode(file.getvalue()).decode()


def _trace(signal: np.ndarray) -> np.ndarray:
    """A signal (samples,) drawn white on black, (ROWS, columns)."""
    columns = min(COLUMNS, len(signal))
    parts = np.array_split(signal, columns)
    low, span = float(signal.min()), max(float(np.ptp(signal)), 1e-12)
    made = np.zeros((ROWS, columns))
    for column, part in enumerate(parts):
        ends = (np.array([part.max(), part.min()]) - low) / span
        top, bottom = ((1 - ends) * (ROWS - 1)).round().astype(int)
        made[top : bottom + 1, column] = 1
    return made
