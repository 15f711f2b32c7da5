"""`accel inspect`: what of a model will be hardware and what not, before anything is compiled.

The answers are those of the conversion itself: of `hls.faults`, of hls4ml, of `ir.lower` and of the RTL's modules.
Where the whole model is not converted, each layer is converted alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from math import prod
from typing import TYPE_CHECKING, Any

from accel.design import Design
from accel.errors import AccelError, Refusal
from accel.flow import conversion
from accel.flow.request import Request
from accel.hls import convert, faults
from accel.intake import files
from accel.intake.rewrite import nodes
from accel.ir import lower
from accel.ir.graph import chain
from accel.places import PROJECTS
from accel.progress import SILENT, Progress
from accel.rtl import placing

if TYPE_CHECKING:
    import keras
    from hls4ml.model.graph import ModelGraph


class Hardware(Enum):
    """What a layer becomes."""

    RTL = "RTL"
    HLS = "HLS only"
    NONE = "refused"


@dataclass(frozen=True)
class Row:
    """A layer: the `shape` that it puts out, and its multiplications by weights in a frame, None for an open shape."""

    name: str
    kind: str
    shape: tuple[int | None, ...]
    parameters: int
    macs: int | None
    hardware: Hardware


@dataclass(frozen=True, eq=False)
class Inspection:
    """What was found: `told` says how the file was read; `refused` is why there is no hardware, `missing` why there is
    HLS C++ only. `rewritten`: it is converted as another network of the same function; `graph`: as what, if it is.
    """

    model: str
    told: str
    rows: tuple[Row, ...]
    refused: tuple[str, ...]
    missing: tuple[str, ...]
    rewritten: bool
    graph: ModelGraph | None

    @property
    def hardware(self) -> Hardware:
        """What the model becomes as a whole."""
        return Hardware.NONE if self.refused else Hardware.HLS if self.missing else Hardware.RTL


def run(request: Request, progress: Progress = SILENT) -> Inspection:
    """Look at the model; nothing is compiled, or written beside the log.

    Raises:
        AccelError: there is no such model, its file cannot be read, or a setting is not as expected.
    """
    source, design = conversion.settled(request)
    with progress.step("reading the model"):
        reading = files.read(source.path, source.weights)
        network, data, refused = reading.model, None, []
        try:
            network, data = conversion.rewritten(source, reading, design)
        except AccelError as error:
            refused.append(error)
        if not (refused and _open(network)):
            faulty = faults.refusals(network, design.io, conversion.kept(network, reading))
            refused += [told for told in faulty if str(told) not in map(str, refused)]
    graph_like = hasattr(getattr(network, "_functional", None) or network, "_nodes_by_depth")
    found = [node for node in nodes(network) if node.input_tensors] if graph_like else []
    missing: list[AccelError] = []
    graph = None
    with progress.step("converting with hls4ml"):
        if not refused:
            try:
                reach = conversion.measured_ranges(source, reading, network, data)
                graph = convert.convert(network, design, reach, PROJECTS / source.name / "hls")
                missing = _missing(graph)
            except AccelError as error:
                refused.append(error)
        if refused:
            missing = _each_alone(found, {_layer(told) for told in refused}, design)
    names = [node.operation.name for node in found]
    off = {Hardware.NONE: _owners(refused, names), Hardware.HLS: _owners(missing, names)}
    rows = tuple(_row(node, off) for node in found)
    changed = network is not reading.model
    return Inspection(source.name, reading.told, rows, _texts(refused), _texts(missing), changed, graph)


def _open(model: keras.Model) -> bool:
    """Whether it leaves sizes of its inputs open."""
    return any(None in tensor.shape[1:] for tensor in getattr(model, "inputs", None) or ())


def _texts(found: list[AccelError]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(map(str, found)))


def _layer(told: AccelError) -> str | None:
    return told.layer if isinstance(told, Refusal) else None


def _missing(graph: ModelGraph) -> list[AccelError]:
    """Why the RTL does not have it."""
    found: list[AccelError] = list(lower.refusals(graph))
    if found:
        return found
    for node in lower.lower(graph).nodes:
        try:
            placing.steps(chain(node.name, node))
        except AccelError as error:
            found.append(Refusal(str(error), node.name))
    return found


def _each_alone(found: list, refused: set[str | None], design: Design) -> list[AccelError]:
    """What the RTL, or hls4ml, does not have of the layers that are not in `refused`, each as a model of its own."""
    import keras

    plain = Design(part=design.part, io=design.io, strategy=design.strategy, precision="fixed<16,6>")
    missing = []
    for node in found:
        layer = node.operation
        if layer.name in refused or not isinstance(layer, keras.Layer):
            continue
        try:
            graph = convert.convert(_alone(node), plain, None, PROJECTS / layer.name)
            missing += [told for told in _missing(graph) if _owners([told], [layer.name])]
        except AccelError as error:
            missing.append(Refusal(str(error), layer.name))
    return missing


def _alone(node: Any) -> keras.Model:
    """The layer as a model of its own, its inputs' open sizes taken as 8; inputs of one shape are one and the same, and
    a mask (what it is called with by name) is left out.
    """
    import keras

    tensors = keras.tree.flatten(node.arguments.args)
    shapes = [tuple(size or 8 for size in tensor.shape[1:]) for tensor in tensors]
    inputs = {shape: keras.Input(shape, name=f"given_{number}") for number, shape in enumerate(dict.fromkeys(shapes))}
    layer = type(node.operation).from_config(node.operation.get_config())
    given = [inputs[shape] for shape in shapes]
    made = layer(given[0] if len(given) == 1 else given)
    layer.set_weights(node.operation.get_weights())
    return keras.Model(list(inputs.values()), made, name=layer.name)


def _owners(found: list[AccelError], names: list[str]) -> set[str]:
    """The Keras layers of refusals: hls4ml calls an activation of `conv` `conv_relu`, its padding `zp1d_conv`."""
    owners = set()
    for given in filter(None, map(_layer, found)):
        near = [n for n in names if given == n or given.startswith(f"{n}_") or given.endswith(f"_{n}")]
        owners |= set(sorted(near, key=len)[-1:])
    return owners


def _row(node: Any, off: dict[Hardware, set[str]]) -> Row:
    operation = node.operation
    hardware = next((kind for kind, names in off.items() if operation.name in names), Hardware.RTL)
    shape = tuple(node.outputs[0].shape[1:])
    parameters = operation.count_params() if hasattr(operation, "count_params") else 0
    return Row(operation.name, type(operation).__name__, shape, parameters, macs(node), hardware)


def macs(node: Any) -> int | None:
    """Multiplications of a layer's input by its kernels in one frame: each kernel is applied once a position or step.

    None where a shape is open.
    """
    layer, read, made = node.operation, node.input_tensors[0].shape[1:], node.outputs[0].shape[1:]
    kernels = [weight for weight in getattr(layer, "weights", []) if weight.name.endswith("kernel")]
    if hasattr(layer, "cell") or hasattr(layer, "forward_layer"):
        applied = read[:1]
    else:
        positions = read if type(layer).__name__.endswith("Transpose") else made
        first = getattr(layer, "data_format", None) == "channels_first"
        applied = positions[1:] if first else positions[:-1]
    if not kernels:
        return 0
    return None if None in applied else prod(applied) * sum(prod(kernel.shape) for kernel in kernels)
