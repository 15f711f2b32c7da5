"""Adult census income (Becker and Kohavi 1996): numeric and categorical columns of people, and whether they earn more
than 50,000 dollars a year.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from accel.data.datasets import Dataset, Split
from accel.errors import AccelError

CLASSES = ("<=50K", ">50K")
NUMERIC = {"age": 0, "fnlwgt": 2, "education_num": 4, "capital_gain": 10, "capital_loss": 11, "hours": 12}
"""Columns that are numbers, by place; all others but the last are categories."""

CATEGORICAL = {
    "workclass": 1,
    "education": 3,
    "marital_status": 5,
    "occupation": 6,
    "relationship": 7,
    "race": 8,
    "sex": 9,
    "country": 13,
}
COLUMNS = 15
TRAIN_FILE, TEST_FILE = "adult.data", "adult.test"
FIFTH = 5  # without the publisher's test file, every fifth row is the test split


def load(root: Path) -> Dataset:
    """People as rows of 14 numbers: those of ``NUMERIC`` as they are, then those of ``CATEGORICAL`` as the place of the
    category in the order of the alphabet among those of `adult.data`, -1 where it is none of these.

    Rows with a missing value are left out. `adult.test` is the test split; without it, every fifth row of
    `adult.data` is.
    """
    rows = _rows(root / TRAIN_FILE)
    known = categories(rows)
    if (root / TEST_FILE).is_file():
        train, test = _split(rows, known), _split(_rows(root / TEST_FILE), known)
    else:
        whole = _split(rows, known)
        last = np.arange(len(rows)) % FIFTH == FIFTH - 1
        train, test = Split(whole.x[~last], whole.y[~last]), Split(whole.x[last], whole.y[last])
    return Dataset("adult", CLASSES, lambda: train, lambda: test)


def categories(rows: Iterable[list[str]]) -> list[list[str]]:
    """The categories of each categorical column, sorted."""
    return [sorted({row[place] for row in rows}) for place in CATEGORICAL.values()]


def _rows(path: Path) -> list[list[str]]:
    """The complete rows of a file, without spaces, header and the remark that `adult.test` begins with."""
    try:
        with path.open(newline="") as file:
            rows = [[cell.strip() for cell in row] for row in csv.reader(file)]
    except (OSError, UnicodeDecodeError) as error:
        raise AccelError(f"{path}: not readable ({error}); expected Adult's {path.name} as published") from error
    rows = [row for row in rows if len(row) > 1 and row[0] != "age"]
    if not rows:
        raise AccelError(f"{path}: no rows; expected Adult's {path.name} as published")
    for number, row in enumerate(rows, 1):
        if len(row) != COLUMNS or row[-1].rstrip(".") not in CLASSES:
            raise AccelError(
                f"{path}: person {number}: {','.join(row)[:80]}; expected {COLUMNS} columns, {CLASSES} last"
            )
    return [row for row in rows if "?" not in row]


def _split(rows: list[list[str]], known: list[list[str]]) -> Split:
    try:
        numbers = np.array([[row[place] for place in NUMERIC.values()] for row in rows], np.float32)
    except ValueError as error:
        raise AccelError(f"Adult: a numeric column has something else: {error}") from error
    places = [{name: k for k, name in enumerate(names)} for names in known]
    codes = [
        [place.get(row[column], -1) for row in rows] for column, place in zip(CATEGORICAL.values(), places, strict=True)
    ]
    x = np.hstack([numbers, np.array(codes, np.float32).T])
    return Split(x, np.array([CLASSES.index(row[-1].rstrip(".")) for row in rows], np.int64))
