"""What the hardware will be, before any tool runs: modules, multipliers, memories, latency and initiation interval."""

from __future__ import annotations

from dataclasses import dataclass, replace

from accel.errors import AccelError
from accel.ir.graph import Graph
from accel.rtl import depths
from accel.rtl.depths import Net
from accel.rtl.fabric import Fabric
from accel.rtl.interface import timing
from accel.rtl.layers import Instance, Stream
from accel.rtl.layers.base import deepened
from accel.rtl.placing import Placed, Step, entering, placed, steps


@dataclass(frozen=True, eq=False)
class Plan:
    """The modules of a graph.

    ``latency``: cycles from a frame's first input beat to its last output beat. ``ii``: cycles between the last beats
    of two frames in the steady state, as ``interface.timing`` has it. Both with inputs always valid and outputs ready.
    ``frames`` back to back show that pace, and all that are more.
    """

    graph: Graph
    steps: tuple[Step, ...]
    latency: int
    ii: int
    frames: int

    @property
    def sources(self) -> tuple[Stream, ...]:
        """The streams of the network's inputs."""
        return tuple(map(entering, self.graph.inputs))

    @property
    def outputs(self) -> tuple[Stream, ...]:
        """The streams of its outputs."""
        return tuple(self.streams[number] for number in self.ends)

    @property
    def source(self) -> Stream:
        """That of a network of one input."""
        (only,) = self.sources
        return only

    @property
    def output(self) -> Stream:
        """That of a network of one output."""
        (only,) = self.outputs
        return only

    @property
    def instances(self) -> tuple[Instance, ...]:
        return tuple(instance for step in self.steps for instance in step.instances)

    @property
    def placed(self) -> tuple[Placed, ...]:
        """All modules with what they read."""
        return placed(self.graph, self.steps)[0]

    @property
    def streams(self) -> tuple[Stream, ...]:
        """All streams by number."""
        return (*self.sources, *(instance.output for instance in self.instances))

    @property
    def made(self) -> dict[str, Stream]:
        """The streams that hold a layer's tensor, by its name, in the order of the layers."""
        return {step.made: step.instances[-1].output for step in self.steps if step.instances}

    @property
    def ends(self) -> tuple[int, ...]:
        """The numbers of the streams of the network's outputs."""
        return placed(self.graph, self.steps)[1]

    @property
    def multipliers(self) -> int:
        return sum(step.multipliers for step in self.steps)

    def dsp(self, fabric: Fabric) -> float:
        """Multipliers of a family that the design takes."""
        return sum(step.dsp(fabric) for step in self.steps)

    def bram(self, fabric: Fabric) -> float:
        """Block RAMs of a family that the design takes."""
        return sum(step.bram(fabric) for step in self.steps)


def plan(graph: Graph) -> Plan:
    """Choose the modules for every layer and predict the timing.

    Raises:
        AccelError: the RTL cannot compute a layer exactly as given.
    """
    made = steps(graph)
    if not any(step.instances for step in made):
        raise AccelError(f"network '{graph.name}' has no layer that computes anything; expected at least one")
    modules, outputs = placed(graph, made)
    streams = (*map(entering, graph.inputs), *(module.instance.output for module in modules))
    net = Net(
        tuple(module.instance.timing for module in modules),
        tuple(module.reads for module in modules),
        tuple(stream.beats for stream in streams[: len(graph.inputs)]),
        outputs,
        tuple(streams[number].beats for number in outputs),
    )
    try:
        sizes, ends = depths.least(net, _fifos(made))
    except ValueError as error:
        raise AccelError(f"network '{graph.name}': {error}; this is a fault of accel: please report it") from None
    latency, ii = timing(ends)
    return Plan(graph, _sized(made, sizes), latency, ii, depths.needed(ends))


def _fifos(made: tuple[Step, ...]) -> tuple[tuple[int, ...], ...]:
    """The numbers of the modules that are FIFOs at the ends of branches, together those of a join."""
    found, count = [], 0
    for step in made:
        ends = []
        for branch in step.branches:
            count += len(branch)
            ends.append(count - 1)
        count += len(step.trunk)
        found += [tuple(ends)] if ends else []
    return tuple(found)


def _sized(made: tuple[Step, ...], sizes: tuple[int, ...]) -> tuple[Step, ...]:
    """The steps with these depths of their branches' FIFOs, in order; without those of 0."""
    left = iter(sizes)

    def sized(branch: tuple[Instance, ...]) -> tuple[Instance, ...]:
        *others, fifo = branch
        return (*others, deepened(fifo, depth)) if (depth := next(left)) else tuple(others)

    return tuple(replace(step, branches=tuple(map(sized, step.branches))) for step in made)
