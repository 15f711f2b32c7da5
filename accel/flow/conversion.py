"""The first half of every command: a request becomes a converted model, and where it is needed its C simulation, with
frames and the float model's answer to them.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from accel.data import user
from accel.data.shaped import Input
from accel.data.user import UserData
from accel.design import Design
from accel.errors import AccelError
from accel.flow.frames import Frames, frames_for
from accel.flow.request import Request
from accel.hls import convert, faults, ranges
from accel.hls.csim import CSim
from accel.intake import files
from accel.intake.reading import Reading, inputs_of, outputs_of, shape_of
from accel.intake.rewrite import rewrite
from accel.ir.graph import Graph
from accel.ir.lower import lower
from accel.places import PROJECTS
from accel.progress import Progress
from accel.rtl import folding
from accel.rtl.folding import Folding
from accel.rtl.packing import packed
from accel.rtl.plan import Plan
from accel.source import ModelSource, resolve
from accel.synth import estimate, parts

if TYPE_CHECKING:
    import keras
    from hls4ml.model.graph import ModelGraph

log = logging.getLogger(__name__)


@dataclass(frozen=True, eq=False)
class Conversion:
    """A converted model; its HLS project is written to ``folder / "hls"``."""

    source: ModelSource
    design: Design
    folder: Path
    reading: Reading  # the float model, as it was read
    network: keras.Model  # what of it was converted
    hls_graph: ModelGraph
    data: UserData | None

    @property
    def parameters(self) -> int:
        """Numbers in the trained model."""
        return self.reading.model.count_params()


@dataclass(frozen=True, eq=False)
class Reference:
    """What a converted model is compared with: its C simulation, and the float model's outputs for the frames."""

    csim: CSim
    frames: Frames
    outputs: np.ndarray  # float64 (frames, *shape)


def settled(request: Request) -> tuple[ModelSource, Design]:
    """The model that is asked for and the design it gets; its part is the orderable one, where a board was named.

    Raises:
        AccelError: there is no such model, a setting is not as expected, or the part is unknown.
    """
    source = resolve(request.model, request.design)
    design = source.design().changed(request.changes)
    return source, design.model_copy(update={"part": parts.orderable(design.part)})


def make(request: Request, progress: Progress) -> Conversion:
    """Convert the model and write its HLS project.

    Raises:
        AccelError: whatever is wrong with the request or the model, in one line.
    """
    source, design = settled(request)
    folder = PROJECTS / source.name
    with progress.step("reading the model"):
        reading = files.read(source.path, source.weights)
        network, data = prepared(source, reading, design)
    with progress.step("converting with hls4ml"):
        reach = measured_ranges(source, reading, network, data)
        graph = convert.convert(network, design, reach, folder / "hls")
        if design.reuse is None and (factors := _factors(graph, design)):
            design = design.folded(factors)
            graph = convert.convert(network, design, reach, folder / "hls")
        convert.write(graph)
    return Conversion(source, design, folder, reading, network, graph, data)


def prepared(source: ModelSource, reading: Reading, design: Design) -> tuple[keras.Model, UserData | None]:
    """What `rewritten` gives, once it is known that hls4ml converts it to the same function."""
    network, data = rewritten(source, reading, design)
    faults.check(network, design.io, kept(network, reading))
    return network, data


def kept(network: keras.Model, reading: Reading) -> set[str] | None:
    """The layers that hls4ml does not fold into others, all of a network that came with types; None for those of one
    without.
    """
    return {layer.name for layer in network.layers} if reading.types else None


def rewritten(source: ModelSource, reading: Reading, design: Design) -> tuple[keras.Model, UserData | None]:
    """What of the float model is converted, to the same function, and the user's own examples where there are some."""
    model = reading.model
    faults.whole(model)
    shape = _with_steps(model, design.steps)
    data = _user_data(source, reading, design, shape)
    shape = data.x.shape[1:] if data else shape
    if None in shape:
        raise _open(model, shape)
    return rewrite(model, shape, folding=not reading.types), data


def _open(model: keras.Model, shape: tuple[int | None, ...]) -> AccelError:
    """The refusal of inputs that leave sizes open."""
    if len(model.inputs) > 1:
        return AccelError(f"model '{model.name}': input shapes {inputs_of(model)}; expected fixed sizes")
    way = "its sizes by STEPS=, or examples by DATA=" if shape.count(None) == 1 else "examples by DATA="
    return AccelError(f"model '{model.name}': input shape {shape}; expected {way}")


