"""`accel train`, cut short, twice: two processes must write the same files, byte for byte."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from accel.data import datasets
from accel.places import PROJECTS
from tests.models.conftest import FOLDER

# Stands in for a model.py: the model's own, with fewer examples and epochs.
SHORT = """
import importlib.util

from accel.data.datasets import Dataset, Split

spec = importlib.util.spec_from_file_location("whole", {path!r})
whole = importlib.util.module_from_spec(spec)
spec.loader.exec_module(whole)
read = whole.dataset


def dataset(root):
    data = read(root)
    few = lambda split: Split(split.x[:128], split.y[:128])
    return Dataset(data.name, data.classes, lambda: few(data.train), lambda: few(data.test))


whole.dataset, whole.EPOCHS = dataset, 2
{more}
CLASSES, DATASET, stimulus, train = whole.CLASSES, whole.DATASET, whole.stimulus, whole.train
"""
CRNN = """
recordings = whole.emodb_recordings
whole.emodb_recordings = lambda root: recordings(root)[::6]
whole.VERSIONS, whole.EMODB_FOLDS = 3, whole.EMODB_FOLDS[:2]
"""
MORE = {"emodb": ("crnn", CRNN), "fsdd": ("crnn_raw", ""), "mnist": ("lenet", "")}


def trained(name: str, more: str, folder: Path) -> dict[str, bytes]:
    """The files that a training in a process of its own writes."""
    model = folder / "models" / name
    model.mkdir(parents=True)
    (model / "model.py").write_text(SHORT.format(path=str(FOLDER / name / "model.py"), more=more))
    command = [sys.executable, "-c", "from accel.cli import main; main()", "train", name]
    environment = {**os.environ, "PYTHONPATH": str(FOLDER.parent), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr + (folder / PROJECTS / name / "log" / "train.log").read_text()
    return {file.name: file.read_bytes() for file in model.iterdir() if file.name != "model.py"}


@pytest.mark.parametrize("data", [data for data in MORE if datasets.find(data)])
def test_a_second_training_makes_the_same_files(data: str, tmp_path: Path) -> None:
    first, second = (trained(*MORE[data], tmp_path / turn) for turn in ("first", "second"))
    assert set(first) == {"model.keras", "metrics.json", "ranges.json"}
    assert first == second
