"""The lines of a table as examples."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest

from accel.data.rows import Rows
from accel.errors import AccelError

WORK = {"state": 0, "private": 1}


def encode(cells: Mapping[str, str]) -> np.ndarray:
    return np.array([float(cells["age"]) / 100, WORK[cells["work"]]])


TABLE = Rows(("age", "work"), encode, {"age": "40", "work": "state"})


def test_columns_go_by_name(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("\ufeffwork, name, age\nprivate, x, 30\nstate, y, 55\n", encoding="utf-8")
    first, second = TABLE.read(tmp_path / "a.csv")
    assert first.name == "a.csv, line 2" and first.told == ("age 30, work private",)
    np.testing.assert_allclose(first.x, [[0.3, 1]])
    np.testing.assert_allclose(second.x, [[0.55, 0]])
    assert TABLE.generated().x.tolist() == [[np.float32(0.4), 0]]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "no column age; expected age, work"),
        ("age\n3\n", "no column work"),
        ("age,work\n", "0 lines behind the first; expected 1 to 256"),
        ("age,work\n1,private\nold,state\n", "line 3: could not convert string to float: 'old'"),
        ("age,work\n1,none\n", "line 2: unexpected 'none'"),
        ("age,work\n1\n", "line 2: unexpected ''"),
        ("age,work\nnan,state\n", "line 2: nan or infinity"),
    ],
)
def test_what_is_no_such_table_is_refused(text: str, told: str, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(text)
    with pytest.raises(AccelError, match=told):
        TABLE.read(tmp_path / "a.csv")
