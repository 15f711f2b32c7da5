from __future__ import annotations

import numpy as np
import pytest

from accel.data import user
from accel.data.shaped import Input
from accel.errors import AccelError

SHAPE = (4, 3)
X = np.arange(20 * 12, dtype=np.float64).reshape(20, *SHAPE)
Y = np.arange(20) % 3
TWO = [Input("image", (4, 3, 2), (1, 2, 0)), Input("row", (3,))]


def one(shape: tuple[int, ...], order: tuple[int, ...] = ()) -> list[Input]:
    """The only input of a network."""
    return [Input("given", shape, order)]


def test_types_are_chosen_on_every_second_example_and_the_others_are_measured(tmp_path):
    np.savez(tmp_path / "own.npz", x=X, y=Y)
    found = user.read(tmp_path / "own.npz", one(SHAPE), lambda _: [(3,)])
    assert np.array_equal(found.calibration, X[::2]) and np.array_equal(found.x, X[1::2])
    assert np.array_equal(found.y, Y[1::2]) and found.x.dtype == np.float32 and "own.npz" in found.origin


def test_a_training_part_is_what_types_are_chosen_on(tmp_path):
    np.savez(tmp_path / "own.npz", x_train=X[:12], x_test=X[12:], y_test=np.eye(3)[Y[12:]])
    found = user.read(tmp_path / "own.npz", one(SHAPE), lambda _: [(3,)])
    assert len(found.calibration) == 12 and np.array_equal(found.x, X[12:]) and np.array_equal(found.y, Y[12:])


@pytest.mark.parametrize("form", [lambda y: y, lambda y: np.eye(3)[y], lambda y: y[..., None]])
def test_a_network_that_decides_at_each_step_takes_a_class_for_each(form, tmp_path):
    y = np.arange(20 * 4).reshape(20, 4) % 3
    np.savez(tmp_path / "own.npz", x=X, y=form(y))
    for given in (SHAPE, (None, 3)):
        found = user.read(tmp_path / "own.npz", one(given), lambda shape: [(shape[0], 3)])
        assert np.array_equal(found.y, y[1::2]) and found.calibration_y.shape == (10, 4)


def test_a_class_for_each_example_does_not_fit_decisions_at_each_step(tmp_path):
    np.savez(tmp_path / "own.npz", x=X, y=Y)
    with pytest.raises(AccelError, match=r"y is int64 of shape \(20,\); expected 20 class numbers for each of an exam"):
        user.read(tmp_path / "own.npz", one((None, 3)), lambda shape: [(shape[0], 3)])
    np.savez(tmp_path / "own.npz", x=X, y=np.stack([Y, Y], axis=1))
    with pytest.raises(AccelError, match="classes 0 to 2; expected"):
        user.read(tmp_path / "own.npz", one(SHAPE), lambda _: [(3,), (2,)])


def test_inputs_alone(tmp_path):
    np.save(tmp_path / "own.npy", X[..., 0])
    found = user.read(tmp_path / "own.npy", one((4, 1)), lambda _: [(3,)])
    assert found.x.shape == (10, 4, 1) and found.y is None


@pytest.mark.parametrize("header", ["", "a,b,c,d,e,f,g,h,i,j,k,l,class\n"])
def test_a_table_has_the_class_behind_the_numbers(header, tmp_path):
    rows = "".join(",".join(map(str, [*x.ravel(), y])) + "\n" for x, y in zip(X, Y, strict=True))
    (tmp_path / "own.csv").write_text(header + rows)
    found = user.read(tmp_path / "own.csv", one(SHAPE), lambda _: [(3,)])
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
        user.read(tmp_path / "own.npz", one(SHAPE), lambda _: [(3,)])
    assert "\n" not in str(refused.value)


