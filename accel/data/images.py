"""Image files."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from accel.errors import AccelError


def read_image(path: Path, channels: int) -> np.ndarray:
    """An image, float32 (height, width, `channels`) in 0..1, of a PNG, JPEG, BMP or GIF (its first picture)."""
    import tensorflow as tf

    try:
        pixels = tf.io.decode_image(path.read_bytes(), channels=channels, expand_animations=False)
    except (OSError, tf.errors.InvalidArgumentError) as error:
        raise AccelError(f"{path}: expected an image (PNG, JPEG, BMP or GIF), could not read it") from error
    return np.asarray(pixels, np.float32) / 255
