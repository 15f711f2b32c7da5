"""Errors, agreement and accuracy on numbers small enough to work out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from accel.data.judging import Classes, Values
from accel.errors import AccelError
from accel.report.measure import compare, scores, sqnr

REFERENCE = np.array([[0.75, 0.25], [0.25, 0.75], [0.5, 0.25]])
GOT = np.array([[0.5, 0.25], [0.75, 0.25], [0.5, 0.125]])


def test_compare():
    row = compare("C simulation", GOT, REFERENCE, 0.125, np.array([0, 1, 1]))
    assert (row.name, row.frames, row.max_error, row.max_error_lsb, row.mean_error) == (
        "C simulation",
        3,
        0.5,
        4,
        1.375 / 6,
    )
    assert (row.agreement, row.accuracy) == (2 / 3, 1 / 3)


def test_without_labels_accuracy_is_not_made_up():
    assert compare("C simulation", GOT, REFERENCE, 0.125).accuracy is None
    assert scores(Classes(), GOT, None) == {}


def test_values_are_measured_as_their_model_says():
    judge = Values(lambda outputs, truth: {"bias": np.mean(outputs - truth)})
    row = compare("C simulation", GOT, REFERENCE, 0.125, REFERENCE, judge)
    assert row.agreement == 0 and row.accuracy is None and row.scores == (("bias", np.mean(GOT - REFERENCE)),)


def test_sqnr():
    assert sqnr(np.array([1.1, -0.9]), np.array([1.0, -1.0])) == pytest.approx(20)
    assert sqnr(np.array([0.0]), np.array([2.0])) == 0
    assert sqnr(GOT, GOT) is None and sqnr(GOT, np.zeros_like(GOT)) is None


@pytest.mark.parametrize(
    ("got", "truth"),
    [(GOT[:2], None), (GOT, np.array([0])), (GOT[:0], np.array([], int))],
    ids=["fewer", "labels", "none"],
)
def test_what_does_not_belong_together_is_refused(got, truth):
    with pytest.raises(AccelError, match="outputs of the same frames were expected"):
        compare("RTL", got, REFERENCE if len(got) else REFERENCE[:0], 0.125, truth)
