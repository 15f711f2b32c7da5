"""Loaders on small trees in the publishers' layout."""

from __future__ import annotations

import gzip
import struct
from pathlib import Path

import numpy as np
import pytest
import soundfile

from accel.data import audio, datasets
from accel.errors import AccelError

RATE = 8000


def wav(path: Path, seconds: float = 0.1) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(path, 0.5 * np.sin(np.arange(round(seconds * RATE))), RATE, subtype="PCM_16")


def signal(path: Path) -> np.ndarray:
    return audio.fit(audio.read_wav(path, RATE), 400)


def idx(path: Path, array: np.ndarray) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    header = struct.pack(f">{1 + array.ndim}I", 0x800 + array.ndim, *array.shape)
    path.write_bytes(gzip.compress(header + array.astype(np.uint8).tobytes(), 1))


def emodb(root: Path) -> Path:
    for speaker in sum(datasets.EMODB_FOLDS, ()):
        for letter in datasets.EMODB_LETTERS:
            wav(root / "wav" / f"{speaker}a01{letter}b.wav")
    return root


def mnist(root: Path, count: int = 10_000) -> Path:
    pixels = np.arange(count * 784, dtype=np.uint32).reshape(count, 28, 28) % 256
    idx(root / datasets.MNIST_IMAGES, pixels)
    idx(root / datasets.MNIST_LABELS, np.arange(count) % 10)
    return root


def test_emodb_is_split_by_speaker(tmp_path):
    data = datasets.load_emodb(emodb(tmp_path), signal)
    assert data.classes == datasets.EMODB_CLASSES
    assert data.train.x.shape == (56, 400) and data.test.x.shape == (14, 400)
    assert data.train.x.dtype == np.float32 and data.train.y.dtype == np.int64
    assert np.bincount(data.test.y).tolist() == [2] * 7


def test_emodb_names_give_speaker_and_emotion(tmp_path):
    wav(tmp_path / "wav" / "16b10Td.wav")
    (recording,) = datasets.emodb_recordings(tmp_path)
    assert recording.speaker == "16" and datasets.EMODB_CLASSES[recording.label] == "sadness"


def test_folds_are_disjoint_and_complete():
    speakers = sum(datasets.EMODB_FOLDS, ())
    assert len(set(speakers)) == len(speakers) == 10


def test_fsdd_takes_recordings_0_to_4_for_the_test(tmp_path):
    for speaker in ("theo", "lucas"):
        for index in range(7):
            wav(tmp_path / "recordings" / f"3_{speaker}_{index}.wav")
    assert [r.index for r in datasets.fsdd_recordings(tmp_path)] == 2 * list(range(7))
    data = datasets.load_fsdd(tmp_path, signal)
    assert data.train.x.shape == (4, 400) and data.test.x.shape == (10, 400)
    assert set(data.test.y) == {3}


def test_mnist_is_cut_at_8000(tmp_path):
    data = datasets.load_mnist(mnist(tmp_path))
    assert data.train.x.shape == (8000, 28, 28, 1) and data.test.x.shape == (2000, 28, 28, 1)
    assert data.test.x[0, 0, 1, 0] == np.float32((8000 * 784 + 1) % 256) / 255
    assert data.test.y[:3].tolist() == [0, 1, 2]


@pytest.mark.parametrize(
    "content",
    [b"no gzip", gzip.compress(b"\0\0\x08\x01"), gzip.compress(b"\0\0\x08\x03" + 12 * b"\1")],
    ids=["no gzip", "labels", "other sizes"],  # compressed bytes hold the time
)
def test_corrupt_mnist_is_an_error(tmp_path, content):
    (mnist(tmp_path) / datasets.MNIST_IMAGES).write_bytes(content)
    with pytest.raises(AccelError, match="not a gzipped IDX file"):
        datasets.load_mnist(tmp_path)


def test_short_mnist_is_an_error(tmp_path):
    with pytest.raises(AccelError, match="expected the 10,000"):
        datasets.load_mnist(mnist(tmp_path, 100))


def test_corrupt_sound_is_an_error(tmp_path):
    (emodb(tmp_path) / "wav" / "03a01Wb.wav").write_bytes(b"RIFF....")
    with pytest.raises(AccelError, match="03a01Wb.wav is not a readable sound file"):
        assert datasets.load_emodb(tmp_path, signal).test


@pytest.mark.parametrize("load", [datasets.emodb_recordings, datasets.fsdd_recordings, datasets.load_mnist])
def test_missing_data_is_an_error(tmp_path, load):
    with pytest.raises(AccelError, match="expected"):
        load(tmp_path)


def test_stray_file_is_an_error(tmp_path):
    wav(emodb(tmp_path) / "wav" / "hello.wav")
    with pytest.raises(AccelError, match="hello.wav, expected files named"):
        datasets.emodb_recordings(tmp_path)


def test_find(tmp_path, monkeypatch):
    monkeypatch.setenv("ACCEL_DATA", str(tmp_path))
    assert datasets.find("emodb") is None
    emodb(tmp_path / "emodb")
    assert datasets.find("emodb") == tmp_path / "emodb"
    with pytest.raises(AccelError, match="unknown data set 'cifar'"):
        datasets.find("cifar")
    monkeypatch.delenv("ACCEL_DATA")
    assert datasets.data_root() == Path("~/.cache/accel").expanduser()
