from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from accel.errors import AccelError
from accel.sweep.figures import Limits
from accel.sweep.space import Parameter
from accel.sweep.study import Study
from tests.sweep.conftest import PLAIN

PARAMETERS = (Parameter("weights.bits", (4, 5, 6, 7)), Parameter("activations.rounding", ("RND", "TRN")))
LIMITS = Limits()


@pytest.fixture
def store(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'study.db'}"


def opened(
    store: str, fingerprint: str = "a", sampler: str = "random", objectives: tuple = ("accuracy", "usage")
) -> Study:
    return Study(store, "net", fingerprint, PARAMETERS, objectives, sampler)


@pytest.mark.parametrize("sampler", ["tpe", "nsga2", "random"])
def test_points_are_asked_for_told_and_kept(store: str, sampler: str) -> None:
    study = opened(store, sampler=sampler)
    for _ in range(3):
        trial = study.ask()
        assert trial.params["weights.bits"] in (4, 5, 6, 7)
        assert trial.params["activations.rounding"] in ("RND", "TRN")
        study.tell(trial, PLAIN, LIMITS)
    study.fail(study.ask(), "refused")
    again = opened(store, sampler=sampler).done()
    assert {point.figures for point in again} <= {PLAIN, None}
    assert again == study.done()


def test_a_point_that_was_never_told_is_asked_for_again(store: str) -> None:
    lost = opened(store).ask().params
    study = opened(store)
    assert study.done() == []
    assert study.ask().params == lost


def test_what_was_suggested_is_not_what_the_sampler_drew(store: str) -> None:
    study = opened(store)
    study.suggest([{"weights.bits": bits, "activations.rounding": "RND"} for bits in (4, 5)])
    study.narrow((Parameter("weights.bits", (7,)), Parameter("activations.rounding", ("RND", "TRN"))))
    for _ in range(3):
        study.tell(study.ask(), PLAIN, LIMITS)
    assert (len(study.done()), study.drawn(), opened(store).drawn()) == (3, 1, 1)


def test_a_grid_is_asked_for_once(store: str) -> None:
    asked = []
    for _ in range(2):  # the second goes on where the first stopped
        study = opened(store, sampler="grid")
        for _ in range(4):
            trial = study.ask()
            asked.append(tuple(trial.params.values()))
            study.tell(trial, PLAIN, LIMITS)
    assert len(set(asked)) == 8


def test_a_suggestion_comes_next_and_once(store: str) -> None:
    study = opened(store)
    point = {"weights.bits": 7, "activations.rounding": "TRN"}
    study.suggest([point, point])
    trial = study.ask()
    assert trial.params == point
    study.tell(trial, PLAIN, LIMITS)
    study.suggest([point])
    assert [done.point for done in study.done()] == [point]


def test_constraints_are_kept_with_the_point(store: str) -> None:
    study = opened(store)
    study.tell(study.ask(), PLAIN, Limits(drop=0.0, reference=0.95))
    (point,) = study.done()
    assert point.excess == {"fits": -0.5, "max_drop": pytest.approx(0.05)}
    assert not point.feasible


@pytest.mark.parametrize("changes", [{"fingerprint": "b"}, {"objectives": ("accuracy", "ii")}])
def test_another_study_of_the_same_name_is_refused(store: str, changes: dict) -> None:
    opened(store)
    with pytest.raises(AccelError, match="study 'net' is of another model"):
        opened(store, **changes)


@pytest.mark.parametrize("url", ["sqlite:////nowhere/at/all.db", "nonsense", "postgresql+psycopg://localhost:1/none"])
def test_a_store_that_is_not_there_is_named(url: str) -> None:
    with pytest.raises(AccelError, match="cannot be opened"):
        opened(url)


def test_what_is_no_database_is_named(tmp_path: Path) -> None:
    (tmp_path / "study.db").write_bytes(b"no database at all" * 100)
    with pytest.raises(AccelError, match="cannot be opened"):
        opened(f"sqlite:///{tmp_path / 'study.db'}")


def test_the_database_is_one_that_other_tools_read(store: str) -> None:
    study = opened(store)
    study.tell(study.ask(), PLAIN, LIMITS)
    with sqlite3.connect(store.removeprefix("sqlite:///")) as database:
        assert database.execute("select count(*) from trials where state = 'COMPLETE'").fetchone() == (1,)
