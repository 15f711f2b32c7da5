"""`accel run`: what the float model, the integer model and the simulated RTL say of a user's own files."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from accel import cache
from accel.data import tensors
from accel.data.given import Given
from accel.errors import AccelError
from accel.fixed import from_float, to_float
from accel.flow import assemble, giving, memo
from accel.flow.conversion import Conversion, make, settled
from accel.flow.outcome import finished
from accel.flow.request import Request
from accel.flow.rtl import Hardware, generate
from accel.intake.inputs import made_up
from accel.ir import golden
from accel.page import drawing
from accel.progress import SILENT, Progress
from accel.report.answer_picture import PICTURE
from accel.report.answers import FLOAT, INTEGER, RTL, Answer, Meaning, meaning
from accel.sim import bulk, tools

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
    if len(made.graph.inputs) != 1 or len(made.graph.outputs) != 1:
        raise AccelError(
            f"model '{done.source.name}' has {len(made.graph.inputs)} inputs and {len(made.graph.outputs)} outputs; "
            "examples are shown for one of each (make cosim compares all of them)"
        )
    report = assemble.planned(assemble.converted(done, assemble.commands(request)), made.plan)
    finished(done.folder, memo.joined(done.folder, report))
    shape = made.graph.input.shape
    given = [one for path in paths for one in early.get(path) or giving.read(path, own, shape)]
    given += [_generated(done, own, shape) for text in inputs if text == giving.GENERATED]
    with progress.step("running the float model"):
        floats = [done.reading.outputs(one.x) for one in given]
    said = [getattr(definition, name, None) for name in ("CLASSES", "OUTPUTS", "answer")]
    means = meaning(np.concatenate(floats), *said)
    with progress.step(f"simulating the RTL ({sum(len(one.x) for one in given)} x {made.graph.name})"):
        judge = partial(_answer, done, made, means, simulator)
        answers = [judge(*each) for each in zip(given, floats, _names(given), strict=True)]
    with progress.step("drawing"):
        for answer in answers:
            cache.write(answer.picture, drawing.png(PICTURE, answer))
    return Run(tuple(answers), 1000 / done.design.clock_ns)


def _generated(done: Conversion, own: giving.Input | None, shape: tuple[int, ...]) -> Given:
    """A made-up example, which says that it is one."""
    if own is not None:
        return own.generated()
    made = made_up(done.source, done.reading, shape, 1)
    return tensors.of("generated", made.x[0], (f"made up: {made.words}", *tensors.told(made.x[0])))


def _answer(
    done: Conversion, made: Hardware, means: Meaning, simulator: str, given: Given, floats: np.ndarray, name: str
) -> Answer:
    graph, plan = made.graph, made.plan
    raw = from_float(given.x, graph.input.type)
    integers = golden.predict(graph, raw).reshape(len(raw), *graph.output.shape)
    ran = bulk.run(made.rtl, raw.reshape(len(raw), plan.source.beats, plan.source.lanes), simulator)
    simulated = bulk.whole(made.rtl, ran.outputs, len(raw)).reshape(integers.shape)
    outputs = {
        FLOAT: floats.reshape(integers.shape),
        INTEGER: to_float(integers, graph.output.type),
        RTL: to_float(simulated, graph.output.type),
    }
    cycles = max(int(beats.cycles[-1]) for beats in ran.outputs)
    wrong = int((simulated != integers).sum())
    picture = done.folder / PICTURES / f"{name}.png"
    return Answer(given, means, outputs, cycles, cycles * done.design.clock_ns / 1000, wrong, picture)


def _names(given: Sequence[Given]) -> list[str]:
    """A name of its own for each example's picture."""
    stems = [re.sub(r"\W+", "_", re.sub(r"\.\w+", "", one.name)) for one in given]
    return [f"{stem}_{at}" if stems.count(stem) > 1 else stem for at, stem in enumerate(stems)]
