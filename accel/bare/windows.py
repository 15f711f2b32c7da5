"""Layers whose window slides over the input: convolutions and pooling."""

from __future__ import annotations

from dataclasses import dataclass

from accel.bare.layer import Layer, layer, made, place, shaped
from accel.bare.sums import sums, weights_and_bias
from accel.bare.terms import Term, number, typed
from accel.bare.text import words
from accel.ir import graph as ir


@dataclass(frozen=True)
class Axis:
    """One axis that a window slides along: the loop variables over outputs and over the kernel, their counts, and what
    the position in the input is called, where that needs checking.
    """

    out: str
    tap: str
    outputs: int
    taps: int
    size: int
    stride: int
    pad: int
    padded: bool
    called: str

    @property
    def start(self) -> str:
        """Where the window begins, in the padded input."""
        if self.outputs == 1:
            return "0"
        return self.out if self.stride == 1 else f"{self.stride} * {self.out}"

    @property
    def position(self) -> str:
        """The position in the input."""
        begin = "" if self.outputs == 1 else f"{self.start} + "
        return f"{begin}{self.tap}" + (f" - {self.pad}" if self.pad else "")

    @property
    def index(self) -> str:
        """The same where it is used."""
        return self.called if self.padded else self.position


def axes(node: ir.Conv | ir.Pool) -> list[Axis]:
    """The axes of a window, rows first; of a sequence its steps alone."""
    window, count = node.window, len(node.input.shape) - 1
    both = [
        Axis(
            out,
            tap,
            window.out_shape[k],
            window.kernel[k],
            (window.height, window.width)[k],
            window.stride[k],
            window.pad[2 * k],
            any(window.pad[2 * k : 2 * k + 2]),
            called,
        )
        for k, (out, tap, called) in enumerate([("i", "u", "row"), ("j", "v", "column" if count == 2 else "step")])
    ]
    along = both[2 - count :]
    if len(node.output.shape) > 1 or node.output.positions != 1:  # a global one has but channels
        shaped(node, *(axis.outputs for axis in along), node.output.channels)
    return along


@layer.register
def _(node: ir.Conv, name: str) -> Layer:
    along = axes(node)
    taps, channel = [axis.tap for axis in along], _channel(node)
    x = typed(place("in", [*(axis.index for axis in along), channel]), node.input.type)
    s = sums(x, node.affine, place("weights", ["o", *taps, "c"]), "bias[o]")
    out = s.sum.assigned(node.output.type)
    constants = weights_and_bias(node.affine, (*(axis.taps for axis in along), node.together), "o")
    return made(
        "conv", node, name, constants, [("sum", s.legend)], s.bias, s.product, out, s=s, out=out, axes=along,
        channel=channel,
    )  # fmt: skip


def _channel(node: ir.Conv) -> str:
    """The input channel that weight c of output o multiplies."""
    if node.groups == 1:
        return "c"
    outputs = node.affine.n_out // node.groups  # of a group
    group = "o" if outputs == 1 else f"o / {outputs}"
    return f"{group} + c" if node.together == 1 else f"{group} * {node.together} + c"


@layer.register
def _(node: ir.Pool, name: str) -> Layer:
    along, accum = axes(node), node.accum
    outs = [axis.out for axis in along] if len(node.output.shape) > 1 else []
    padded = any(axis.padded for axis in along)
    x = typed(place("in", [*(axis.index for axis in along), "c"]), node.input.type).assigned(accum)
    if node.kind is ir.PoolKind.MAX:
        out = x.called("largest").assigned(node.output.type)
        first = typed(place("in", [*(axis.start for axis in along), "c"]), node.input.type).assigned(accum)
        first = number(x.lo) if padded else first.text
        return made("pool", node, name, [], [], x, out, axes=along, outs=outs, x=x, out=out, first=first, mean=False)
    taps, inside = node.window.taps, node.window.inside
    total = Term("sum", min(taps * x.lo, x.lo), max(taps * x.hi, x.hi), accum.fraction, x.bits)
    counted = inside.min() < inside.max()
    out = total.limited(accum).over(int(inside.min()), "inside" if counted else "").assigned(node.output.type)
    legend = [("sum", words(accum))] + ([("inside", "elements of the window that are in the input")] if counted else [])
    settings = {"axes": along, "outs": outs, "x": x, "out": out, "mean": True, "counted": counted}
    return made("pool", node, name, [], legend, x, out, **settings)
