"""The end of a search: its front measured on the test split, the best of it simulated, and its designs written."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from accel import cache
from accel import design as designs
from accel.design import Design
from accel.flow import cosim, evaluation, synth
from accel.flow.evaluation import measure
from accel.flow.prepared import Prepared
from accel.flow.request import Request
from accel.places import PROJECTS
from accel.progress import Progress
from accel.source import designs_folder, resolve
from accel.sweep import figures, table
from accel.sweep.figures import Done, Limits
from accel.sweep.options import Options
from accel.sweep.result import Checked, Chosen, Score, SweepResult, Synthesised
from accel.sweep.space import Space
from accel.synth import parts


def conclude(
    known: Prepared,
    searched: Space,
    points: Sequence[Done],
    objectives: Sequence[str],
    limits: Limits,
    seconds: float,
    options: Options,
    progress: Progress,
) -> SweepResult:
    """The front of the points, each of its designs measured once on the test split and written, the first of them
    simulated and synthesised.

    Raises:
        AccelError: the C simulation, a simulator or Yosys fails.
    """
    with progress.step("measuring the front on the test split"):
        base = Done(-1, {}, measure(known.task, known.design))
        base = replace(base, excess=limits.excess(base.figures))
        best = figures.front(points, objectives)
        made = [searched.design(point.point) for point in best]
        front = [chosen(known, f"p{point.number:03d}", point, design) for point, design in zip(best, made, strict=True)]
        paths = _written(known.name, front, made)
    for index, path in enumerate(paths):
        if index < options.confirm:
            with progress.step(f"simulating {front[index].name}"):
                front[index] = replace(front[index], checked=_checked(known, path, progress))
        if index < options.synth:
            with progress.step(f"synthesising {front[index].name}"):
                front[index] = replace(front[index], synthesised=_synthesised(known, path, progress))
    return SweepResult(
        known.name,
        known.design.part,
        known.design.clock_ns,
        tuple(objectives),
        known.origin,
        known.score(known.task),
        known.score(known.test),
        tuple(points),
        tuple(front),
        chosen(known, "base", base, known.design),
        seconds,
        tuple(f"make cosim MODEL={shlex.quote(known.request.model)} DESIGN={one.name}" for one in front[:3]),
    )


def chosen(known: Prepared, name: str, point: Done, design: Design) -> Chosen:
    """A design with its score on the test split, its layers and tensors."""
    tested = measure(known.test, design)
    layers, tensors = evaluation.layers(known.task, design)
    return Chosen(name, point, Score(tested.accuracy, tested.agreement), layers=layers, tensors=tensors)


def _written(model: str, front: Sequence[Chosen], made: Sequence[Design]) -> list[Path]:
    """A `design.yaml` for each, in the place of those of an older search."""
    folder = designs_folder(model)
    for old in folder.glob("p*.yaml"):
        old.unlink()
    return [
        cache.write(folder / f"{one.name}.yaml", designs.written(design, comment(one)))
        for one, design in zip(front, made, strict=True)
    ]


def comment(design: Chosen) -> str:
    """What is known of it, in a line for its file."""
    known = design.figures
    score = known.agreement if known.accuracy is None else known.accuracy
    kind = "agreement" if known.accuracy is None else "accuracy"
    return f"{kind} {table.percent(score)} on the validation part; II {known.ii:,}, {known.dsp:,} DSP, as predicted."


@contextmanager
def _asked(known: Prepared, path: Path) -> Iterator[Request]:
    """A design of the search as a request of its own, its folder held meanwhile."""
    asked = Request(known.request.model, data=known.request.data, steps=known.request.steps, design=str(path))
    with cache.alone(PROJECTS / resolve(asked.model, asked.design).name):
        yield asked


def _checked(known: Prepared, path: Path, progress: Progress) -> Checked:
    with _asked(known, path) as asked:
        report = cosim.run(asked, progress=progress).report
    found = report.simulations[0].result
    return Checked(found.frames, found.mismatches, found.latency or 0, found.ii or 0)


def _synthesised(known: Prepared, path: Path, progress: Progress) -> Synthesised:
    with _asked(known, path) as asked:
        row = synth.run(asked, progress=progress).report.synthesis[-1]
    family = parts.find(known.design.part).family
    return Synthesised(round(row.lut), round(row.ff), round(row.dsp), row.bram * family.bram_kb / 36)
