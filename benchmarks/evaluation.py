"""What one more design point of a model costs, step by step, beside Keras and, with --csim, beside hls4ml.

    python benchmarks/evaluation.py crnn
    python benchmarks/evaluation.py lenet --csim 100

Every time is that of the fastest of some runs: numba loads what it compiled in the first.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial

import numpy as np

from accel.cli import session, terminal
from accel.data import datasets
from accel.errors import AccelError
from accel.fixed import from_float
from accel.flow.frames import frames_for
from accel.hls import convert, ranges
from accel.hls.csim import CSim
from accel.intake import files
from accel.intake.rewrite import rewrite
from accel.ir import golden
from accel.ir.graph import Node
from accel.ir.lower import lower
from accel.ir.memory import Memory
from accel.places import PROJECTS
from accel.progress import Progress
from accel.rtl.circuit import Circuit
from accel.rtl.depths import FRAMES
from accel.rtl.plan import plan
from accel.source import resolve

STIMULI = 256
PRODUCTS = ("affine", "kernel")
Row = tuple[str, str]


class Bench:
    """A model and the frames that its points are measured on, read once."""

    def __init__(self, name: str, precision: str, every: bool, runs: int) -> None:
        self.runs, source = runs, resolve(name)
        reading = files.read(source.path)
        self.model = reading.model
        network = rewrite(self.model)
        design = source.design().changed({"precision": precision})
        reach = ranges.of(source, reading, network)
        out = PROJECTS / source.name / "evaluation" / "hls"
        self.convert = partial(convert.convert, network, design, reach, out)
        self.x = frames_for(source, reading, tuple(network.inputs[0].shape[1:]), STIMULI).x
        if every:
            definition = source.definition()
            self.x = np.concatenate([definition.dataset(datasets.find(definition.DATASET)).train.x, self.x])
        self.converted = self.convert()
        self.graph = lower(self.converted)
        self.raw = from_float(self.x, self.graph.input.type).reshape(-1, *self.graph.input.shape)

    def seconds(self, step: Callable[[], object]) -> float:
        """The fastest of the runs."""
        return min(elapsed(step) for _ in range(self.runs))


def elapsed(step: Callable[[], object]) -> float:
    """Seconds that a step takes."""
    begin = time.perf_counter()
    step()
    return time.perf_counter() - begin


def point(bench: Bench) -> Iterator[Row]:
    """A point with other types everywhere, then points where one layer's weights changed."""
    graph, frames, memory = bench.graph, len(bench.raw), Memory(bench.x)
    plan(graph)
    memory.predict(graph)
    front = {
        "conversion": bench.seconds(bench.convert),
        "lowering": bench.seconds(lambda: lower(bench.converted)),
        "plan": bench.seconds(lambda: plan(graph)),
    }
    taken = front | {
        f"inputs as integers and integer model, {frames} frames": bench.seconds(lambda: Memory(bench.x).predict(graph)),
    }
    yield from ((name, told(seconds)) for name, seconds in taken.items())
    yield "a new precision point", told(sum(taken.values()))
    for node in graph.nodes:
        if any(hasattr(node, name) for name in PRODUCTS):
            nodes = tuple(coarser(other) if other is node else other for other in graph.nodes)
            seconds = elapsed(lambda made=nodes: memory.predict(replace(graph, nodes=made)))
            yield f"a point where {node.name} changed", told(sum(front.values()) + seconds)


def coarser(node: Node) -> Node:
    """The layer with the lowest bit of its weights cleared."""
    name = next(name for name in PRODUCTS if hasattr(node, name))
    product = getattr(node, name)
    return replace(node, **{name: replace(product, weights=product.weights & ~1)})


def rates(bench: Bench) -> Iterator[Row]:
    """Cycles simulated for the plan, and frames of the integer model beside those of Keras."""
    planned = plan(bench.graph)
    units, reads = zip(*((placed.instance.timing, placed.reads) for placed in planned.placed), strict=True)
    beats = [[stream.beats for stream in streams] for streams in (planned.sources, planned.outputs)]

    def ends() -> np.ndarray:
        return Circuit(units, reads, len(planned.sources), planned.ends).frame_ends(*beats, FRAMES)

    cycles = int(ends().max()) + 1
    yield f"cycles a second, {len(units)} modules", f"{cycles / bench.seconds(ends):,.0f}"
    count = len(bench.x)
    ours = count / bench.seconds(lambda: golden.predict(bench.graph, bench.raw))
    keras = count / bench.seconds(lambda: bench.model.predict(bench.x, verbose=0))
    yield "integer model, frames a second", f"{ours:,.0f}"
    yield "Keras predict, frames a second", f"{keras:,.0f}"
    yield "integer model : Keras", f"{ours / keras:.2f}"


def simulated(bench: Bench, frames: int) -> Iterator[Row]:
    """hls4ml's own way to the same outputs.

    Raises:
        AccelError: they are not the same.
    """
    raw = bench.raw[:frames]
    yield "hls4ml: project written", told(elapsed(lambda: convert.write(bench.converted)))
    made: list[CSim | np.ndarray] = []
    yield "hls4ml: compiled with g++", told(elapsed(lambda: made.append(CSim(bench.converted))))
    seconds = elapsed(lambda: made.append(made[0].predict_raw(raw)))
    yield f"hls4ml: predict, {len(raw)} frames", told(seconds)
    yield "hls4ml: predict, frames a second", f"{len(raw) / seconds:,.1f}"
    ours = golden.predict(bench.graph, raw)
    if not np.array_equal(ours, made[1].reshape(ours.shape)):
        raise AccelError("the integer model differs from the C simulation; expected the same integers")
    yield "outputs", f"the same integers on {len(raw)} frames"


def told(seconds: float) -> str:
    return f"{seconds:.3f} s"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model", help="a folder of models/ or the path of a model's file")
    parser.add_argument("--precision", default="auto<12>", help="of the new point")
    parser.add_argument("--all", action="store_true", help="the training examples, too, not the test set alone")
    parser.add_argument("--runs", type=int, default=3, help="the fastest of so many counts")
    parser.add_argument("--csim", type=int, metavar="FRAMES", default=0, help="also hls4ml's C simulation of so many")
    options = parser.parse_args()
    return session.run(lambda: table(options))


def table(options: argparse.Namespace) -> None:
    """Measure, and print the table."""
    with session.started("evaluation", resolve(options.model).name) as progress:
        with progress.step("reading the model and its examples"):
            bench = Bench(options.model, options.precision, options.all, options.runs)
        rows = measured(bench, options.csim, progress)
    terminal.table(("step", options.precision), rows)


def measured(bench: Bench, frames: int, progress: Progress) -> list[Row]:
    """All rows of the table."""
    with progress.step("measuring a point"):
        rows = [*point(bench), *rates(bench)]
    if frames:
        with progress.step("compiling and running hls4ml's C simulation"):
            rows += simulated(bench, frames)
    return rows


if __name__ == "__main__":
    sys.exit(main())
