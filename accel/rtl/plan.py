"""What the hardware will be, before any tool runs: modules, multipliers, memories, latency and initiation interval."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from accel.errors import AccelError
from accel.ir.graph import Graph, Node
from accel.rtl.fabric import Fabric
from accel.rtl.layers import Instance, Stream, instances
from accel.rtl.products import products
from accel.rtl.timing import Circuit, Unit

RESERVED = ("axis_in", "axis_out")
FRAMES = 5  # simulated back to back; the last two give the steady state


@dataclass(frozen=True, eq=False)
class Step:
    """One layer, the stream that it reads, and the modules that compute it (none for a reshape)."""

    node: Node
    source: Stream
    instances: tuple[Instance, ...]

    @property
    def wired(self) -> Iterator[tuple[Instance, Stream]]:
        """Each module and the stream that it reads."""
        return zip(self.instances, (self.source, *(instance.output for instance in self.instances)), strict=False)

    @property
    def multipliers(self) -> int:
        return sum(instance.multipliers for instance in self.instances)

    @property
    def memory_bits(self) -> int:
        return sum(words * bits for instance in self.instances for words, bits in instance.memory_shapes)

    def dsp(self, fabric: Fabric) -> float:
        """Multipliers of a family that the layer's multiplications take; the others are made of look-up tables."""
        return sum(fabric.dsp(products(instance.module, instance.parameters)) for instance in self.instances)

    def bram(self, fabric: Fabric) -> float:
        """Block RAMs of a family that the layer's memories take."""
        return sum(fabric.bram(instance.memory_shapes) for instance in self.instances)


@dataclass(frozen=True, eq=False)
class Plan:
    """The chain of modules of a graph.

    ``latency``: cycles from a frame's first input beat to its last output beat. ``ii``: cycles between the last output
    beats of frames that follow one another. Both with input always valid and output always ready.
    """

    graph: Graph
    source: Stream
    steps: tuple[Step, ...]
    latency: int
    ii: int

    @property
    def instances(self) -> tuple[Instance, ...]:
        return tuple(instance for step in self.steps for instance in step.instances)

    @property
    def output(self) -> Stream:
        return self.instances[-1].output if self.instances else self.source

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
    chain = [instance for step in made for instance in step.instances]
    if not chain:
        raise AccelError(f"network '{graph.name}' has no layer that computes anything; expected at least one")
    source, output = entering(graph), chain[-1].output
    units, reads = tuple(instance.timing for instance in chain), tuple(range(len(chain)))
    try:
        ends = _frame_ends(units, reads, source.beats, output.beats)
    except ValueError as error:
        raise AccelError(f"network '{graph.name}': {error}; this is a fault of accel: please report it") from None
    return Plan(graph, source, made, ends[0], ends[-1] - ends[-2])


@lru_cache(maxsize=256)
def _frame_ends(units: tuple[Unit, ...], reads: tuple[int, ...], beats_in: int, beats_out: int) -> tuple[int, ...]:
    """When each of ``FRAMES`` frames ends. Designs that differ in their types alone have the same units."""
    return tuple(Circuit(units, reads).frame_ends(beats_in, beats_out, FRAMES))


def entering(graph: Graph) -> Stream:
    """The stream of the network's inputs."""
    given = graph.inputs[0]
    return Stream(given.channels, given.type, given.positions)


def steps(graph: Graph) -> tuple[Step, ...]:
    """The modules of every layer.

    Raises:
        AccelError: the RTL cannot compute a layer exactly as given.
    """
    stream, made, taken = entering(graph), [], set(RESERVED)
    for node in graph.nodes:
        modules = _named_apart(node, stream, taken)
        made.append(Step(node, stream, modules))
        stream = modules[-1].output if modules else stream
    return tuple(made)


def _named_apart(node: Node, source: Stream, taken: set[str]) -> tuple[Instance, ...]:
    """The modules of ``node``, none of them or of their files with a name in ``taken``, to which theirs are added.

    A layer `conv` has a `conv_window`; another one called so becomes `conv_window_2`.
    """
    stems = itertools.chain([node.name], (f"{node.name}_{number}" for number in itertools.count(2)))
    made: tuple[Instance, ...] = ()
    names = taken
    while names & taken:
        made = tuple(instances(replace(node, name=next(stems)), source))
        names = {name for instance in made for name in (instance.name, trace_name(instance), *instance.memories)}
    taken |= names
    return made


def trace_name(instance: Instance) -> str:
    """What the tap behind ``instance`` is called."""
    return f"trace_{instance.name}"
