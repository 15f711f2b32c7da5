"""When outputs agree with floating point: as classes, and as numbers."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np

from accel.data.judging import Classes, Values, agreeing, decisions, judge

REFERENCE = np.array([[0.0, 1.0], [0.5, 0.25], [0.2, 0.1]])


def test_classes_agree_by_the_largest():
    got = np.array([[0.4, 0.6], [0.1, 0.2], [0.9, 0.0]])
    assert Classes().agreement(got, REFERENCE) == 2 / 3
    assert Classes().scores(got, np.array([1, 1, 1])) == {"accuracy": 2 / 3}
    assert decisions(np.array([[0.5], [0.4]])).tolist() == [1, 0]


def test_numbers_agree_within_a_hundredth_of_their_range():
    off = np.zeros_like(REFERENCE)
    off[0, 1], off[2] = 0.0099, [-0.0101, 0.0]
    assert Values().agreement(REFERENCE + off, REFERENCE) == 2 / 3
    assert Values().agreement(100 * (REFERENCE + off), 100 * REFERENCE) == 2 / 3, "whatever their unit"
    assert Values().scores(REFERENCE, REFERENCE) == {}


def test_a_model_says_what_its_outputs_are():
    numbers = SimpleNamespace(OUTPUTS=("arousal", "valence"), scores=lambda outputs, truth: {"error": 0.5})
    assert judge(None) == judge(SimpleNamespace(CLASSES=("a", "b"))) == agreeing(None) == Classes()
    assert judge(numbers).scores(REFERENCE, REFERENCE) == {"error": 0.5} and agreeing(numbers) == Values()
