from __future__ import annotations

import numpy as np
import pytest

from accel.data import user
from accel.errors import AccelError

SHAPE = (4, 3)
X = np.arange(20 * 12, dtype=np.float64).reshape(20, *SHAPE)
Y = np.arange(20) % 3


def test_types_are_chosen_on_every_second_example_and_the_others_are_measured(tmp_path):
    np.savez(tmp_path / "own.npz", x=X, y=Y)
    found = user.read(tmp_path / "own.npz", SHAPE, 3)
    assert np.array_equal(found.calibration, X[::2]) and np.array_equal(found.x, X[1::2])
    assert np.array_equal(found.y, Y[1::2]) and found.x.dtype == np.float32 and "own.npz" in found.origin


def test_a_training_part_is_what_types_are_chosen_on(tmp_path):
    np.savez(tmp_path / "own.npz", x_train=X[:12], x_test=X[12:], y_test=np.eye(3)[Y[12:]])
    found = user.read(tmp_path / "own.npz", SHAPE, 3)
    assert len(found.calibration) == 12 and np.array_equal(found.x, X[12:]) and np.array_equal(found.y, Y[12:])


def test_inputs_alone(tmp_path):
    np.save(tmp_path / "own.npy", X[..., 0])
    found = user.read(tmp_path / "own.npy", (4, 1), 3)
    assert found.x.shape == (10, 4, 1) and found.y is None


@pytest.mark.parametrize("header", ["", "a,b,c,d,e,f,g,h,i,j,k,l,class\n"])
def test_a_table_has_the_class_behind_the_numbers(header, tmp_path):
    rows = "".join(",".join(map(str, [*x.ravel(), y])) + "\n" for x, y in zip(X, Y, strict=True))
    (tmp_path / "own.csv").write_text(header + rows)
    found = user.read(tmp_path / "own.csv", SHAPE, 3)
    assert np.array_equal(found.x, X[1::2]) and np.array_equal(found.y, Y[1::2])


@pytest.mark.parametrize(
    ("arrays", "told"),
    [
        ({"x": X[:, :3]}, r"x is float64 of shape \(20, 3, 3\); expected numbers of shape \(examples, 4, 3\)"),
        ({"x": np.where(X == 50, np.nan, X)}, "nan or infinity, first in example 4"),
        ({"x": X[:5]}, "5 examples in x; expected at least 8"),
        ({"x": X, "y": np.zeros(20)}, "every example is of class 0"),
        ({"x": X, "y": Y + 1}, "classes 1 to 3; expected 0 to 2"),
        ({"x": X, "y": Y[:7]}, "expected 20 class numbers"),
        ({"x": X, "y": Y + 0.5}, "expected 20 class numbers"),
        ({"x": X.astype(str)}, "expected numbers"),
        ({"images": X}, "expected the arrays x and y, or x_train, x_test and y_test, got images"),
        ({"y": Y}, "got y"),
    ],
)
def test_what_is_no_such_data_is_refused_in_one_line(arrays, told, tmp_path):
    np.savez(tmp_path / "own.npz", **arrays)
    with pytest.raises(AccelError, match=told) as refused:
        user.read(tmp_path / "own.npz", SHAPE, 3)
    assert "\n" not in str(refused.value)


def test_files_that_cannot_be_read_are_refused(tmp_path):
    with pytest.raises(AccelError, match="expected an existing file, one of .npz, .npy, .csv"):
        user.read(tmp_path / "none.npz", SHAPE, 3)
    for name in ("own.npz", "own.npy", "own.csv"):
        (tmp_path / name).write_bytes(b"\x00garbage")
        with pytest.raises(AccelError, match=name):
            user.read(tmp_path / name, SHAPE, 3)
    np.save(tmp_path / "objects.npy", np.array([{}] * 9), allow_pickle=True)
    with pytest.raises(AccelError, match="not readable"):
        user.read(tmp_path / "objects.npy", SHAPE, 3)


@pytest.mark.parametrize("came", [(1, 4, 6), (6, 4, 1), (4, 6), (24,)])
def test_inputs_come_as_the_model_s_file_has_them_or_as_the_network(tmp_path, came: tuple[int, ...]) -> None:
    own = np.random.default_rng(0).normal(size=(16, 1, 4, 6)).astype(np.float32)
    wanted = own.transpose(0, 3, 2, 1)
    np.save(tmp_path / "own.npy", wanted if came == (6, 4, 1) else own.reshape(16, *came))
    found = user.read(tmp_path / "own.npy", (6, 4, 1), 3, order=(2, 1, 0))
    np.testing.assert_array_equal(found.x, wanted[1::2])
    assert "axes" not in found.origin


def test_inputs_that_can_be_both_are_taken_as_the_file_has_them_in_words(tmp_path) -> None:
    own = np.random.default_rng(0).normal(size=(16, 4, 4)).astype(np.float32)
    np.save(tmp_path / "own.npy", own)
    found = user.read(tmp_path / "own.npy", (4, 4), 3, order=(1, 0))
    np.testing.assert_array_equal(found.x, own.transpose(0, 2, 1)[1::2])
    assert found.origin.startswith("every second of the 16 examples of own.npy, their axes taken as the model's file")
