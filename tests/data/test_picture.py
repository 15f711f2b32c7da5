"""What a network gets of an image, and what is said of it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from accel.data.images import like_mnist, read_image
from accel.data.picture import Picture
from accel.errors import AccelError

SIZE = Picture((8, 8, 3))


def saved(path: Path, pixels: np.ndarray, **how: object) -> Path:
    Image.fromarray(pixels).save(path, **how)
    return path


def colours(height: int, width: int, channels: int = 3) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (height, width, channels), np.uint8)


def test_an_image_of_the_size_is_taken_as_it_is(tmp_path: Path) -> None:
    path = saved(tmp_path / "a.png", colours(8, 8))
    (given,) = SIZE.read(path)
    assert np.array_equal(given.x[0], np.float32(colours(8, 8)) / 255) and given.told[-1] == "taken as it is"
    assert np.array_equal(given.x[0], SIZE.example(path))


def test_another_size_is_cropped_and_scaled(tmp_path: Path) -> None:
    pixels = np.zeros((40, 100, 3), np.uint8)
    pixels[:, 30:70] = 200
    (given,) = SIZE.read(saved(tmp_path / "a.png", pixels))
    assert given.told == ("100 x 40 pixels", "its middle 40 x 40 taken", "scaled to 8 x 8")
    np.testing.assert_allclose(given.x, 200 / 255, atol=1e-6)


def test_what_is_transparent_is_black_and_deep_images_are_read(tmp_path: Path) -> None:
    seen = colours(8, 8, 4)
    seen[..., 3] = 0
    assert not read_image(saved(tmp_path / "a.png", seen), 3).any()
    deep = np.arange(64, dtype=np.uint16).reshape(8, 8) * 1000
    np.testing.assert_allclose(read_image(saved(tmp_path / "b.png", deep), 1)[..., 0], deep / 65535, atol=2e-3)


def test_a_camera_says_how_it_was_held(tmp_path: Path) -> None:
    pixels = np.zeros((16, 32, 3), np.uint8)
    pixels[:, :16] = 255
    how = Image.Exif()
    how[0x0112] = 6  # a quarter turn to the right
    turned = read_image(saved(tmp_path / "a.jpg", pixels, exif=how), 1)
    assert turned.shape == (32, 16, 1) and turned[2].mean() > 0.9 and turned[-2].mean() < 0.1


def test_dark_ink_on_paper_becomes_what_mnist_has() -> None:
    drawing = np.full((200, 300, 1), 0.95, np.float32)
    drawing[40:160, 20:50] = 0.1
    made, told = like_mnist(drawing, (28, 28))
    assert told[0] == "dark on light: turned round" and made.shape == (28, 28, 1)
    rows, columns = np.nonzero(made[..., 0] > 0.5)
    assert (rows.min(), rows.max()) == (4, 23) and columns.max() - columns.min() + 1 == 5
    assert abs(columns.mean() - 13.5) <= 0.5 and made.max() <= 1 and made.min() == 0
    light, plain = like_mnist(1 - drawing, (28, 28))
    np.testing.assert_allclose(light, made, atol=1e-5)
    assert len(plain) == 1


@pytest.mark.parametrize("content", [b"", b"GIF of nothing", b"<svg></svg>"])
def test_what_is_no_image_is_refused(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(content)
    with pytest.raises(AccelError, match=r"a\.png: expected an image"):
        SIZE.read(tmp_path / "a.png")


def test_an_image_of_nothing_and_a_bomb_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(AccelError, match="of one colour"):
        SIZE.read(saved(tmp_path / "a.png", np.full((9, 9, 3), 255, np.uint8)))
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 100)
    with pytest.raises(AccelError, match="could not read it"):
        SIZE.read(saved(tmp_path / "b.png", colours(12, 12)))


def test_a_generated_image_says_so() -> None:
    given = Picture((28, 28, 1)).generated()
    assert given.x.shape == (1, 28, 28, 1) and given.x.max() > 0.5 and given.told[0].startswith("made up")
