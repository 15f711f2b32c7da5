"""CIFAR-10's binary batches."""

from __future__ import annotations

import numpy as np
import pytest

from accel.data import cifar10
from accel.errors import AccelError


@pytest.fixture
def root(tmp_path):
    """Two training batches and a test batch of a few images: image k is red at the top left, k at the bottom right."""
    (tmp_path / cifar10.FOLDER).mkdir()
    for batch, (name, count) in enumerate((("data_batch_1", 12), ("data_batch_2", 8), ("test_batch", 3))):
        records = np.zeros((count, cifar10.RECORD), np.uint8)
        records[:, 0] = np.arange(count) % 10
        records[:, 1], records[:, -1] = 255, batch * 50 + np.arange(count)
        records.tofile(tmp_path / cifar10.FOLDER / f"{name}.bin")
    return tmp_path


def test_batches_become_splits_with_channels_last(root):
    data = cifar10.load(root)
    assert data.train.x.shape == (20, 32, 32, 3) and data.test.x.shape == (3, 32, 32, 3)
    assert data.train.y.tolist() == [*range(10), 0, 1, *range(8)] and data.train.x.dtype == np.float32
    assert (data.train.x[:, 0, 0] == [1, 0, 0]).all()
    np.testing.assert_allclose(data.test.x[:, 31, 31, 2] * 255, [100, 101, 102], rtol=1e-6)
    assert data.validation.y.tolist() == [0, 0] and len(data.classes) == 10


@pytest.mark.parametrize(("content", "message"), [(b"12345", "records of 3,073"), (bytes([10] * 3073), "0 to 9")])
def test_other_files_are_refused(root, content, message):
    (root / cifar10.FOLDER / "data_batch_2.bin").write_bytes(content)
    with pytest.raises(AccelError, match=message):
        _ = cifar10.load(root).train


def test_a_missing_batch_is_told(root, tmp_path):
    (root / cifar10.FOLDER / "test_batch.bin").unlink()
    with pytest.raises(AccelError, match=r"test_batch.bin: not readable"):
        _ = cifar10.load(root).test
    with pytest.raises(AccelError, match=r"no cifar-10-batches-bin/data_batch_1.bin"):
        cifar10.load(tmp_path / "elsewhere")
