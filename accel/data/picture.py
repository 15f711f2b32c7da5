"""Image files of any size as frames of a network."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from accel.data import images, stimulus
from accel.data.given import Given, Panel
from accel.errors import AccelError

Prepared = tuple[np.ndarray, tuple[str, ...]]
"""An image of the network's size, and what was done to make it, a clause each."""


def cropped(pixels: np.ndarray, size: tuple[int, int]) -> Prepared:
    """The middle of an image (height, width, channels) in 0..1, as wide for its height as ``size``, scaled to that."""
    height, width = pixels.shape[:2]
    scale = min(height / size[0], width / size[1])
    rows, columns = round(size[0] * scale), round(size[1] * scale)
    top, left = (height - rows) // 2, (width - columns) // 2
    told = [] if (rows, columns) == (height, width) else [f"its middle {columns} x {rows} taken"]
    middle = pixels[top : top + rows, left : left + columns]
    return images.resized(middle, size), (*told, f"scaled to {size[1]} x {size[0]}")


@dataclass(frozen=True)
class Picture:
    """What a network sees: images of ``shape`` (height, width, channels), 1 or 3 channels, in 0..1.

    One of that size is taken as it is; of any other, ``prepare`` makes one that is: a function of its pixels (height,
    width, channels) in 0..1 and of the size (height, width). ``made`` makes ``made(1)`` (1, *shape).
    """

    shape: tuple[int, int, int]
    prepare: Callable[[np.ndarray, tuple[int, int]], Prepared] = cropped
    made: Callable[[int], np.ndarray] = stimulus.strokes

    suffixes = (".png", ".jpg", ".jpeg", ".bmp", ".gif")

    def example(self, path: Path) -> np.ndarray:
        """The input (*shape) that an image is: what a network is trained on."""
        return self._prepared(images.read_image(path, self.shape[2]))[0]

    def read(self, path: Path) -> list[Given]:
        """The image as one frame.

        Raises:
            AccelError: it is damaged or too large.
        """
        pixels = images.read_image(path, self.shape[2])
        size = f"{pixels.shape[1]} x {pixels.shape[0]} pixels"
        if np.ptp(pixels) == 0:
            raise AccelError(f"{path}: {size} of one colour; expected a picture of something")
        x, told = self._prepared(pixels)
        panels = (Panel("the image", pixels), Panel("as the network gets it", x))
        return [Given(path.name, x[None], (size, *told), panels)]

    def generated(self) -> Given:
        """Drawn strokes, or what else ``made`` draws."""
        x = self.made(1).astype(np.float32)
        told = ("made up: drawn by a formula; no class is the right one",)
        return Given("generated", x, told, (Panel("as the network gets it", x[0]),))

    def _prepared(self, pixels: np.ndarray) -> Prepared:
        if pixels.shape == self.shape:
            return pixels, ("taken as it is",)
        x, told = self.prepare(pixels, self.shape[:2])
        return x.astype(np.float32), told
