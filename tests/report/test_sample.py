"""Evidence from arrays."""

from __future__ import annotations

import base64
import io

import numpy as np
import pytest
from PIL import Image

from accel.fixed import Fixed
from accel.report import sample


def test_a_tensor_counts_what_its_type_cannot_hold() -> None:
    row = sample.tensor("a", "result", np.array([0, 0.1, 0.25, 1, -8, 7.9, 9, -9]), Fixed.parse("fixed<5,4>"))
    assert (row.beyond, row.lost, row.values) == (3, 2, 8)  # 7.9, 9 and -9; 0.1 and 0.25
    assert (row.step, row.greatest) == (0.5, 8) and row.magnitudes[0] == 0.1 and row.magnitudes[-1] == 9


def test_errors_are_in_lsb() -> None:
    row = sample.error("a", np.array([1.0, 2.0]), np.array([1.5, 2.0]), 0.25)
    assert (row.largest, row.mean) == (2, 1)


def test_decisions_are_counted_by_class() -> None:
    floats = np.eye(3)[[0, 1, 2, 2]]
    hardware = np.eye(3)[[0, 1, 1, 2]]
    found = sample.confusion(floats, hardware, np.array([0, 2, 2, 2]), ("a", "b", "c"))
    assert found.floating == ((1, 0, 0), (0, 0, 0), (0, 1, 2)) and found.integers == ((1, 0, 0), (0, 0, 0), (0, 2, 1))
    (one,) = found.differing
    assert (one.frame, one.truth, one.floating, one.integers) == (2, "c", "c", "b") and found.frames == 4
    blind = sample.confusion(floats, hardware, None, ())
    assert blind.floating == () and blind.integers[2] == (0, 1, 1) and blind.names == ("0", "1", "2")
    single = sample.confusion(np.array([[0.2], [0.7]]), np.array([[0.2], [0.4]]), None, ())
    assert single.integers == ((1, 0), (1, 0))


def test_decisions_are_counted_at_each_step() -> None:
    floats = np.eye(2)[[[0, 1, 1], [1, 0, 0]]].reshape(2, 6)
    ours = np.eye(2)[[[0, 1, 0], [1, 0, 0]]].reshape(2, 6)
    found = sample.confusion(floats, ours, np.array([[0, 1, 1], [0, 0, 0]]), ("a", "b"), [(3, 2)])
    assert found.floating == ((3, 1), (0, 2)) and found.integers == ((3, 1), (1, 1)) and found.frames == 6
    (one,) = found.differing
    assert (one.frame, one.number, one.truth, one.floating, one.integers) == (0, 2, "b", "b", "a")
    assert sample.confusion(floats[:, :5], ours[:, :5], None, (), [(2,), (3,)]) is None, "not of the same classes"


@pytest.mark.parametrize(
    ("shape", "size"),
    [((9, 7, 1), (7, 9)), ((9, 7, 3), (7, 9)), ((64, 8, 1), (64, 16)), ((50, 4), (50, 16)), ((999, 1), (256, 64)),
     ((30,), (30, 64))],
)  # fmt: skip
def test_inputs_become_pictures(shape: tuple[int, ...], size: tuple[int, int]) -> None:
    (example,) = sample.examples(np.random.default_rng(0).normal(size=(1, *shape)), ["words"])
    image = Image.open(io.BytesIO(base64.b64decode(example.png)))
    assert image.size == size and np.ptp(np.asarray(image)) == 255
