"""The models of this repository, loaded by path as the command line does it."""

from __future__ import annotations

import importlib.util
import json
from functools import cache
from pathlib import Path
from types import SimpleNamespace

import pytest

from accel.data.datasets import MARKERS, find

FOLDER = Path(__file__).parents[2] / "models"

# Without any data set there is nothing to collect there, rather than tests that count as skipped.
collect_ignore = [] if any(map(find, MARKERS)) else ["test_measured.py", "test_training_repeats.py"]


@cache
def load(name: str) -> SimpleNamespace:
    """`source` (the imported model.py), `network` (the trained Keras model) and `metrics` of one model folder."""
    import keras

    spec = importlib.util.spec_from_file_location(f"model_{name}", FOLDER / name / "model.py")
    source = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(source)
    return SimpleNamespace(
        source=source,
        network=keras.models.load_model(FOLDER / name / "model.keras"),
        metrics=json.loads((FOLDER / name / "metrics.json").read_text()),
        card=(FOLDER / name / "README.md").read_text(),
    )


@pytest.fixture
def model(name: str) -> SimpleNamespace:
    return load(name)
