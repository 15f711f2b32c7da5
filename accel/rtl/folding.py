"""Reuse factors by rate matching: every layer gets the largest with which it keeps the frames' pace.

A layer behind pooling or strides sees fewer positions, so it may take more cycles for each and share its multipliers
more often. FINN calls this folding (Blott et al., "FINN-R", ACM TRETS 2018).
"""

from __future__ import annotations

import functools
import math
from bisect import bisect_left
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import asdict, dataclass, replace

from accel.errors import AccelError
from accel.ir.graph import Affine, Conv, Dense, Graph, Node, Permute, Recurrent
from accel.reuse import sharing, valid_factors
from accel.rtl.fabric import Fabric
from accel.rtl.layers import affine, recurrent, shaping
from accel.rtl.layers.base import Instance, Stream
from accel.rtl.layers.weights import pair_of, weighting
from accel.rtl.placing import Step, steps
from accel.rtl.plan import Plan, plan
from accel.rtl.products import products

SPARE = (1.0, 0.9, 0.75, 0.6, 0.45)
"""Shares of the initiation interval that layers may be busy, tried one after the other."""


@dataclass(frozen=True)
class Folding:
    """A layer's reuse factor and, of a recurrent layer, that of its recurrent product."""

    reuse: int
    recurrent_reuse: int | None = None


@dataclass(frozen=True)
class _Choice:
    """One folding of a layer: cycles that a frame takes with it, the part's multipliers, and all multiplications at a
    time.
    """

    folding: Folding
    cycles: int
    dsp: float
    multipliers: int


def choose(
    graph: Graph,
    fabric: Fabric,
    dsp: int,
    ii: int | None,
    kept: Collection[str] = (),
    holds: Callable[[Plan], bool] = lambda _: True,
) -> dict[str, Folding]:
    """A folding for each layer of `graph` that has a product, by name.

    Without an `ii` that is asked for, it is the smallest with which the part's multipliers are enough and the part
    `holds` the design; the smallest that the multipliers allow, where it holds none; and the largest there is, where
    they are never enough.

    Args:
        fabric: counts the multipliers that a product takes.
        dsp: multipliers of the part.
        ii: initiation interval in cycles that every layer has to keep, whatever that takes.
        kept: layers whose factors stay as they are.

    Raises:
        AccelError: a layer cannot keep `ii`; names it and the least that it takes.
    """
    layers = steps(graph)
    multiplying = [s for s in layers if isinstance(s.node, Conv | Dense | Recurrent) and s.node.name not in kept]
    choices = {step.node.name: list(_choices(step, fabric)) for step in multiplying}
    if ii is not None:
        return _matched(graph, choices, ii)[0]
    left = dsp - sum(step.dsp(fabric) for step in layers if step.node.name not in choices)
    inner = (instance.output.beats for step in layers for instance in step.instances)
    paces = _paces(choices, max([*(given.positions for given in graph.inputs), *inner]))

    def enough(pace: int) -> bool:
        return sum(_folded(name, own, pace).dsp for name, own in choices.items()) <= left

    @functools.cache
    def matched(pace: int) -> tuple[dict[str, Folding], Plan]:
        return _matched(graph, choices, pace, left)

    def held(pace: int) -> bool:
        return holds(matched(pace)[1])

    smallest = min(bisect_left(paces, True, key=enough), len(paces) - 1)
    larger = paces[smallest + 1 :]
    if larger and not held(paces[smallest]) and held(larger[-1]):
        smallest += 1 + bisect_left(larger, True, key=held)
    return matched(paces[smallest])[0]


def _matched(
    graph: Graph, choices: Mapping[str, list[_Choice]], pace: int, dsp: float = math.inf
) -> tuple[dict[str, Folding], Plan]:
    """The foldings with which every layer keeps `pace`, and the plan with them.

    Beats that come in bursts can make a frame take longer than its slowest layer; then layers are given multipliers to
    spare (`SPARE`) until it does not, as far as there are no more than `dsp`.
    """
    best: tuple[dict[str, Folding], Plan] | None = None
    for share in SPARE:
        made = {name: _folded(name, own, pace, share) for name, own in choices.items()}
        if best and sum(choice.dsp for choice in made.values()) > dsp:
            break
        foldings = {name: choice.folding for name, choice in made.items()}
        planned = plan(applied(graph, foldings))
        if best is None or planned.ii < best[1].ii:
            best = foldings, planned
        if planned.ii <= pace:
            break
    return best


