"""The instances of random networks, each where it stands."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from accel.ir.graph import Graph
from accel.rtl import placing
from accel.rtl.fabric import Fabric
from accel.rtl.layers import Instance, Stream
from accel.rtl.packing import packed
from accel.synth import layers, samples


@dataclass(frozen=True)
class Drawn:
    """An instance, the streams that it reads, and the number of the network that it is in."""

    network: int
    instance: Instance
    sources: tuple[Stream, ...]


def placed(graph: Graph, network: int, fabric: Fabric) -> list[Drawn]:
    """All instances of a graph, with two products in a multiplier where those of ``fabric`` hold them.

    Raises:
        AccelError: the RTL cannot compute a layer exactly as given.
    """
    return [Drawn(network, *wired) for step in placing.steps(packed(graph, fabric)) for wired in step.wired]


def networks(seed: int, alone: bool) -> Iterator[tuple[int, Graph]]:
    """Random networks of many layers, or those of a layer ``alone``; each with its number, below zero for the
    latter.
    """
    made = layers.networks(seed) if alone else samples.networks(seed)
    return ((~number if alone else number, graph) for number, graph in enumerate(made))


def instances(seed: int, wanted: Mapping[str, int], fabric: Fabric) -> Iterator[Drawn]:
    """Instances of random networks, placed for ``fabric``, until there are as many of each module as are wanted."""
    for alone in (False, True):
        left = Counter({module: count for module, count in wanted.items() if (module in layers.MODULES) == alone})
        for number, graph in networks(seed, alone):
            if not any(left.values()):
                break
            for one in placed(graph, number, fabric):
                if left[one.instance.module] > 0:
                    left[one.instance.module] -= 1
                    yield one
