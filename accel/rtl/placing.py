"""The modules of each layer of a network, and who reads whom."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from accel.ir.graph import Cast, Graph, Join, Node, Tensor
from accel.rtl.fabric import Fabric
from accel.rtl.layers import Instance, Stream, instances, joined
from accel.rtl.layers.affine import with_cast
from accel.rtl.layers.base import READY_MODULES
from accel.rtl.products import products

RESERVED = ("axis_in", "axis_out")


@dataclass(frozen=True, eq=False)
class Step:
    """One layer, the streams that it reads, and the modules that compute it (none for a reshape, or for a cast that is
    done by the layer before).

    ``branches``: of a layer that reads several streams, those that each goes through before they meet in the first
    module of the ``trunk``; each reads the one before it. ``cast``: the layer behind it that its last module does, too.
    """

    node: Node
    sources: tuple[Stream, ...]
    branches: tuple[tuple[Instance, ...], ...]
    trunk: tuple[Instance, ...]
    cast: Cast | None = None

    @property
    def source(self) -> Stream:
        """The first of the streams that it reads."""
        return self.sources[0]

    @property
    def instances(self) -> tuple[Instance, ...]:
        """All modules; what the last one makes goes on to other layers."""
        return (*itertools.chain.from_iterable(self.branches), *self.trunk)

    @property
    def made(self) -> str:
        """The name of the tensor that the last module makes."""
        return (self.cast or self.node).name

    @property
    def output(self) -> Stream:
        """What goes on to other layers."""
        if not self.trunk:
            return self.source
        passed = max(source.passed for source in self.sources)
        for instance in self.instances:
            passed = 0 if instance.module == "acc_fifo" and instance in self.trunk else passed + 1
        return replace(self.trunk[-1].output, passed=passed)

    @property
    def wired(self) -> Iterator[tuple[Instance, tuple[Stream, ...]]]:
        """Each module and the streams that it reads."""
        ends = list(self.sources)
        for place, branch in enumerate(self.branches):
            for instance in branch:
                yield instance, (ends[place],)
                ends[place] = instance.output
        for instance in self.trunk:
            yield instance, tuple(ends)
            ends = [instance.output]

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
        return sum(fabric.bram(instance.block_shapes) for instance in self.instances)


@dataclass(frozen=True, eq=False)
class Placed:
    """A module, and the numbers of the streams that it reads: those of the network's inputs come first, then each
    module's in order.
    """

    instance: Instance
    reads: tuple[int, ...]


def entering(given: Tensor) -> Stream:
    """The stream of an input of the network: the first FIFO stands before a path of ready from its outputs could reach
    its inputs, which AXI4-Stream has not.
    """
    return Stream(given.channels, given.type, given.positions, passed=READY_MODULES)


def steps(graph: Graph) -> tuple[Step, ...]:
    """The modules of every layer. Where branches join, each ends in a FIFO of the least size, as `plan` has not chosen
    another yet.

    Raises:
        AccelError: the RTL cannot compute a layer exactly as given.
    """
    streams = {given.name: entering(given) for given in graph.inputs}
    made, taken = {}, set(RESERVED)
    for node in graph.nodes:
        if casting := _casting(graph, node, made):
            made[node.input.name] = casting
            step = Step(node, (casting.output,), (), ())
        else:
            step = _named_apart(node, tuple(streams[tensor.name] for tensor in node.inputs), taken)
        streams[node.name] = step.output
        made[node.name] = step
    return tuple(made.values())


def placed(graph: Graph, made: Sequence[Step]) -> tuple[tuple[Placed, ...], tuple[int, ...]]:
    """All modules with what they read, and the streams that are the network's outputs."""
    numbers = {given.name: number for number, given in enumerate(graph.inputs)}
    found: list[Placed] = []

    def place(instance: Instance, *reads: int) -> int:
        found.append(Placed(instance, reads))
        return len(graph.inputs) + len(found) - 1

    for step in made:
        ends = [numbers[tensor.name] for tensor in step.node.inputs]
        for number, branch in enumerate(step.branches):
            for instance in branch:
                ends[number] = place(instance, ends[number])
        for instance in step.trunk:
            ends = [place(instance, *ends)]
        numbers[step.node.name] = ends[0]
    return tuple(found), tuple(numbers[tensor.name] for tensor in graph.outputs)


def trace_name(instance: Instance) -> str:
    """What the tap behind ``instance`` is called."""
    return f"trace_{instance.name}"


def _casting(graph: Graph, node: Node, made: Mapping[str, Step]) -> Step | None:
    """The step before ``node``, with this in its last module: where that can do it, and nobody else reads what it makes
    now.
    """
    before = made.get(node.input.name)
    if not isinstance(node, Cast) or before is None or not before.trunk or before.trunk[-1].module != "acc_mvau":
        return None
    reads = [tensor.name for reader in graph.nodes for tensor in reader.inputs] + [out.name for out in graph.outputs]
    if reads.count(node.input.name) > 1:
        return None
    *others, last = before.trunk
    casting = with_cast(last, node)
    return casting and replace(before, trunk=(*others, casting), cast=node)


def _named_apart(node: Node, sources: tuple[Stream, ...], taken: set[str]) -> Step:
    """The modules of ``node``, none of them or of their files with a name in ``taken``, to which theirs are added.

    A layer `conv` has a `conv_window`; another one called so becomes `conv_window_2`.
    """
    stems = itertools.chain([node.name], (f"{node.name}_{number}" for number in itertools.count(2)))
    while True:
        step = _step(node, next(stems), sources)
        own = [(made.name, trace_name(made), *made.memories) for made in step.instances]
        names = set(itertools.chain.from_iterable(own))
        if not names & taken:
            taken |= names
            return step


def _step(node: Node, name: str, sources: tuple[Stream, ...]) -> Step:
    """The modules, called after ``name``."""
    called = replace(node, name=name)
    if isinstance(node, Join):
        made = joined(called, *sources)
        return Step(node, sources, tuple(map(tuple, made.branches)), (made.join,))
    return Step(node, sources, (), tuple(instances(called, *sources)))
