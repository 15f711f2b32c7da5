"""Layers whose window slides over the input: convolutions and pooling."""

from __future__ import annotations

from dataclasses import dataclass

from accel.bare.layer import Layer, layer, made, place, shaped
from accel.bare.sums import sums, weights_and_bias
from accel.bare.terms import Term, typed
from accel.bare.text import words
from accel.errors import AccelError
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
        return self.out if self.stride == 1 else f"{self.stride} * {self.out}"

    @property
    def position(self) -> str:
        """The position in the input."""
        return f"{self.start} + {self.tap}" + (f" - {self.pad}" if self.pad else "")

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
    shaped(node, *(axis.outputs for axis in along), node.output.channels)
    return along


@layer.register
def _(node: ir.Conv, name: str) -> Layer:
    along = axes(node)
    taps = [axis.tap for axis in along]
    x = typed(place("in", [*(axis.index for axis in along), "c"]), node.input.type)
    s = sums(x, node.affine, place("weights", ["o", *taps, "c"]), "bias[o]")
    out = s.sum.assigned(node.output.type)
    constants = weights_and_bias(node.affine, (*(axis.taps for axis in along), node.input.channels), "o")
    return made("conv", node, name, constants, [("sum", s.legend)], s.bias, s.product, out, s=s, out=out, axes=along)


@layer.register
def _(node: ir.Pool, name: str) -> Layer:
    along, accum = axes(node), node.accum
    if any(node.window.pad):
        raise AccelError(f"pooling with padding {node.window.pad}; expected none")
    x = typed(place("in", [*(axis.index for axis in along), "c"]), node.input.type).assigned(accum)
    if node.kind is ir.PoolKind.MAX:
        out = x.called("largest").assigned(node.output.type)
        first = typed(place("in", [*(axis.start for axis in along), "c"]), node.input.type).assigned(accum)
        return made("pool", node, name, [], [], x, out, axes=along, x=x, out=out, first=first, mean=False)
    count = node.window.taps
    total = Term("sum", min(count * x.lo, x.lo), max(count * x.hi, x.hi), accum.fraction, x.bits)
    out = total.limited(accum).over(count).assigned(node.output.type)
    legend = [("sum", words(accum))]
    return made("pool", node, name, [], legend, x, out, axes=along, x=x, out=out, mean=True)
