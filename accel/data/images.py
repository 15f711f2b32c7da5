"""Image files."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np

from accel.errors import AccelError

KINDS = ("PNG", "JPEG", "BMP", "GIF")
BOX = 20
"""MNIST's digits were scaled into a box of so many pixels, the images having 28."""
INK = 0.2  # of the darkest ink; what is fainter is paper


def read_image(path: Path, channels: int) -> np.ndarray:
    """An image, float32 (height, width, `channels`) in 0..1, of a PNG, JPEG, BMP or GIF (its first picture).

    It is turned as its camera says; what is transparent is black.

    Raises:
        AccelError: it is of another kind, damaged or too large.
    """
    from PIL import Image, ImageOps

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(path, formats=KINDS) as file:
                upright = ImageOps.exif_transpose(file)
                solid = _solid(upright)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise AccelError(f"{path}: expected an image (PNG, JPEG, BMP or GIF), could not read it: {error}") from error
    pixels = np.asarray(solid.convert("L" if channels == 1 else "RGB"), np.float32) / 255
    return pixels.reshape(*pixels.shape[:2], channels)


def _solid(image):
    """The image without transparency, of 8 bits a channel."""
    from PIL import Image

    if image.mode.startswith(("I", "F")):  # 16 bits and more
        values = np.asarray(image, np.float64)
        return Image.fromarray((values * (255 / (65535 if values.max() > 255 else 255))).round().astype(np.uint8))
    if image.has_transparency_data:
        seen = image.convert("RGBA")
        return Image.alpha_composite(Image.new("RGBA", seen.size, "black"), seen)
    return image.copy()


def resized(pixels: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """An image (height, width, channels) in 0..1 at another size (height, width), smoothed where that is smaller."""
    from PIL import Image

    planes = [
        Image.fromarray(np.ascontiguousarray(plane, np.float32)).resize(size[::-1], Image.Resampling.LANCZOS)
        for plane in np.moveaxis(pixels, -1, 0)
    ]
    return np.clip(np.stack([np.asarray(plane) for plane in planes], axis=-1), 0, 1)


def like_mnist(pixels: np.ndarray, size: tuple[int, int]) -> tuple[np.ndarray, tuple[str, ...]]:
    """A drawing (height, width, 1) in 0..1 as MNIST's images are, white on black (*size, 1): dark ink on light paper
    turned round, the ink scaled into `BOX` pixels, its centre of mass in the middle; and what was done, a clause each.
    """
    from scipy import ndimage

    border = np.concatenate([pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]])
    paper = float(np.median(border))
    told = ("dark on light: turned round",) if paper > 0.5 else ()
    ink = np.clip((paper - pixels) / max(paper, 1e-6) if paper > 0.5 else (pixels - paper) / (1 - paper), 0, 1)
    rows, columns = np.nonzero(ink[..., 0] > INK * ink.max())
    digit = ink[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
    scale = BOX / max(digit.shape[:2])
    small = resized(digit / digit.max(), tuple(max(1, round(length * scale)) for length in digit.shape[:2]))[..., 0]
    centre = np.array(ndimage.center_of_mass(small))
    corner = [round(min(max(n / 2 - c, 0), n - m)) for n, c, m in zip(size, centre, small.shape, strict=True)]
    made = np.zeros((*size, 1), np.float32)
    made[corner[0] : corner[0] + small.shape[0], corner[1] : corner[1] + small.shape[1], 0] = small
    return made, (*told, f"its ink scaled into {BOX} x {BOX} pixels and centred, as MNIST's digits are")
