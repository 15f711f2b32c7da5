"""Adult as published, with its test file, and as others pass it on, with a header and without one."""

from __future__ import annotations

import numpy as np
import pytest

from accel.data import adult
from accel.errors import AccelError

PERSON = "{age}, {work}, 77516, Bachelors, 13, Never-married, Sales, Husband, White, Male, 2174, 0, 40, Cuba, {income}"


def person(age=39, work="Private", income="<=50K"):
    return PERSON.format(age=age, work=work, income=income)


@pytest.fixture
def published(tmp_path):
    people = [person(30, "State-gov"), person(31, "Private", ">50K"), person(32, "?"), person(33, "Private")]
    (tmp_path / "adult.data").write_text("\n".join(people) + "\n\n")
    tested = [person(40, "Private", ">50K."), person(41, "Never-worked", "<=50K.")]
    (tmp_path / "adult.test").write_text("|1x3 Cross validator\n" + "\n".join(tested) + "\n")
    return tmp_path


def test_published_files(published):
    data = adult.load(published)
    assert data.train.x.shape == (3, adult.WIDTH) and data.test.x.shape == (2, adult.WIDTH)
    np.testing.assert_allclose(data.train.x[0, :5], [-8 / 13, 1.2, np.log(2175) / 4, 0, 0], rtol=1e-6)
    assert data.train.x[:, 5:13].argmax(axis=1).tolist() == [6, 3, 3], "the incomplete row is left out"
    assert data.test.x[:, 5:13].argmax(axis=1).tolist() == [3, 2]
    assert (data.train.x[:, 5:].sum(axis=1) == len(adult.CATEGORICAL)).all(), "one-hot, column by column"
    assert data.train.y.tolist() == [0, 1, 0] and data.test.y.tolist() == [1, 0]


def test_every_fifth_row_is_the_test_split_without_the_test_file(tmp_path):
    header = ",".join(["age", *map(str, range(13)), "income"])
    (tmp_path / "adult.data").write_text("\n".join([header, *(person(age).replace(" ", "") for age in range(20, 30))]))
    data = adult.load(tmp_path)
    ages = np.round(13 * data.test.x[:, 0] + 38)
    assert ages.tolist() == [24, 29] and len(data.train.y) == 8
    assert not set(data.train.x[:, 0]) & set(data.test.x[:, 0])
    np.testing.assert_array_equal(data.validation.x, data.train.x[::5])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "no rows"),
        ("1,2,3\n", "person 1: 1,2,3; expected 15 columns"),
        (person(income="rich"), "expected 15 columns"),
        (person(age="old"), "age 'old'; expected a number"),
        (person(work="Pirate"), "workclass 'Pirate'; expected one of Federal-gov"),
    ],
)
def test_other_files_are_refused(tmp_path, text, message):
    (tmp_path / "adult.data").write_text(text)
    with pytest.raises(AccelError, match=message):
        _ = adult.load(tmp_path).train


def test_a_missing_file_is_told(tmp_path):
    with pytest.raises(AccelError, match="not readable"):
        adult.load(tmp_path)