def applied(graph: Graph, foldings: Mapping[str, Folding]) -> Graph:
    """The graph with these factors, by layer name."""
    nodes = []
    for node in graph.nodes:
        own = foldings.get(node.name)
        factors = {} if own is None else {key: value for key, value in asdict(own).items() if value is not None}
        nodes.append(replace(node, **factors))
    return replace(graph, nodes=tuple(nodes))


def cycles(node: Node, source: Stream) -> int:
    """Cycles that a frame of beats as those of `source` takes `node` when nothing else is in its way."""
    if isinstance(node, Conv):
        rows, columns = node.window.out_shape
        return node.input.positions + rows * columns * (node.reuse - 1)  # a pixel that ends no window costs one, too
    if isinstance(node, Dense):
        return node.input.size // _lanes(node, source) * node.reuse
    if isinstance(node, Recurrent):
        beats = node.input.channels // _lanes(node, source)
        return node.steps * max(beats * node.reuse, recurrent.step_cycles(node))
    if isinstance(node, Permute):
        return node.input.size // shaping.moved_together(node, source)
    return source.beats


def _lanes(node: Dense | Recurrent, source: Stream) -> int:
    """Elements that arrive at once: those of a beat, if whole beats make a position."""
    size = node.affine.n_in if isinstance(node, Dense) else node.input.channels
    return source.lanes if size % source.lanes == 0 else size


def _choices(step: Step, fabric: Fabric) -> Iterator[_Choice]:
    """All foldings of a layer."""
    node, source = step.node, step.source
    unit = next(instance for instance in step.instances if instance.module == "acc_mvau")
    if isinstance(node, Recurrent):
        size, width = _lanes(node, source), recurrent.gates(node) * node.units
        inputs = set(valid_factors(size, width)) & set(valid_factors(node.input.channels, width))
        ahead = {reuse: _unit_dsp(unit, node.kernel, fabric, reuse) for reuse in inputs}
        for loop in valid_factors(node.units, width):
            shape = recurrent.rounds(replace(node, recurrent_reuse=loop))
            own = weighting(node.recurrent, pair_of(node.recurrent, shape.parallel, loop))
            inside = _dsp(step.instances[-1], fabric, own, Fold=shape.fold, Rounds=shape.rounds)
            for reuse in inputs:
                made = replace(node, reuse=reuse, recurrent_reuse=loop)
                count = size * width // reuse + shape.multipliers
                yield _Choice(Folding(reuse, loop), cycles(made, source), ahead[reuse] + inside, count)
        return
    size = affine.multiplied(node) if isinstance(node, Conv) else _lanes(node, source)
    for reuse in valid_factors(size, node.affine.n_out):
        taken, count = _unit_dsp(unit, node.affine, fabric, reuse), size * node.affine.n_out // reuse
        yield _Choice(Folding(reuse), cycles(replace(node, reuse=reuse), source), taken, count)


def _unit_dsp(unit: Instance, affine: Affine, fabric: Fabric, reuse: int) -> float:
    """Multipliers of an ``acc_mvau`` with another reuse factor."""
    lanes, outputs, beats, blocks = (int(unit.parameters[name]) for name in ("Lanes", "Outputs", "Beats", "Blocks"))
    parallel = outputs // sharing(reuse, lanes // blocks)[1]
    return _dsp(unit, fabric, weighting(affine, pair_of(affine, parallel, beats * reuse, blocks)), Reuse=reuse)


def _dsp(instance: Instance, fabric: Fabric, weights: Mapping[str, str], **changed: int) -> float:
    """Multipliers of an instance with other parameters; constants are counted where it has them as they are."""
    parameters = instance.parameters | weights | {name: str(value) for name, value in changed.items()}
    return fabric.dsp(products(instance.module, parameters))


def _paces(choices: Mapping[str, list[_Choice]], floor: int) -> list[int]:
    """The initiation intervals that foldings of the layers can have, ascending, none below `floor`."""
    least = max([floor, *(min(choice.cycles for choice in own) for own in choices.values())])
    return sorted({choice.cycles for own in choices.values() for choice in own if choice.cycles > least} | {least})


def _folded(name: str, choices: list[_Choice], ii: int, share: float = 1.0) -> _Choice:
    """The choice with the fewest multipliers, then the fewest cycles, that takes at most `share` of `ii`; the fastest
    where only that keeps `ii`.
    """
    fastest = min(choices, key=lambda choice: (choice.cycles, choice.dsp, choice.multipliers))
    if fastest.cycles > ii:
        raise AccelError(
            f"layer '{name}': takes at least {fastest.cycles:,} cycles for a frame; expected at least that II"
        )
    possible = [choice for choice in choices if choice.cycles <= share * ii]
    return min(possible, key=lambda choice: (choice.dsp, choice.multipliers, choice.cycles), default=fastest)
