"""The first half of every command: a request becomes a converted model, and where it is needed its C simulation, with
frames and the float model's answer to them.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from accel.config import Design, ModelSource, resolve
from accel.data import user
from accel.data.user import UserData
from accel.errors import AccelError
from accel.flow.frames import Frames, frames_for
from accel.flow.request import Request
from accel.hls import convert, faults, keras_model, ranges
from accel.hls.csim import CSim
from accel.places import PROJECTS
from accel.progress import Progress
from accel.synth import parts

if TYPE_CHECKING:
    import keras
    from hls4ml.model.graph import ModelGraph


@dataclass(frozen=True, eq=False)
class Conversion:
    """A converted model; its HLS project is written to ``folder / "hls"``."""

    source: ModelSource
    design: Design
    folder: Path
    hls_graph: ModelGraph
    parameters: int  # of the trained model; of the graph where that is an ONNX file
    data: UserData | None


@dataclass(frozen=True, eq=False)
class Reference:
    """What a converted model is compared with: its C simulation, and the float model's outputs for the frames."""

    csim: CSim
    frames: Frames
    outputs: np.ndarray  # float64 (frames, *shape)


def settled(request: Request) -> tuple[ModelSource, Design]:
    """The model that is asked for and the design it gets.

    Raises:
        AccelError: there is no such model, a setting is not as expected, or the part is unknown.
    """
    source = resolve(request.model)
    design = source.design().changed(request.changes)
    parts.find(design.part)
    return source, design


def make(request: Request, progress: Progress) -> Conversion:
    """Convert the model and write its HLS project.

    Raises:
        AccelError: whatever is wrong with the request or the model, in one line.
    """
    source, design = settled(request)
    folder = PROJECTS / source.name
    with progress.step("reading the model"):
        model = _keras_model(source, design)
        data = _user_data(request.data, model)
    with progress.step("converting with hls4ml"):
        reach = ranges.measure(model, data.calibration) if data else ranges.of(source)
        graph = convert.convert(source, design, reach, folder / "hls")
        convert.write(graph)
    parameters = convert.parameters(graph) if model is None else model.count_params()
    return Conversion(source, design, folder, graph, parameters, data)


def _keras_model(source: ModelSource, design: Design) -> keras.Model | None:
    """The float model, one that hls4ml converts to the same function; None where it is an ONNX file."""
    if source.path.suffix == ".onnx":
        return None
    model = keras_model.load(source.path)
    faults.check(model, design.io)
    return model


def _user_data(file: str | None, model: keras.Model | None) -> UserData | None:
    """The user's own examples in ``file``, where there is one, as the model takes them."""
    if file is None:
        return None
    if model is None:
        raise AccelError(f"data {file}: ranges cannot be measured on an ONNX model; expected a Keras model")
    return user.read(Path(file).expanduser(), tuple(model.inputs[0].shape[1:]), model.outputs[0].shape[-1])


def reference(done: Conversion, progress: Progress, stimuli: int) -> Reference:
    """Compile the C simulation and run the float model; ``stimuli`` inputs are made up where there is no data set.

    Raises:
        AccelError: the compiler is missing or refuses the project, or the data set is damaged.
    """
    with progress.step("compiling the C simulation"):
        csim = CSim(done.hls_graph)
    with progress.step("preparing frames"):
        frames = frames_for(done.source, csim.input_shape, stimuli, done.data)
    with progress.step("running the float model"):
        outputs = keras_model.load(done.source.path).predict(frames.x, verbose=0).astype(np.float64)
    return Reference(csim, frames, outputs)
