"""Errors, agreement and accuracy on numbers small enough to work out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from accel.errors import AccelError
from accel.report.measure import accuracy, compare

REFERENCE = np.array([[0.75, 0.25], [0.25, 0.75], [0.5, 0.25]])
GOT = np.array([[0.5, 0.25], [0.75, 0.25], [0.5, 0.125]])


def test_compare():
    row = compare("C simulation", GOT, REFERENCE, np.array([0, 1, 1]))
    assert (row.name, row.frames, row.max_error, row.mean_error) == ("C simulation", 3, 0.5, 1.375 / 6)
    assert (row.agreement, row.accuracy) == (2 / 3, 1 / 3)


def test_without_labels_accuracy_is_not_made_up():
    assert compare("C simulation", GOT, REFERENCE).accuracy is None
    assert accuracy(GOT, None) is None


@pytest.mark.parametrize(
    ("got", "labels"),
    [(GOT[:2], None), (GOT, np.array([0])), (GOT[:0], np.array([], int))],
    ids=["fewer", "labels", "none"],
)
def test_what_does_not_belong_together_is_refused(got, labels):
    with pytest.raises(AccelError, match="outputs of the same frames were expected"):
        compare("RTL", got, REFERENCE if len(got) else REFERENCE[:0], labels)