def _user_data(source: ModelSource, reading: Reading, design: Design, shape: tuple[int | None, ...]) -> UserData | None:
    if design.data is None:
        return None
    definition = source.definition()
    example, names = (getattr(definition, name, None) for name in ("example", "CLASSES"))
    given, made = inputs(reading.model, shape, reading.orders), partial(_outputs, reading.model)
    data = user.read(Path(design.data), given, made, example, names or ())
    if data.y is not None and hasattr(definition, "OUTPUTS"):
        raise AccelError(
            f"data {design.data}: has classes; expected inputs alone, as the outputs of the model are numbers"
        )
    return data


def _outputs(model: keras.Model, shape: tuple[int, ...]) -> list[tuple[int | None, ...]]:
    """The shapes of the model's outputs for inputs of ``shape``."""
    made = outputs_of(model)
    return outputs_of(rewrite(model, shape)) if any(None in one for one in made) else made


def inputs(model: keras.Model, shape: tuple[int | None, ...], orders: Sequence[tuple[int, ...]] = ()) -> list[Input]:
    """What the model takes, the only input of ``shape``, its axes in the ``orders`` of a `Reading`."""
    shapes = [shape] if len(model.inputs) == 1 else inputs_of(model)
    names = [tensor._keras_history.operation.name for tensor in model.inputs]
    return [Input(*own) for own in zip(names, shapes, orders or [()] * len(names), strict=True)]


def _with_steps(model: keras.Model, steps: int | None) -> tuple[int | None, ...]:
    """The shape of the model's inputs, ``steps`` in the place of the one size that it leaves open."""
    shape = shape_of(model)
    if steps is None:
        return shape
    if shape.count(None) != 1 or len(model.inputs) > 1:
        raise AccelError(f"steps {steps}: the model's inputs are {shape}; expected a shape with one size left open")
    return tuple(steps if size is None else size for size in shape)


def measured_ranges(
    source: ModelSource, reading: Reading, network: keras.Model, data: UserData | None
) -> ranges.Ranges:
    """What types are chosen from: measured on the user's own examples, or stored with the model; and those it has."""
    found = ranges.measure(network, data.calibration) if data else ranges.of(source, reading, network)
    return replace(found, types=reading.types)


def _factors(graph: ModelGraph, design: Design) -> dict[str, tuple[int, int | None]]:
    """The reuse factors that the design leaves to be chosen; none where there is no hardware to choose them for.

    Raises:
        AccelError: a layer cannot keep the initiation interval that is asked for.
    """
    try:
        chosen = foldings(integers(graph, design.part), design)
    except AccelError as error:
        if design.interval is not None:
            raise
        log.info("every reuse factor is 1, as there is no RTL of this network: %s", error)
        return {}
    return {name: (choice.reuse, choice.recurrent_reuse) for name, choice in chosen.items()}


def integers(graph: ModelGraph, part: str) -> Graph:
    """The integer graph of a converted model, two products in a multiplier where those of ``part`` are wide enough.

    Raises:
        AccelError: the RTL does not have a layer.
    """
    return packed(lower(graph), parts.find(part).family.fabric)


def foldings(graph: Graph, design: Design) -> dict[str, Folding]:
    """The reuse factors that the design leaves to be chosen, by layer.

    Raises:
        AccelError: a layer cannot keep the initiation interval that is asked for, or the RTL does not have one.
    """
    own = [name for name, layer in design.layers.items() if layer.reuse is not None]
    part = parts.find(design.part)

    def holds(planned: Plan) -> bool:
        return part.holds(estimate.of_plan(planned, part.family))

    return folding.choose(graph, part.family.fabric, part.dsp, design.interval, own, holds)


def frames_of(done: Conversion, progress: Progress, stimuli: int) -> Frames:
    """What a converted model is measured on; ``stimuli`` inputs are made up where there is no data set.

    Raises:
        AccelError: the data set is damaged.
    """
    with progress.step("preparing frames"):
        return frames_for(done.source, done.reading, shape_of(done.network), stimuli, done.data)


def reference(done: Conversion, frames: Frames, progress: Progress) -> Reference:
    """Compile the C simulation and run the float model.

    Raises:
        AccelError: the compiler is missing or refuses the project.
    """
    with progress.step("compiling the C simulation"):
        csim = CSim(done.hls_graph)
    with progress.step("running the float model"):
        outputs = done.reading.outputs(frames.x)
    return Reference(csim, frames, outputs)
