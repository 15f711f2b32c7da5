"""One row for each layer: of the integer graph with its plan, or, where the RTL lacks a layer, of hls4ml's graph."""

from __future__ import annotations

from dataclasses import replace
from functools import singledispatch
from typing import TYPE_CHECKING

from accel.hls.precision import from_hls
from accel.ir.graph import Conv, Dense, Node, Pool, Recurrent, Scale, Softmax, Tensor
from accel.report.evidence import Edge
from accel.report.facts import LayerRow
from accel.rtl import folding
from accel.rtl.fabric import Fabric
from accel.rtl.layers import Stream
from accel.rtl.placing import Step
from accel.rtl.plan import Plan

if TYPE_CHECKING:
    from hls4ml.model.graph import ModelGraph
    from hls4ml.model.layers import Layer


def planned_rows(plan: Plan, fabric: Fabric) -> tuple[LayerRow, ...]:
    """Rows with multipliers, memories and cycles as planned, for a family of FPGAs."""
    return tuple(_row(step, fabric, plan.ii) for step in plan.steps)


def hls_rows(graph: ModelGraph) -> tuple[LayerRow, ...]:
    """Rows without what only the RTL knows; the input and what hls4ml inserts for streams are left out."""
    layers = (layer for layer in graph.get_layers() if layer.get_attr("trace", False))
    return tuple(_hls_row(layer) for layer in layers if layer.get_input_variable() is not None)


def edges(plan: Plan) -> tuple[Edge, ...]:
    """The streams between the layers, those that have no module among them, and from and to outside."""
    found, streams = [], {given.name: own for given, own in zip(plan.graph.inputs, plan.sources, strict=True)}
    for step in plan.steps:
        found += [_edge(tensor, step.node.name, streams[tensor.name]) for tensor in step.node.inputs]
        streams[step.node.name] = step.output
    return (*found, *(_edge(tensor, "", streams[tensor.name]) for tensor in plan.graph.outputs))


def _edge(source: Tensor, target: str, stream: Stream) -> Edge:
    own = replace(stream, type=source.type)  # a tensor that one module makes and casts on is no stream
    return Edge(source.name, target, own.lanes, str(own.type), own.beats, own.bits)


def _row(step: Step, fabric: Fabric, ii: int) -> LayerRow:
    node, cycles = step.node, folding.cycles(step.node, step.source)
    counted = (step.multipliers, step.memory_bits, step.dsp(fabric), step.bram(fabric))
    weight, accum, reuse = _details(node)
    return LayerRow(
        node.name,
        type(node).__name__.lower(),
        node.output.shape,
        str(node.input.type),
        weight,
        accum,
        str(node.output.type),
        reuse,
        *((*counted, cycles, cycles / ii) if step.instances else ()),
    )


Details = tuple[str | None, str | None, str | None]
"""Weight type, accumulator type and reuse."""


@singledispatch
def _details(node: Node) -> Details:
    return None, None, None


@_details.register
def _(node: Dense | Conv) -> Details:
    return str(node.affine.weight_type), str(node.affine.accum), str(node.reuse)


@_details.register
def _(node: Recurrent) -> Details:
    return str(node.kernel.weight_type), str(node.kernel.accum), f"{node.reuse}/{node.recurrent_reuse}"


@_details.register
def _(node: Pool | Softmax) -> Details:
    return None, str(node.accum), None


@_details.register
def _(node: Scale) -> Details:
    return str(node.scale_type), None, None


def _hls_row(layer: Layer) -> LayerRow:
    output = layer.get_output_variable()
    types = {name: str(from_hls(named.precision)) for name, named in layer.types.items()}
    reuse = layer.get_attr("accel_reuse") or layer.get_attr("reuse_factor")
    recurrent = layer.get_attr("accel_recurrent_reuse")
    return LayerRow(
        layer.name,
        layer.class_name.lower(),
        tuple(int(size) for size in output.shape),
        str(from_hls(layer.get_input_variable().type.precision)),
        types.get("weight_t"),
        types.get("accum_t"),
        str(from_hls(output.type.precision)),
        f"{reuse}/{recurrent}" if recurrent else str(reuse) if "weight_t" in types else None,
    )
