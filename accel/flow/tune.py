"""`accel tune`: the bits of each tensor of one model, as few as the accuracy allows."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from accel import cache
from accel.design import AUTO, Design, written
from accel.errors import AccelError
from accel.flow.concluding import chosen, comment
from accel.flow.evaluation import measure
from accel.flow.prepared import Prepared
from accel.flow.request import Request
from accel.flow.sweep import store_of
from accel.progress import SILENT, Progress
from accel.source import designs_folder, resolve
from accel.sweep import pool, scope, search, space
from accel.sweep.figures import Done, Figures, Limits, best
from accel.sweep.pool import Pool
from accel.sweep.result import Chosen, Score
from accel.sweep.search import Budget, Shown
from accel.sweep.space import Parameter, Point, Space, Value
from accel.sweep.study import Study

OBJECTIVE = ("area",)
BEST = ("area", "bits")
MAX_DROP = 1.0
"""Points of accuracy (per cent of the examples) that may be lost, unless others are asked for."""
TRIALS = 100
"""Points that the sampler draws behind the sensitivity of each tensor."""
COARSE = 8
"""Bits with which the saturation of few values shows beside the coarseness of all."""
SEARCHED = {
    "weights": {"bits": "2..16", "shift": [-1, 0]},
    "activations": {"bits": "3..16", "shift": [-1, 0]},
    "accumulators": {"bits": "6..24"},
    "tables": {"bits": "6..18"},
}
"""What varies of each layer; of each the values from the cheapest to the most exact."""
AROUND = range(-1, 4)
"""Bits beside those that a tensor needs alone, which the search tries."""
UNIFORM = "fixed<16,6>"


@dataclass(frozen=True)
class Need:
    """The cheapest value that a parameter can have while all others are the most exact, and the agreement it leaves."""

    parameter: str
    value: Value
    agreement: float


@dataclass(frozen=True)
class Tuned:
    """What was found: each tensor's need, and the design beside those that one would have without a search."""

    needs: tuple[Need, ...]
    rows: tuple[Chosen, ...]  # the model's own, fixed<16,6>, auto, tuned
    design: Design
    path: Path
    applied: Path | None
    reference: Score
    test: Score
    evaluated: int
    seconds: float
    clock_ns: float


def run(
    request: Request,
    max_drop: float = MAX_DROP,
    trials: int = TRIALS,
    apply: bool = False,
    store: str | None = None,
    workers: int | None = None,
    scheduler: str | None = None,
    shown: Shown = lambda state: None,
    progress: Progress = SILENT,
) -> Tuned:
    """Find the design of least area (the sum of its shares of the part's resources) that loses at most ``max_drop``
    points of accuracy and of agreement, and keeps the model's initiation interval.

    First ranges are halved where few values saturate then and all others gain a bit by it. Then each tensor's bits are
    halved alone until the network decides otherwise; then all are searched around these; then one bit after the other
    is taken away where that still does no harm.

    Raises:
        AccelError: whatever is wrong with the request, the store or the scheduler, in one line; or no design is within
            the limits.
    """
    began = time.monotonic()
    if apply and resolve(request.model).folder is None:
        raise AccelError("APPLY: a model file has no design.yaml of its own; expected a model of models/, or DESIGN=")
    known = Prepared(request, progress)
    pace = known.design.interval or _pace(known)
    searched, task = _space(known, pace), known.blended()
    limits = Limits(max_drop / 100, known.score(task).accuracy, 1 - max_drop / 100)
    name = f"{known.name}-tune-{cache.digest([], task.digest, known.design, max_drop, pace)[:8]}"
    study = Study(store_of(known, store), name, task.digest, searched.parameters, OBJECTIVE)
    with pool.workers(measure, task, scheduler, workers) as working:
        tuning = _Tuning(study, searched, working, limits, shown)
        with progress.step("measuring which ranges may saturate"):
            tuning.saturate()
        with progress.step("measuring what each tensor needs"):
            needs = tuning.needs()
        with progress.step(f"searching around that, {trials:,} designs"):
            tuning.search(needs, trials)
        with progress.step("taking bits away"):
            found = tuning.polished()
    with progress.step("measuring on the test split"):
        return _concluded(known, searched, study, found, needs, limits, pace, apply, began)


