"""Adult census income (Becker and Kohavi 1996): numeric and categorical columns of people, and whether they earn more
than 50,000 dollars a year.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from accel.data.datasets import Dataset, Split
from accel.errors import AccelError

CLASSES = ("<=50K", ">50K")
CATEGORICAL = {
    "workclass": "Federal-gov Local-gov Never-worked Private Self-emp-inc Self-emp-not-inc State-gov Without-pay",
    "education": "10th 11th 12th 1st-4th 5th-6th 7th-8th 9th Assoc-acdm Assoc-voc Bachelors Doctorate HS-grad Masters"
    " Preschool Prof-school Some-college",
    "marital-status": "Divorced Married-AF-spouse Married-civ-spouse Married-spouse-absent Never-married Separated"
    " Widowed",
    "occupation": "Adm-clerical Armed-Forces Craft-repair Exec-managerial Farming-fishing Handlers-cleaners"
    " Machine-op-inspct Other-service Priv-house-serv Prof-specialty Protective-serv Sales Tech-support"
    " Transport-moving",
    "relationship": "Husband Not-in-family Other-relative Own-child Unmarried Wife",
    "race": "Amer-Indian-Eskimo Asian-Pac-Islander Black Other White",
    "sex": "Female Male",
    "native-country": "Cambodia Canada China Columbia Cuba Dominican-Republic Ecuador El-Salvador England France"
    " Germany Greece Guatemala Haiti Holand-Netherlands Honduras Hong Hungary India Iran Ireland Italy Jamaica"
    " Japan Laos Mexico Nicaragua Outlying-US(Guam-USVI-etc) Peru Philippines Poland Portugal Puerto-Rico Scotland"
    " South Taiwan Thailand Trinadad&Tobago United-States Vietnam Yugoslavia",
}
"""The categories of each such column, as the publisher spells them."""

NUMERIC = {
    "age": lambda years: (years - 38) / 13,
    "education-num": lambda years: (years - 10) / 2.5,
    "capital-gain": lambda dollars: np.log1p(dollars) / 4,
    "capital-loss": lambda dollars: np.log1p(dollars) / 4,
    "hours-per-week": lambda hours: (hours - 40) / 12,
}
"""What makes a number of about -3..3 of each such column. `fnlwgt` is left out: it weighs the sample."""

COLUMNS = (
    *("age", "workclass", "fnlwgt", "education", "education-num", "marital-status", "occupation", "relationship"),
    *("race", "sex", "capital-gain", "capital-loss", "hours-per-week", "native-country"),
)
"""In the publisher's order; the income follows."""

WIDTH = len(NUMERIC) + sum(len(names.split()) for names in CATEGORICAL.values())
TRAIN_FILE, TEST_FILE = "adult.data", "adult.test"
FIFTH = 5


def load(root: Path) -> Dataset:
    """People as `encode` has them (`WIDTH`,). Rows with a missing value are left out.

    `adult.test` is the test split; without it, every fifth row of `adult.data` is.
    """
    rows = _rows(root / TRAIN_FILE)
    if (root / TEST_FILE).is_file():
        train, test = rows, _rows(root / TEST_FILE)
    else:
        test = rows[FIFTH - 1 :: FIFTH]
        train = [row for number, row in enumerate(rows, 1) if number % FIFTH]
    return Dataset("adult", CLASSES, lambda: _split(train), lambda: _split(test))


def encode(person: Mapping[str, str]) -> np.ndarray:
    """A person's cells by column as numbers: those of ``NUMERIC`` scaled, then one-hot those of ``CATEGORICAL``.

    Raises:
        ValueError: a cell is no number, or no category of its column.
    """
    x = [scaled(_number(column, person[column])) for column, scaled in NUMERIC.items()]
    for column, names in CATEGORICAL.items():
        known = names.split()
        if person[column] not in known:
            raise ValueError(f"{column} '{person[column]}'; expected one of {', '.join(known)}")
        x += [float(name == person[column]) for name in known]
    return np.array(x, np.float32)


def _number(column: str, cell: str) -> float:
    try:
        return float(cell)
    except ValueError:
        raise ValueError(f"{column} '{cell}'; expected a number") from None


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
        if len(row) != len(COLUMNS) + 1 or row[-1].rstrip(".") not in CLASSES:
            came = ",".join(row)[:80]
            raise AccelError(f"{path}: person {number}: {came}; expected {len(COLUMNS) + 1} columns, {CLASSES} last")
    return [row for row in rows if "?" not in row]


def _split(rows: list[list[str]]) -> Split:
    try:
        x = np.stack([encode(dict(zip(COLUMNS, row[:-1], strict=True))) for row in rows])
    except ValueError as error:
        raise AccelError(f"Adult: {error}") from error
    return Split(x, np.array([CLASSES.index(row[-1].rstrip(".")) for row in rows], np.int64))
