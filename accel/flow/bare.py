"""`accel c`: the network as plain C++ to read, compiled, and compared with the integer model on all frames."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from accel import cache, rows
from accel.bare import build, project
from accel.flow.conversion import Conversion, frames_of, make
from accel.flow.frames import Frames
from accel.flow.request import Request
from accel.flow.witnesses import check_golden
from accel.hls.csim import CSim
from accel.ir import golden
from accel.ir.graph import Graph
from accel.ir.lower import lower
from accel.progress import SILENT, Progress

FRAMES = 64
"""Made-up frames where there is no data set."""


@dataclass(frozen=True)
class Checked:
    """The folder of C++, its lines without the weights, and how many of the outputs differ, in which first."""

    folder: Path
    lines: int
    origin: str
    frames: int
    integers: int
    wrong: int
    first: str | None


def run(request: Request, progress: Progress = SILENT) -> Checked:
    """Write the C++, compile it without a warning and run all test frames.

    Raises:
        AccelError: whatever is wrong with the request, the model or the compiler, in one line; also a layer that the
            C++ does not have, or where the integer model differs from the C simulation.
    """
    done = make(request, progress)
    graph = lower(done.hls_graph)
    project.check(graph)
    frames = frames_of(done, progress, FRAMES)
    raw = rows.from_float(frames.x, graph.inputs)
    with progress.step("writing the C++"):
        files = _files(done, graph, frames, raw[0])
        folder = project.write(files, done.folder / "c")
    with cache.scratch(done.folder) as place:
        with progress.step("compiling the C++"):
            program = build.compiled(folder, place)
        with progress.step(f"running {len(raw):,} frames"):
            made = build.outputs(program, raw, golden.shape_of(graph.outputs))
    with progress.step("running the integer model"):
        expected = golden.predict(graph, raw)
    _simulate(done, graph, raw, expected, progress)
    wrong = np.argwhere(made != expected)
    return Checked(
        folder,
        project.lines(files),
        frames.origin,
        len(raw),
        made.size,
        len(wrong),
        _first(wrong[0], made, expected) if len(wrong) else None,
    )


def _files(done: Conversion, graph: Graph, frames: Frames, frame: np.ndarray) -> dict[str, str]:
    definition = done.source.definition()
    decides = not hasattr(definition, "OUTPUTS")
    names = getattr(definition, "CLASSES" if decides else "OUTPUTS", ())
    example = project.Example(frame, f"the first of {frames.origin}")
    return project.generate(graph, done.source.name, names, example, decides)


def _simulate(done: Conversion, graph: Graph, raw: np.ndarray, expected: np.ndarray, progress: Progress) -> None:
    """The integer model must be the C simulation, too."""
    with progress.step("compiling the C simulation"):
        csim = CSim(done.hls_graph)
    with progress.step("running the C simulation"):
        check_golden(graph, csim, raw, csim.predict_raw(raw), expected)


def _first(place: np.ndarray, made: np.ndarray, expected: np.ndarray) -> str:
    frame, *index = (int(k) for k in place)
    where = f"frame {frame}, output {', '.join(map(str, index))}"
    return f"{where}: expected {expected[tuple(place)]}, got {made[tuple(place)]}"
