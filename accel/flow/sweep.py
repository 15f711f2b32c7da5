"""`accel sweep`: many designs of one model, measured, and those of them that no other beats."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from accel import cache
from accel.flow import concluding
from accel.flow.evaluation import hardware, measure
from accel.flow.prepared import Prepared
from accel.flow.request import Request
from accel.progress import SILENT, Progress
from accel.sweep import figures, page, pool, scope, search, space
from accel.sweep.figures import Limits
from accel.sweep.options import Options
from accel.sweep.result import SweepResult
from accel.sweep.scope import SpaceFile
from accel.sweep.search import Budget, State
from accel.sweep.space import Space
from accel.sweep.study import Study

TRIALS = 200
SECONDS = 420.0
FASTEST = 8
"""Initiation intervals that are tried unless others are given, each twice the one before."""


@dataclass(frozen=True)
class Swept:
    """What a search found, and the path of its page."""

    result: SweepResult
    page: Path


def run(
    request: Request,
    options: Options,
    shown: Callable[[State], None] = lambda state: None,
    progress: Progress = SILENT,
) -> Swept:
    """Search the designs of a model. What it found is also in `hls_projects/<design>/sweep/`.

    Raises:
        AccelError: whatever is wrong with the request, the space, the store or the scheduler, in one line.
    """
    file = _file(options)
    began = time.monotonic()
    known = Prepared(request, progress)
    searched, objectives, limits = settled(known, file, options)
    seconds = 60 * options.minutes if options.minutes else SECONDS if file.trials is None else None
    budget = Budget(min(file.trials or TRIALS, searched.size), seconds)
    store, name = _place(known, options, searched, objectives, limits)
    fingerprint = cache.digest([], known.task.digest, known.design)
    study = Study(store, name, fingerprint, searched.parameters, objectives, file.sampler, options.seed)
    with (
        progress.step(f"measuring up to {budget.trials:,} of {searched.size:,} designs"),
        pool.workers(measure, known.task, options.scheduler, options.workers) as working,
    ):
        points = search.run(study, searched, working, limits, budget, shown)
    found = concluding.conclude(
        known, searched, points, objectives, limits, time.monotonic() - began, options, progress
    )
    return Swept(found, page.write(found, known.folder))


def settled(known: Prepared, file: SpaceFile, options: Options) -> tuple[Space, tuple[str, ...], Limits]:
    """The space that is searched, what for, and within what limits."""
    if not file.ii and not file.reuse and not any(s.reuse for s in (*file.kinds.values(), *file.layers.values())):
        file = file.model_copy(update={"ii": _intervals(known)})
    searched = space.make(file, known.design, known.layers)
    labelled = known.task.examples.y is not None
    objectives = file.objectives or ("accuracy" if labelled else "agreement", "usage", "ii")
    figures.check_objectives(objectives, labelled)
    reference = known.score(known.task).accuracy
    drop = None if file.max_drop is None else file.max_drop / 100
    return searched, tuple(objectives), Limits(drop, reference, ii=file.max_ii, latency=file.max_latency)


def _intervals(known: Prepared) -> tuple[int, ...]:
    """Initiation intervals from the fastest that there can be to some that are slower than the model's own design."""
    graph, planned = hardware(known.task, known.design)
    beats = (instance.output.beats for instance in planned.instances)
    least = max(*(given.positions for given in graph.inputs), *beats)
    found = [least << doubled for doubled in range(FASTEST)]
    return tuple(ii for ii in found if ii <= max(4 * planned.ii, 4 * least))


def _file(options: Options) -> SpaceFile:
    """The space file, with what the command line says in its place; without either, the default space."""
    file = scope.read(Path(options.space)) if options.space else None
    data = {} if file is None else file.model_dump(exclude_unset=True)
    if options.precision:
        data |= {"weights": {"bits": options.precision}, "activations": {"bits": options.precision}}
    elif file is None:
        data |= {"weights": {"bits": "3..12"}, "activations": {"bits": "5..16"}}
    for key in ("reuse", "ii", "objectives"):
        if (text := getattr(options, key)) is not None:
            data[key] = [int(item) if item.strip().isdecimal() else item.strip() for item in text.split(",")]
            data[key] = data[key] if len(data[key]) > 1 else data[key][0]
    for key in ("sampler", "trials", "max_drop", "max_ii", "max_latency"):
        if (value := getattr(options, key)) is not None:
            data[key] = value
    return scope.parse(data, "sweep")


def store_of(known: Prepared, asked: str | None) -> str:
    """The URL of the database that is asked for, by default an SQLite file in the design's folder."""
    known.folder.mkdir(parents=True, exist_ok=True)
    return asked or f"sqlite:///{known.folder.resolve() / 'study.db'}"


def _place(
    known: Prepared, options: Options, searched: Space, objectives: Iterable[str], limits: Limits
) -> tuple[str, str]:
    """The store's URL and the study's name, which is that of the model and a digest of all that makes it."""
    made_of = cache.digest([], known.task.digest, searched.parameters, known.design, tuple(objectives), limits)
    return store_of(known, options.store), options.study or f"{known.name}-{made_of[:8]}"
