"""The first half of every command: a request becomes a converted, compiled model, with frames and the float model's
answer.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from accel.config import PROJECTS, Design, ModelSource, resolve
from accel.frames import Frames, frames_for
from accel.hls import convert, keras_model, ranges
from accel.hls.csim import CSim
from accel.progress import Progress
from accel.synth import parts

if TYPE_CHECKING:
    from hls4ml.model.graph import ModelGraph


@dataclass(frozen=True)
class Request:
    """What the user asks for; None leaves a setting as the model's ``design.yaml`` has it."""

    model: str
    part: str | None = None
    clock_ns: str | None = None
    precision: str | None = None
    reuse: str | None = None
    strategy: str | None = None
    io: str | None = None

    @property
    def changes(self) -> dict[str, str]:
        """The settings given, by name."""
        names = ("part", "clock_ns", "precision", "reuse", "strategy", "io")
        return {name: str(getattr(self, name)) for name in names if getattr(self, name) is not None}


@dataclass(frozen=True, eq=False)
class Conversion:
    """A converted and compiled model, and the float model's answer to the same frames."""

    source: ModelSource
    design: Design
    folder: Path
    hls_graph: ModelGraph
    csim: CSim
    frames: Frames
    reference: np.ndarray  # float outputs (frames, *shape)
    parameters: int


def make(request: Request, progress: Progress, stimuli: int) -> Conversion:
    """Convert, write and compile; ``stimuli`` inputs are made up where there is no data set.

    Raises:
        AccelError: whatever is wrong with the request, the model or the tools, in one line.
    """
    source = resolve(request.model)
    design = source.design().changed(request.changes)
    parts.find(design.part)
    folder = PROJECTS / source.name
    with progress.step("converting with hls4ml"):
        graph = convert.convert(source, design, ranges.of(source), folder / "hls")
        convert.write(graph)
    with progress.step("compiling the C simulation"):
        csim = CSim(graph)
    with progress.step("preparing frames"):
        frames = frames_for(source, csim.input_shape, stimuli)
    with progress.step("running the float model"):
        model = keras_model.load(source.path)
        reference = model.predict(frames.x, verbose=0).astype(np.float64)
    return Conversion(source, design, folder, graph, csim, frames, reference, model.count_params())
