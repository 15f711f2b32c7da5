from __future__ import annotations

import pytest

from accel.errors import AccelError
from accel.sweep import figures
from accel.sweep.figures import Done, Limits
from tests.sweep.conftest import PLAIN, done


def test_the_front_is_what_no_other_point_beats() -> None:
    points = [
        done(0, accuracy=0.9, usage=0.5),
        done(1, accuracy=0.9, usage=0.6),
        done(2, accuracy=0.8, usage=0.4),
        done(3, accuracy=0.95, usage=0.9),
        done(4, accuracy=0.99, usage=0.1, excess=0.2),
        done(5, accuracy=0.9, usage=0.5),
        Done(6, {}, None, "refused"),
    ]
    assert [point.number for point in figures.front(points, ("accuracy", "usage"))] == [3, 0, 2]
    assert figures.best(points, ("usage",)).number == 2
    assert figures.best(points[4:5], ("usage",)) is None


def test_limits_say_how_far_they_are_missed() -> None:
    limits = Limits(drop=0.01, reference=0.92, ii=500, latency=3000)
    excess = limits.excess(PLAIN)
    assert excess == {"fits": -0.5, "max_drop": pytest.approx(0.01), "max_ii": 1.0, "max_latency": -0.5}
    assert limits.missed(PLAIN)
    assert not Limits(drop=0.02, reference=0.92).missed(PLAIN)


def test_without_labels_agreement_counts() -> None:
    assert Limits(drop=0.02).excess(PLAIN)["max_drop"] == pytest.approx(-0.01)
    with pytest.raises(AccelError, match="no labels; expected one of: agreement"):
        figures.check_objectives(("accuracy",), labelled=False)


def test_an_objective_comes_once_and_is_known() -> None:
    with pytest.raises(AccelError, match="comes twice"):
        figures.check_objectives(("ii", "ii"), labelled=True)
    with pytest.raises(AccelError, match="objective 'lut': not known"):
        figures.values(done(0, lut=None).figures, ("ii", "lut"))
