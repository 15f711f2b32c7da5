"""The table of `models/README.md` says what the models' own files say."""

from __future__ import annotations

import importlib.util

import pytest

from tests.models.conftest import FOLDER

NAMES = sorted(file.parent.name for file in FOLDER.glob("*/model.keras"))
spec = importlib.util.spec_from_file_location("benchmark_models", FOLDER.parent / "benchmarks" / "models.py")
table = importlib.util.module_from_spec(spec)
spec.loader.exec_module(table)


def test_every_model_has_one_line():
    assert list(table.standing((FOLDER / "README.md").read_text())) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_a_model_has_its_line(name):
    cells = table.standing((FOLDER / "README.md").read_text())[name]
    assert cells[0] == f"[{name}]({name}/README.md)"
    assert cells[2] == table.figures(FOLDER / name) and cells[2]
    assert cells[-1] == table.to_copy(FOLDER / name) and cells[-1]
