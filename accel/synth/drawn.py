"""The instances of random networks, each where it stands."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from accel.ir.graph import Graph
from accel.rtl import placing
from accel.rtl.layers import Instance, Stream
from accel.synth import samples


@dataclass(frozen=True)
class Drawn:
    """An instance, the streams that it reads, and the number of the network that it is in."""

    network: int
    instance: Instance
    sources: tuple[Stream, ...]


def placed(graph: Graph, network: int) -> list[Drawn]:
    """All instances of a graph.

    Raises:
        AccelError: the RTL cannot compute a layer exactly as given.
    """
    return [Drawn(network, *wired) for step in placing.steps(graph) for wired in step.wired]


def instances(seed: int, wanted: Mapping[str, int]) -> Iterator[Drawn]:
    """Instances of random networks until there are as many of each module as are wanted."""
    left = Counter(wanted)
    for number, graph in enumerate(samples.networks(seed)):
        for one in placed(graph, number):
            if left[one.instance.module] > 0:
                left[one.instance.module] -= 1
                yield one
        if not any(left.values()):
            return
