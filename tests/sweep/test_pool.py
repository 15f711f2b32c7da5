from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from accel.errors import AccelError
from accel.sweep import pool

pytestmark = pytest.mark.xdist_group("dask")


def act(shared: Path, argument: object) -> object:
    """What the workers of these tests do."""
    if argument == "raise":
        raise ValueError("no such design")
    if argument == "sleep":
        time.sleep(60)
    if argument == "die" and not (shared / "died").exists():
        (shared / "died").touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return argument, str(shared)


def test_each_job_comes_back_with_its_result_or_its_exception(tmp_path: Path) -> None:
    taken = []

    def jobs() -> Iterator[tuple[int, object]]:
        for number, argument in enumerate(["a", "raise", "b", "c"]):
            taken.append(number)
            yield number, argument

    with pool.workers(act, tmp_path, count=2) as working:
        found = working.finished(jobs())
        first = next(found)
        assert len(taken) <= 3  # a job is taken when a process is free
        results = dict([first, *found])
    assert results[0] == ("a", str(tmp_path))
    assert isinstance(results[1], ValueError)
    assert [results[2][0], results[3][0]] == ["b", "c"]


def test_a_killed_worker_costs_no_job(tmp_path: Path) -> None:
    with pool.workers(act, tmp_path, count=1) as working:
        results = dict(working.finished(iter([(0, "die"), (1, "a")])))
    assert (tmp_path / "died").exists()
    assert [results[0][0], results[1][0]] == ["die", "a"]


def test_what_takes_too_long_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "POLL", 0.5)
    with pool.workers(act, tmp_path, count=1) as working:
        results = dict(working.finished(iter([(0, "sleep"), (1, "a")]), limit=3))
    assert isinstance(results[0], TimeoutError)
    assert results[1][0] == "a"


def test_a_scheduler_that_is_not_there_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "CONNECT", "1s")
    with (
        pytest.raises(AccelError, match="no Dask scheduler answers there"),
        pool.workers(act, tmp_path, "tcp://127.0.0.1:1"),
    ):
        pass
