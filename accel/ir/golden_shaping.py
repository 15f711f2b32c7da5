"""The exact integer model of layers that only move positions: raw integers (frames, *shape)."""

from __future__ import annotations

import numpy as np

from accel.ir.graph import Crop, Pad, Repeat, Tensor


def _axes(tensor: Tensor, rows: tuple[int, ...], columns: tuple[int, ...]) -> list[tuple[int, ...]]:
    """What is said of rows and columns, by the axes of positions; of a sequence, of its steps."""
    return [rows, columns][3 - len(tensor.shape) :]


def pad(node: Pad, x: np.ndarray) -> np.ndarray:
    """Zeros around."""
    return np.pad(x, [(0, 0), *_axes(node.input, node.sides[:2], node.sides[2:]), (0, 0)])


def crop(node: Crop, x: np.ndarray) -> np.ndarray:
    """A part."""
    sides = zip(node.input.shape, _axes(node.input, node.sides[:2], node.sides[2:]), strict=False)
    return x[(slice(None), *(slice(before, size - behind) for size, (before, behind) in sides))]


def repeat(node: Repeat, x: np.ndarray) -> np.ndarray:
    """Rows and columns several times."""
    for axis, (times,) in enumerate(_axes(node.input, node.times[:1], node.times[1:]), 1):
        x = x.repeat(times, axis)
    return x
