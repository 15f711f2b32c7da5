"""LSTM and GRU, in either direction or both, against onnxruntime."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.intake.onnx.cases import Case, check
from tests.intake.onnx.files import node, weights


def lstm(sides: int = 1) -> dict:
    return {"W": weights(sides, 16, 5), "R": weights(sides, 16, 4), "B": weights(sides, 32)}


def gru(sides: int = 1) -> dict:
    return {"W": weights(sides, 12, 5), "R": weights(sides, 12, 4), "B": weights(sides, 24)}


LAST = {"last": np.array(-1)}

CASES = {
    "LSTM": Case(
        (7, "n", 5),
        [node("LSTM", "x W R B", "a", hidden_size=4), node("Squeeze", "a one", "y")],
        "LSTM",
        {**lstm(), "one": np.array([1])},
        sequences=True,
    ),
    "LSTM of Keras 2's hard sigmoids": Case(
        (7, "n", 5),
        [
            node("LSTM", "x W R B", "- a", hidden_size=4, activations=["HardSigmoid", "Tanh", "Tanh"]),
            node("Squeeze", "a zero", "y"),
        ],
        "LSTM",
        {**lstm(), "zero": np.array([0])},
    ),
    "GRU of Keras 3's hard sigmoids": Case(
        (7, "n", 5),
        [
            node(
                *("GRU", "x W R B", "- a"),
                hidden_size=4,
                linear_before_reset=1,
                activations=["HardSigmoid", "Tanh"],
                activation_alpha=[1 / 6],
                activation_beta=[0.5],
            ),
            node("Squeeze", "a zero", "y"),
        ],
        "GRU",
        {**gru(), "zero": np.array([0])},
    ),
    "LSTM, its last state": Case(
        (7, "n", 5),
        [node("LSTM", "x W R B", "- a", hidden_size=4), node("Squeeze", "a zero", "y")],
        "LSTM",
        {**lstm(), "zero": np.array([0])},
    ),
    "LSTM in both directions": Case(
        (7, "n", 5),
        [
            node("LSTM", "x W R B", "a", hidden_size=4, direction="bidirectional"),
            node("Transpose", "a", "b", perm=[0, 2, 1, 3]),
            node("Reshape", "b shape", "y"),
        ],
        "Bidirectional",
        {**lstm(2), "shape": np.array([0, 0, -1])},
        sequences=True,
    ),
    "GRU": Case(
        (7, "n", 5),
        [node("GRU", "x W R B", "a", hidden_size=4, linear_before_reset=1), node("Squeeze", "a one", "y")],
        "GRU",
        {**gru(), "one": np.array([1])},
        sequences=True,
    ),
    "GRU, its last step": Case(
        ("n", 7, 5),
        [
            node("Transpose", "x", "t", perm=[1, 0, 2]),
            node("GRU", "t W R B", "a", hidden_size=4, linear_before_reset=1),
            node("Squeeze", "a one", "b"),
            node("Transpose", "b", "c", perm=[1, 0, 2]),
            node("Gather", "c last", "y", axis=1),
        ],
        "GRU",
        {**gru(), "one": np.array([1]), **LAST},
    ),
    "LSTM from the end": Case(
        (7, "n", 5),
        [node("LSTM", "x W R B", "a", hidden_size=4, direction="reverse"), node("Squeeze", "a one", "y")],
        "LSTM",
        {**lstm(), "one": np.array([1])},
        sequences=True,
    ),
    "GRU from the end, its last state": Case(
        (7, "n", 5),
        [
            node("GRU", "x W R B", "- a", hidden_size=4, linear_before_reset=1, direction="reverse"),
            node("Squeeze", "a zero", "y"),
        ],
        "GRU",
        {**gru(), "zero": np.array([0])},
    ),
    "GRU from the end, at the first step and at the last": Case(
        (7, "n", 5),
        [
            node("GRU", "x W R B", "a", hidden_size=4, linear_before_reset=1, direction="reverse"),
            node("Squeeze", "a one", "b"),
            node("Gather", "b zero", "c", axis=0),
            node("Gather", "b last", "d", axis=0),
            node("Sub", "c d", "y"),
        ],
        "GRU Cropping1D GRU Flatten Subtract",
        {**gru(), "one": np.array([1]), "zero": np.array(0), **LAST},
    ),
    "steps backwards, and all but the first and last": Case(
        (7, "n", 5),
        [
            node("Slice", "x starts ends axes steps", "a"),
            node("LSTM", "a W R B", "b", hidden_size=4),
            node("Squeeze", "b one", "c"),
            node("Shape", "c", "shape"),
            node("Gather", "shape one", "batch", axis=0),
            node("Expand", "five batch", "lengths"),
            node("ReverseSequence", "c lengths", "y"),
        ],
        "Cropping1D LSTM",
        {
            **lstm(),
            "one": np.array([1]),
            "starts": np.array([-2]),
            "ends": np.array([0]),
            "axes": np.array([0]),
            "steps": np.array([-1]),
            "five": np.array([5]),
        },
        sequences=True,
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_an_operator(name: str, tmp_path: Path) -> None:
    check(CASES[name], tmp_path)
