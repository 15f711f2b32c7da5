"""A folder of files, one sub-folder for each class, as examples."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from accel.data import folder, user
from accel.data.shaped import Input
from accel.errors import AccelError
from accel.source import resolve


def numbers(file: Path) -> np.ndarray:
    """An example that a text file holds."""
    return np.array(file.read_text().split(), np.float32)


@pytest.fixture
def texts(tmp_path: Path) -> Path:
    for name, value in (("no", 1), ("yes", 2)):
        (tmp_path / name).mkdir()
        for i in range(9):
            (tmp_path / name / f"{i}.txt").write_text(f"{value} {i} 0")
    (tmp_path / "no" / ".hidden").touch()
    return tmp_path


def test_each_class_gives_to_both_halves(texts: Path) -> None:
    data = user.read(texts, [Input("given", (3,))], lambda _: [(2,)], numbers, ("yes", "no"))
    assert data.x.shape == (9, 3) and data.calibration.shape == (9, 3)
    assert np.array_equal(data.y, np.where(data.x[:, 0] == 2, 0, 1)) and set(data.calibration[:, 0]) == {1, 2}
    assert np.array_equal(folder.read(texts, numbers)["y"], [0] * 9 + [1] * 9)


@pytest.mark.parametrize(
    ("reader", "names", "told"),
    [
        (None, (), r"a folder; expected a .npz, .npy or .csv file, or a model .* `example\(file\)`"),
        (numbers, ("yes", "maybe"), "no class is called no; expected sub-folders yes, maybe"),
        (lambda file: 1 / 0, (), r"0.txt: the model cannot read it: ZeroDivisionError: division by zero"),
        (
            lambda file: np.zeros(int(file.stem) + 1),
            (),
            r"1.txt: an example of shape \(2,\); expected \(1,\), as before",
        ),
    ],
)
def test_what_is_no_such_folder_is_refused(texts: Path, reader, names, told) -> None:
    with pytest.raises(AccelError, match=told):
        user.read(texts, [Input("given", (3,))], lambda _: [(2,)], reader, names)


def test_a_folder_without_files_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    with pytest.raises(AccelError, match="no files in sub-folders"):
        folder.read(tmp_path, numbers)


def test_lenet_reads_images(tmp_path: Path) -> None:
    import tensorflow as tf

    pixels = np.random.default_rng(1).integers(0, 256, (28, 28, 1), np.uint8)
    (tmp_path / "seven.png").write_bytes(tf.io.encode_png(pixels).numpy())
    example = resolve("lenet").definition().example
    assert np.array_equal(example(tmp_path / "seven.png"), np.float32(pixels) / 255)
    (tmp_path / "none.png").write_bytes(b"GIF of nothing")
    with pytest.raises(AccelError, match=r"none\.png: expected an image"):
        example(tmp_path / "none.png")


@pytest.mark.parametrize(("model", "shape"), [("crnn", (256, 32, 1)), ("crnn_raw", (4096, 1))])
def test_both_crnn_read_sounds(model: str, shape: tuple[int, ...], tmp_path: Path) -> None:
    import soundfile

    soundfile.write(tmp_path / "tone.wav", np.sin(np.arange(8000) / 5), 8000)
    made = resolve(model).definition().example(tmp_path / "tone.wav")
    assert made.shape == shape and made.dtype == np.float32 and made.std() > 0.1