def test_files_that_cannot_be_read_are_refused(tmp_path):
    with pytest.raises(AccelError, match="expected an existing file, one of .npz, .npy, .csv"):
        user.read(tmp_path / "none.npz", one(SHAPE), lambda _: [(3,)])
    for name in ("own.npz", "own.npy", "own.csv"):
        (tmp_path / name).write_bytes(b"\x00garbage")
        with pytest.raises(AccelError, match=name):
            user.read(tmp_path / name, one(SHAPE), lambda _: [(3,)])
    np.save(tmp_path / "objects.npy", np.array([{}] * 9), allow_pickle=True)
    with pytest.raises(AccelError, match="not readable"):
        user.read(tmp_path / "objects.npy", one(SHAPE), lambda _: [(3,)])


@pytest.mark.parametrize("came", [(1, 4, 6), (6, 4, 1), (4, 6), (24,)])
def test_inputs_come_as_the_model_s_file_has_them_or_as_the_network(tmp_path, came: tuple[int, ...]) -> None:
    own = np.random.default_rng(0).normal(size=(16, 1, 4, 6)).astype(np.float32)
    wanted = own.transpose(0, 3, 2, 1)
    np.save(tmp_path / "own.npy", wanted if came == (6, 4, 1) else own.reshape(16, *came))
    found = user.read(tmp_path / "own.npy", one((6, 4, 1), (2, 1, 0)), lambda _: [(3,)])
    np.testing.assert_array_equal(found.x, wanted[1::2])
    assert "axes" not in found.origin


def test_inputs_that_can_be_both_are_taken_as_the_file_has_them_in_words(tmp_path) -> None:
    own = np.random.default_rng(0).normal(size=(16, 4, 4)).astype(np.float32)
    np.save(tmp_path / "own.npy", own)
    found = user.read(tmp_path / "own.npy", one((4, 4), (1, 0)), lambda _: [(3,)])
    np.testing.assert_array_equal(found.x, own.transpose(0, 2, 1)[1::2])
    assert found.origin.startswith("every second of the 16 examples of own.npy, their axes taken as the model's file")


@pytest.mark.parametrize("parts", [("",), ("_train", "_test")])
def test_several_inputs_come_by_their_names_in_either_order_of_axes(tmp_path, parts: tuple[str, ...]) -> None:
    rng = np.random.default_rng(0)
    images, lines = rng.normal(size=(20, 2, 4, 3)), rng.normal(size=(20, 3))
    own = images.transpose(0, 2, 3, 1)
    wanted = np.concatenate([own.reshape(20, -1), lines], axis=1).astype(np.float32)
    for given in (images, own):
        arrays = {f"{name}{part}": x for part in parts for name, x in (("image", given), ("row", lines), ("y", Y))}
        np.savez(tmp_path / "own.npz", **arrays)
        found = user.read(tmp_path / "own.npz", TWO, lambda _: [(3,)])
        np.testing.assert_array_equal(found.calibration, wanted if "_train" in parts else wanted[::2])
        np.testing.assert_array_equal(found.x, wanted if "_train" in parts else wanted[1::2])
        assert np.array_equal(found.y, Y if "_train" in parts else Y[1::2])


def test_several_inputs_still_come_as_rows(tmp_path) -> None:
    x = np.random.default_rng(0).normal(size=(20, 27)).astype(np.float32)
    np.savez(tmp_path / "own.npz", x=x)
    np.testing.assert_array_equal(user.read(tmp_path / "own.npz", TWO, lambda _: [(3,)]).x, x[1::2])


@pytest.mark.parametrize(
    ("arrays", "told"),
    [
        ({"image": X}, r"image \(20, 4, 3\), row none; expected an array of as many examples for each input"),
        ({"image": np.ones((20, 2, 4, 3)), "row": np.ones((19, 3))}, r"row \(19, 3\); expected an array of as many"),
        ({"image": np.ones((20, 2, 4, 4)), "row": np.ones((20, 3))}, r"image is .* \(examples, 4, 3, 2\)"),
        ({"image": X, "rows": X}, "the array rows; expected image, row and perhaps y"),
    ],
)
def test_arrays_that_are_not_those_of_the_inputs_are_refused(arrays, told, tmp_path) -> None:
    np.savez(tmp_path / "own.npz", **arrays)
    with pytest.raises(AccelError, match=told):
        user.read(tmp_path / "own.npz", TWO, lambda _: [(3,)])
