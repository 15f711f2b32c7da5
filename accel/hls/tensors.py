"""Which tensors of a network have a type of their own to choose."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accel.design import Design
from accel.hls import precision
from accel.hls.ranges import Ranges

if TYPE_CHECKING:
    from hls4ml.model.graph import ModelGraph


def free(graph: ModelGraph, design: Design, ranges: Ranges | None) -> dict[str, tuple[str, tuple[str, ...]]]:
    """Each layer's class and the kinds of its tensors (result, weight, ...), by name, of a graph after hls4ml's first
    half.

    What a layer passes on as it came has no type of its own, nor has what only a ReLU reads: that one decides.
    """
    reach = precision.by_name(graph, ranges)
    found = {}
    for name, types in precision.choose(graph, design, ranges).items():
        layer = graph.graph[name]
        follows = precision.passes(layer) or precision.rectifier(layer, reach) is not None
        kinds = tuple(kind for kind in types.fixed if not (kind == "result" and follows))
        if kinds:
            found[name] = layer.class_name, kinds
    return found
