"""The search itself: points are asked for, evaluated by whoever is free, and told, until the budget is spent."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from accel.errors import AccelError
from accel.sweep.figures import Done, Figures, Limits, best

if TYPE_CHECKING:
    from optuna.trial import Trial

    from accel.sweep.pool import Pool
    from accel.sweep.space import Point, Space
    from accel.sweep.study import Study

log = logging.getLogger(__name__)

POINT_SECONDS = 300.0
"""What one point may take."""
REPEATS = 20
"""Points in a row that were evaluated before: the space is exhausted."""

Shown = Callable[["State"], None]


@dataclass(frozen=True)
class State:
    """How far a search is; `left` is the time in seconds that the rest will take, None before anybody knows."""

    done: int
    failed: int
    total: int
    best: Done | None
    left: float | None


@dataclass(frozen=True)
class Budget:
    """When a search ends: after so many points in all, or so many seconds from now."""

    trials: int
    seconds: float | None = None


def run(study: Study, space: Space, pool: Pool, limits: Limits, budget: Budget, shown: Shown) -> list[Done]:
    """Evaluate points until the budget is spent; `shown` is told after each. Returns all points of the study."""
    asking = _Asking(study, space, limits, budget)
    for trial, outcome in pool.finished(asking.jobs(), POINT_SECONDS):
        asking.learn(trial, outcome)
        shown(asking.state())
    return study.done()


def these(
    study: Study, space: Space, pool: Pool, limits: Limits, points: Sequence[Point], shown: Shown
) -> list[Figures | None]:
    """The figures of exactly these points, those that are not known yet evaluated; None where there are none."""
    known = {_key(point.point) for point in study.done()}
    missing = {_key(point): point for point in points if _key(point) not in known}
    study.suggest(missing.values())
    done = run(study, space, pool, limits, Budget(len(known) + len(missing)), shown)
    found = {_key(point.point): point.figures for point in done}
    return [found.get(_key(point)) for point in points]


class _Asking:
    """The points of a study as jobs, none of them twice."""

    def __init__(self, study: Study, space: Space, limits: Limits, budget: Budget) -> None:
        self._study, self._space, self._limits, self._budget = study, space, limits, budget
        self._done = study.done()
        self._known = {_key(point.point): point for point in self._done}
        self._asked = self._before = len(self._done)
        self._began = time.monotonic()

    def jobs(self) -> Iterator[tuple[Trial, Any]]:
        repeated = 0
        while self._asked < self._budget.trials and repeated < REPEATS and not self._late():
            trial = self._study.ask()
            known = self._known.get(_key(trial.params))
            if known is not None:
                repeated += 1
                self._repeat(trial, known)
                continue
            try:
                design = self._space.design(trial.params)
            except AccelError as error:
                self.learn(trial, error)
                continue
            repeated = 0
            self._asked += 1
            yield trial, design

    def learn(self, trial: Trial, outcome: Figures | Exception) -> None:
        """Keep what came of a point."""
        if isinstance(outcome, Exception):
            reason = str(outcome) if isinstance(outcome, AccelError) else f"{type(outcome).__name__}: {outcome}"
            log.info("point %d failed: %s", trial.number, reason)
            self._study.fail(trial, " ".join(reason.split())[:500])
            made = Done(trial.number, dict(trial.params), None, reason)
        else:
            self._study.tell(trial, outcome, self._limits)
            made = Done(trial.number, dict(trial.params), outcome, excess=self._limits.excess(outcome))
        self._done.append(made)
        self._known[_key(trial.params)] = made

    def state(self) -> State:
        """How far it is."""
        failed = sum(point.figures is None for point in self._done)
        new = len(self._done) - self._before
        pace = (time.monotonic() - self._began) / new if new else None
        left = None if pace is None else pace * max(0, self._budget.trials - len(self._done))
        if left is not None and self._budget.seconds is not None:
            left = min(left, max(0.0, self._budget.seconds - (time.monotonic() - self._began)))
        found = best(self._done, self._study.objectives)
        return State(len(self._done), failed, self._budget.trials, found, left)

    def _repeat(self, trial: Trial, known: Done) -> None:
        """What is known already is told again, so that the sampler looks elsewhere."""
        if known.figures is None:
            self._study.fail(trial, known.reason)
        else:
            self._study.tell(trial, known.figures, self._limits)

    def _late(self) -> bool:
        seconds = self._budget.seconds
        return seconds is not None and time.monotonic() - self._began > seconds


def _key(point: Any) -> tuple[tuple[str, Any], ...]:
    return tuple(sorted(point.items()))
