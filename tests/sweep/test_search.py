from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from accel.design import Design
from accel.errors import AccelError
from accel.sweep import search, space
from accel.sweep.figures import Figures, Limits
from accel.sweep.scope import parse
from accel.sweep.search import Budget, State
from accel.sweep.space import Layer, Space
from accel.sweep.study import Study
from tests.sweep.conftest import PLAIN


class Here:
    """A pool that is this process: accuracy grows with the bits, 7 is refused."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def finished(self, jobs: Iterator[tuple[Any, Design]], limit: float | None = None) -> Iterator[tuple[Any, Any]]:
        for job, design in jobs:
            bits = design.layers["conv"].precision["weight"]
            self.asked.append(bits)
            width = int(bits[5:-1])
            known = replace(PLAIN, accuracy=width / 10, usage=width / 20)
            yield job, AccelError("seven: too odd") if width == 7 else known


@pytest.fixture
def searched() -> Space:
    return space.make(parse({"weights": {"bits": "4..9"}}, "x"), Design(), [Layer("conv", "Conv1D", ("weight",))])


def opened(tmp_path: Path, searched: Space, sampler: str = "grid") -> Study:
    return Study(f"sqlite:///{tmp_path / 's.db'}", "n", "a", searched.parameters, ("accuracy", "usage"), sampler)


def test_a_space_is_searched_to_its_end_and_no_point_twice(tmp_path: Path, searched: Space) -> None:
    here, states = Here(), []
    done = search.run(opened(tmp_path, searched), searched, here, Limits(), Budget(100), states.append)
    assert sorted(here.asked) == [f"auto<{bits}>" for bits in range(4, 10)]
    assert [point.reason for point in done if point.figures is None] == ["seven: too odd"]
    last: State = states[-1]
    assert (last.done, last.failed, last.total) == (6, 1, 100)
    assert last.best.point == {"weights.bits": 9}


def test_the_same_search_goes_on_where_it_stopped(tmp_path: Path, searched: Space) -> None:
    first, second = Here(), Here()
    search.run(opened(tmp_path, searched), searched, first, Limits(), Budget(2), lambda state: None)
    done = search.run(opened(tmp_path, searched), searched, second, Limits(), Budget(6), lambda state: None)
    assert (len(first.asked), len(second.asked), len(done)) == (2, 4, 6)
    assert not set(first.asked) & set(second.asked)


@pytest.mark.parametrize("sampler", ["tpe", "nsga2", "random"])
def test_a_sampler_that_repeats_itself_costs_nothing(tmp_path: Path, searched: Space, sampler: str) -> None:
    here = Here()
    search.run(opened(tmp_path, searched, sampler), searched, here, Limits(), Budget(200), lambda state: None)
    assert len(here.asked) == len(set(here.asked)) >= 5


def test_exactly_the_points_asked_for_are_measured(tmp_path: Path, searched: Space) -> None:
    here, study = Here(), opened(tmp_path, searched, "random")
    points = [{"weights.bits": bits} for bits in (5, 7, 5)]
    found: list[Figures | None] = search.these(study, searched, here, Limits(), points, lambda state: None)
    assert here.asked == ["auto<5>", "auto<7>"]
    assert (found[0].accuracy, found[1], found[2]) == (0.5, None, found[0])


def test_time_ends_a_search(tmp_path: Path, searched: Space) -> None:
    here = Here()
    search.run(opened(tmp_path, searched), searched, here, Limits(), Budget(100, seconds=0.0), lambda state: None)
    assert len(here.asked) <= 1
