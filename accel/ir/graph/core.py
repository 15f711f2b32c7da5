"""What every network is made of: tensors, nodes, and the graph of both."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from accel.fixed import Fixed


@dataclass(frozen=True)
class Tensor:
    """What nodes read and make: ``shape`` without the batch axis, the type of each element, and the ``name`` of the
    node that makes it, or of the network's input; it has none where a node stands for itself.
    """

    shape: tuple[int, ...]
    type: Fixed
    name: str = ""

    @property
    def size(self) -> int:
        """Elements in one frame."""
        return math.prod(self.shape)

    @property
    def channels(self) -> int:
        """Elements of one position (the last axis)."""
        return self.shape[-1]

    @property
    def positions(self) -> int:
        """Positions (pixels, time steps) in one frame."""
        return self.size // self.channels


@dataclass(frozen=True, eq=False)
class Node:
    """One layer: ``name`` as hls4ml has it, the tensor it reads (the first one, of a `Join`) and the one it makes."""

    name: str
    input: Tensor
    output: Tensor

    @property
    def inputs(self) -> tuple[Tensor, ...]:
        """All that it reads, in order."""
        return (self.input,)


@dataclass(frozen=True, eq=False)
class Join(Node):
    """What reads several tensors: ``input`` and the ``others``."""

    others: tuple[Tensor, ...]

    @property
    def inputs(self) -> tuple[Tensor, ...]:
        return (self.input, *self.others)


@dataclass(frozen=True, eq=False)
class Graph:
    """A network: its inputs and outputs in the order of the model, and nodes in an order in which each reads what the
    inputs and the nodes before it make.

    Raises:
        ValueError: two tensors have one name, or one is read that nothing before makes.
    """

    name: str
    inputs: tuple[Tensor, ...]
    nodes: tuple[Node, ...]
    outputs: tuple[Tensor, ...]

    def __post_init__(self) -> None:
        known = {tensor.name: tensor for tensor in self.inputs}
        if len(known) != len(self.inputs):
            raise ValueError(f"two inputs of network '{self.name}' have one name")
        for node in self.nodes:
            if unknown := [tensor for tensor in node.inputs if known.get(tensor.name) != tensor]:
                raise ValueError(f"'{node.name}' reads {unknown[0]}, which nothing before it makes")
            if node.name in known or node.output.name != node.name:
                raise ValueError(f"'{node.name}' makes a tensor called '{node.output.name}'; expected its own new name")
            known[node.name] = node.output
        if unknown := [tensor for tensor in self.outputs if known.get(tensor.name) != tensor]:
            raise ValueError(f"network '{self.name}' gives {unknown[0]}, which nothing makes")

    @property
    def tensors(self) -> tuple[Tensor, ...]:
        """All of them: the inputs, then what each node makes."""
        return (*self.inputs, *(node.output for node in self.nodes))

    @property
    def input(self) -> Tensor:
        """That of a network of one."""
        (only,) = self.inputs
        return only

    @property
    def output(self) -> Tensor:
        """That of a network of one."""
        (only,) = self.outputs
        return only


def chain(name: str, *nodes: Node) -> Graph:
    """A network of ``nodes``, each of which reads what the one before makes; their tensors are named here.

    What the first one reads are the network's inputs: ``input``, ``input_2`` and so on.
    """
    first, *_ = nodes
    given = tuple(
        replace(tensor, name="input" if number == 1 else f"input_{number}")
        for number, tensor in enumerate(first.inputs, 1)
    )
    made: list[Node] = []
    for node in nodes:
        read = made[-1].output if made else given[0]
        others = {"others": given[1:]} if isinstance(node, Join) else {}
        made.append(replace(node, input=read, output=replace(node.output, name=node.name), **others))
    return Graph(name, given, tuple(made), (made[-1].output,))
