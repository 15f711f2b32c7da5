"""When outputs agree with floating point: as classes, and as numbers."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from accel.data.judging import Classes, Values, agreeing, decisions, judge
from accel.errors import AccelError

REFERENCE = np.array([[0.0, 1.0], [0.5, 0.25], [0.2, 0.1]])


def test_classes_agree_by_the_largest():
    got = np.array([[0.4, 0.6], [0.1, 0.2], [0.9, 0.0]])
    assert Classes().agreement(got, REFERENCE) == 2 / 3
    assert Classes().scores(got, np.array([1, 1, 1])) == {"accuracy": 2 / 3}
    assert decisions(np.array([[0.5], [0.4]])).tolist() == [1, 0]


STEPS = np.array([[[9, 1], [0, 8], [5, 6]], [[1, 2], [4, 3], [0, 7]]], float)


def test_outputs_of_several_steps_decide_at_each():
    steps, off = Classes(((3, 2),)), STEPS.copy()
    off[0, 1] = [8, 0]
    assert decisions(STEPS, steps.shapes).tolist() == [[0, 1, 1], [1, 0, 1]] and steps.decided == 3
    assert Classes().agreement(off.reshape(2, -1), STEPS.reshape(2, -1)) == 1, "one decision over all steps hides it"
    assert steps.agreement(off.reshape(2, -1), STEPS.reshape(2, -1)) == 5 / 6
    assert steps.scores(STEPS, np.array([[0, 1, 0], [1, 1, 1]])) == {"accuracy": 4 / 6}
    assert decisions(np.array([[[0.2], [0.7]]]), [(2, 1)]).tolist() == [[0, 1]]


def test_several_outputs_decide_each_for_itself():
    row = np.array([[1.0, 2, 9, 0, 3, 0.6]])
    assert decisions(row, [(2,), (3,), (1,)]).tolist() == [[1, 0, 1]]


def test_a_class_number_a_frame_does_not_fit_a_decision_a_step():
    with pytest.raises(AccelError, match=r"shape \(2,\): expected \(2, 3\), one for each decision"):
        Classes(((3, 2),)).scores(STEPS, np.array([0, 1]))


def test_numbers_agree_within_a_hundredth_of_their_range():
    off = np.zeros_like(REFERENCE)
    off[0, 1], off[2] = 0.0099, [-0.0101, 0.0]
    assert Values().agreement(REFERENCE + off, REFERENCE) == 2 / 3
    assert Values().agreement(100 * (REFERENCE + off), 100 * REFERENCE) == 2 / 3, "whatever their unit"
    assert Values().scores(REFERENCE, REFERENCE) == {}


def test_a_model_says_what_its_outputs_are():
    numbers = SimpleNamespace(OUTPUTS=("arousal", "valence"), scores=lambda outputs, truth: {"error": 0.5})
    assert judge(None) == judge(SimpleNamespace(CLASSES=("a", "b"))) == agreeing(None) == Classes()
    assert judge(None, [(3, 2)]) == agreeing(None, [(3, 2)]) == Classes(((3, 2),))
    assert judge(numbers).scores(REFERENCE, REFERENCE) == {"error": 0.5} and agreeing(numbers) == Values()
