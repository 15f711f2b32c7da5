"""`accel run`: what the float model, the integer model and the simulated RTL say of a user's own files."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from accel import cache, rows
from accel.data import shaped, tensors
from accel.data.given import Given
from accel.flow import assemble, conversion, giving, memo
from accel.flow.conversion import Conversion, make, settled
from accel.flow.outcome import finished
from accel.flow.request import Request
from accel.flow.rtl import Hardware, generate
from accel.intake.inputs import made_up
from accel.ir import golden
from accel.ir.graph import Tensor
from accel.page import drawing
from accel.progress import SILENT, Progress
from accel.report.answer_picture import PICTURE
from accel.report.answers import FLOAT, INTEGER, RTL, Answer, Meaning, meaning
from accel.sim import bulk, tools
from accel.sim.vectors import framed

PICTURES = "run"


@dataclass(frozen=True, eq=False)
class Run:
    """The answers to all examples, and the design's clock in MHz."""

    answers: tuple[Answer, ...]
    mhz: float

    @property
    def wrong(self) -> int:
        """Integers of the RTL that are not the integer model's."""
        return sum(answer.wrong for answer in self.answers)


def run(
    request: Request,
    inputs: Sequence[str] = (giving.GENERATED,),
    simulator: str = tools.VERILATOR,
    progress: Progress = SILENT,
) -> Run:
    """Give the network files and simulate its hardware on them.

    Args:
        inputs: files, folders and patterns as `giving.files` takes them; `-` is a made-up example.
        simulator: 'verilator' or 'icarus'.

    Raises:
        AccelError: whatever is wrong with the request, the files or the model, in one line.
    """
    tools.find(simulator)
    definition = settled(request)[0].definition()
    own = giving.kind(definition)
    paths = giving.files(inputs, giving.accepted(definition))
    early = {path: own.read(path) for path in paths if own and path.suffix.lower() in own.suffixes}
    done = make(request, progress)
    made = generate(done, progress)
    report = assemble.planned(assemble.converted(done, assemble.commands(request)), made.plan)
    finished(done.folder, memo.joined(done.folder, report))
    takes = conversion.inputs(done.reading.model, made.graph.inputs[0].shape, done.reading.orders)
    given = [one for path in paths for one in early.get(path) or giving.read(path, own, takes)]
    given += [_generated(done, own, takes) for text in inputs if text == giving.GENERATED]
    with progress.step("running the float model"):
        floats = [done.reading.outputs(one.x) for one in given]
    means = meaning(np.concatenate(floats), definition, _each(made.graph.outputs))
    count = sum(len(one.x) for one in given)
    with progress.step(f"simulating {count} frame{'s' if count > 1 else ''} in the RTL of {done.source.name}"):
        judge = partial(_answer, done, made, means, simulator)
        answers = [judge(*each) for each in zip(given, floats, _names(given), strict=True)]
    with progress.step("drawing"):
        for answer in answers:
            cache.write(answer.picture, drawing.png(PICTURE, answer))
    return Run(tuple(answers), 1000 / done.design.clock_ns)


def _each(outputs: Sequence[Tensor]) -> list[str] | None:
    """The names of the elements of several outputs."""
    return [f"{tensor.name} {at}" for tensor in outputs for at in range(tensor.size)] if len(outputs) > 1 else None


def _generated(done: Conversion, own: giving.Input | None, takes: Sequence[shaped.Input]) -> Given:
    """A made-up example, which says that it is one."""
    if own is not None:
        return own.generated()
    made = made_up(done.source, done.reading, rows.shape([one.shape for one in takes]), 1)
    return tensors.of("generated", made.x[0], (f"made up: {made.words}", *tensors.told(made.x[0])), takes)


def _answer(
    done: Conversion, made: Hardware, means: Meaning, simulator: str, given: Given, floats: np.ndarray, name: str
) -> Answer:
    graph, plan = made.graph, made.plan
    raw = rows.from_float(given.x, graph.inputs)
    integers = golden.predict(graph, raw)
    ran = bulk.run(made.rtl, framed(raw, plan.sources), simulator)
    simulated = bulk.whole(made.rtl, ran.outputs, len(raw)).reshape(integers.shape)
    outputs = {
        FLOAT: floats.reshape(integers.shape),
        INTEGER: rows.to_float(integers, graph.outputs),
        RTL: rows.to_float(simulated, graph.outputs),
    }
    cycles = max(int(beats.cycles[-1]) for beats in ran.outputs)
    wrong = int((simulated != integers).sum())
    picture = done.folder / PICTURES / f"{name}.png"
    return Answer(given, means, outputs, cycles, cycles * done.design.clock_ns / 1000, wrong, picture)


def _names(given: Sequence[Given]) -> list[str]:
    """A name of its own for each example's picture."""
    stems = [re.sub(r"\W+", "_", re.sub(r"\.\w+", "", one.name)) for one in given]
    return [f"{stem}_{at}" if stems.count(stem) > 1 else stem for at, stem in enumerate(stems)]
