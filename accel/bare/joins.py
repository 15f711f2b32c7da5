"""Layers that read two tensors; `accel.ir.golden_joins` has the same in numpy."""

from __future__ import annotations

from dataclasses import replace

from accel.bare.layer import Layer, layer, made, place
from accel.bare.terms import Term, choice, typed
from accel.bare.text import names, numbered
from accel.ir import graph as ir
from accel.ir.graph import Operation

WORDS = {
    Operation.ADD: ("the sum", "in + in2"),
    Operation.SUBTRACT: ("the difference", "in - in2"),
    Operation.MULTIPLY: ("the product", "in * in2"),
    Operation.AVERAGE: ("the mean", "(in + in2) / 2"),
    Operation.MAXIMUM: ("the larger one", "the larger of in and in2"),
    Operation.MINIMUM: ("the smaller one", "the smaller of in and in2"),
}


@layer.register
def _(node: ir.Merge, name: str) -> Layer:
    lanes = names(node.output.shape)
    pair = [typed(_element(array, tensor, lanes), tensor.type) for array, tensor in _arrays(node)]
    out = _merged(node.operation, *pair).assigned(node.output.type)
    told, formula = WORDS[node.operation]
    repeated = any(tensor.shape != node.output.shape for tensor in node.inputs)
    return made("merge", node, name, [], [], out, lanes=lanes, out=out, told=told, formula=formula, repeated=repeated)


@layer.register
def _(node: ir.Concatenate, name: str) -> Layer:
    parts, start, terms = [], 0, []
    for array, tensor in _arrays(node):
        lanes = names(tensor.shape)
        target = [f"{lane} + {start}" if axis == node.axis and start else lane for axis, lane in enumerate(lanes)]
        terms.append(typed(place(array, lanes), tensor.type).assigned(node.output.type))
        parts.append((lanes, tensor.shape, place("out", target), terms[-1]))
        start += tensor.shape[node.axis]
    return made("concatenate", node, name, [], [], *terms, parts=parts, axis=node.axis)


def _arrays(node: ir.Join) -> list[tuple[str, ir.Tensor]]:
    """What it reads: the array's name and the tensor."""
    return list(zip(numbered("in", len(node.inputs)), node.inputs, strict=True))


def _element(array: str, tensor: ir.Tensor, lanes: list[str]) -> str:
    """The element of a tensor that belongs to an output's: axes of one are repeated, those that it lacks are first."""
    own = lanes[len(lanes) - len(tensor.shape) :]
    return place(array, [lane if size > 1 else "0" for lane, size in zip(own, tensor.shape, strict=True)])


def _merged(operation: Operation, a: Term, b: Term) -> Term:
    """The exact result."""
    if operation is Operation.MULTIPLY:
        return a * b
    fraction = max(a.fraction, b.fraction)
    a, b = (term.grown(fraction - term.fraction) for term in (a, b))
    if operation is Operation.MAXIMUM:
        return replace(choice(f"{a.text} > {b.text}", a, b), lo=max(a.lo, b.lo))
    if operation is Operation.MINIMUM:
        return replace(choice(f"{a.text} < {b.text}", a, b), hi=min(a.hi, b.hi))
    if operation is Operation.SUBTRACT:
        return a - b
    return a + b if operation is Operation.ADD else replace(a + b, fraction=fraction + 1)