class _Tuning:
    """The parts of a tuning, all of them points of one study."""

    def __init__(self, study: Study, searched: Space, working: Pool, limits: Limits, shown: Shown) -> None:
        self._study, self._space, self._pool, self._limits, self._shown = study, searched, working, limits, shown
        self._free = {p.name: p.values for p in searched.parameters if p.name.endswith(".bits") and len(p.values) > 1}
        self._exact: Point = {parameter.name: parameter.values[-1] for parameter in searched.parameters}

    def saturate(self) -> None:
        """Halve the ranges with which each alone, and all together, the network agrees better when it is coarse; none
        where that is too much for it when it is exact.
        """
        shifts = [name for name in self._exact if name.endswith(".shift")]
        coarse = self._exact | {shift.removesuffix("shift") + "bits": COARSE for shift in shifts}
        whole, *halved = self._measured(iter([coarse, *({**coarse, name: -1} for name in shifts)]))
        if whole is None:
            return
        better = {
            name: -1 for name, known in zip(shifts, halved, strict=True) if known and known.agreement > whole.agreement
        }
        together, exact = self._measured(iter([coarse | better, self._exact | better]))
        if together and exact and together.agreement > whole.agreement and not self._limits.missed(exact):
            self._exact |= better

    def needs(self) -> list[Need]:
        """By bisection, all parameters at once."""
        low = dict.fromkeys(self._free, 0)
        high = {name: len(values) - 1 for name, values in self._free.items()}
        agreement = dict.fromkeys(low, 1.0)
        while open_ := [name for name in low if low[name] < high[name]]:
            middle = {name: (low[name] + high[name]) // 2 for name in open_}
            points = ({**self._exact, name: self._free[name][middle[name]]} for name in open_)
            for name, figures in zip(open_, self._measured(points), strict=True):
                if figures and figures.agreement >= 1 - self._limits.drop:
                    high[name], agreement[name] = middle[name], figures.agreement
                else:
                    low[name] = middle[name] + 1
        return [Need(name, self._free[name][high[name]], agreement[name]) for name in low]

    def search(self, needs: Sequence[Need], trials: int) -> None:
        """Points with about what the tensors need alone."""
        around = [self._around(need) for need in needs]
        fixed = [Parameter(name, (value,)) for name, value in self._exact.items() if name not in self._free]
        more = [{p.name: p.values[min(k, len(p.values) - 1)] for p in around} for k in range(len(AROUND))]
        self._measured({**self._exact, **point} for point in more)
        self._study.narrow([*fixed, *around])
        budget = Budget(len(self._study.done()) + max(0, trials - self._study.drawn()))
        search.run(self._study, self._space, self._pool, self._limits, budget, self._shown)

    def polished(self) -> Done:
        """The best point, from which nothing can be taken any more. What could not be missed once is not taken away
        again when others have less.

        Raises:
            AccelError: no point is within the limits.
        """
        self._study.narrow(self._space.parameters)
        needed: set[str] = set()
        while True:
            found = best(self._study.done(), BEST)
            if found is None:
                raise AccelError("no design is within the limits; expected a larger MAX_DROP or part, or a slower II=")
            less = self._cheaper(found.point, needed)
            alone = self._measured({**found.point, name: value} for name, value in less.items())
            harmless = [
                name for name, known in zip(less, alone, strict=True) if known and not self._limits.missed(known)
            ]
            needed |= less.keys() - set(harmless)
            self._measured(iter([{**found.point, **{name: less[name] for name in harmless}}]))
            if best(self._study.done(), BEST).number == found.number:
                return found

    def _cheaper(self, point: Point, needed: Collection[str]) -> Point:
        """The next cheaper value of each parameter that has one and is not ``needed`` as it is."""
        places = {name: values.index(point[name]) for name, values in self._free.items() if name not in needed}
        return {name: self._free[name][place - 1] for name, place in places.items() if place}

    def _around(self, need: Need) -> Parameter:
        values = self._free[need.parameter]
        place = values.index(need.value)
        return Parameter(need.parameter, tuple(value for k, value in enumerate(values) if k - place in AROUND))

    def _measured(self, points: Iterator[Point]) -> list[Figures | None]:
        return search.these(self._study, self._space, self._pool, self._limits, list(points), self._shown)


def _pace(known: Prepared) -> int:
    """The initiation interval of the model's own design; if that does not fit the part, the fastest that does."""
    own = measure(known.task, known.design)
    return own.ii if own.usage <= 1 else measure(known.task, known.design.changed({"reuse": AUTO})).ii


def _space(known: Prepared, pace: int) -> Space:
    """What is ``SEARCHED`` of each layer, at one initiation interval."""
    data = SEARCHED | {"each": "layer", "ii": pace}
    return space.make(scope.parse(data, "tune"), known.design, known.layers)


def _concluded(
    known: Prepared,
    searched: Space,
    study: Study,
    found: Done,
    needs: Sequence[Need],
    limits: Limits,
    pace: int,
    apply: bool,
    began: float,
) -> Tuned:
    design = searched.design(found.point)
    plain = known.design.changed({"ii": str(pace)})
    rows = [
        _row(known, name, made, limits)
        for name, made in (
            ("own", known.design),
            (UNIFORM, plain.changed({"precision": UNIFORM})),
            (AUTO, plain.changed({"precision": AUTO})),
            ("tuned", design),
        )
    ]
    text = written(design, comment(rows[-1]))
    path = cache.write(designs_folder(known.name) / "tuned.yaml", text)
    applied = cache.write(known.source.folder / "design.yaml", text) if apply else None
    return Tuned(
        tuple(needs),
        tuple(rows),
        design,
        path,
        applied,
        known.score(known.task),
        known.score(known.test),
        len(study.done()),
        time.monotonic() - began,
        known.design.clock_ns,
    )


def _row(known: Prepared, name: str, design: Design, limits: Limits) -> Chosen:
    figures = measure(known.task, design)
    return chosen(known, name, Done(-1, {}, figures, excess=limits.excess(figures)), design)
