"""Forks and what joins them again."""

from __future__ import annotations

from math import prod

from tests.conformance import draw_layers, draw_recurrent, draw_windows
from tests.conformance import draw_types as types
from tests.conformance.drawing import Drawing, End

MERGES = ("Add", "Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum")
CHAINED = ("Add", "Multiply", "Maximum", "Minimum", "Concatenate")
"""May join three."""
WIDEST = 12  # channels of what is joined


def branch(drawing: Drawing) -> None:
    """Two ways, or three, from one tensor to a join."""
    if drawing.shape[-1] > WIDEST:
        return
    dice, start = drawing.dice, drawing.at
    ends = []
    for number in range(3 if dice.chance(0.1) else 2):
        drawing.at = start
        for _ in range(dice.between(number > 0, 2)):
            _keep(drawing)
        ends.append(drawing.at)
    if len(ends) == 3:
        drawing.at = ends[0]
        drawing.add(dice.pick(CHAINED[:-1]), start.shape, *ends[1:], lanes=start.shape[-1])
        return
    join(drawing, *(ends if dice.chance(0.5) else reversed(ends)))


def skip(drawing: Drawing) -> None:
    """What is there now, with something of the same positions from before; a branch where there is none."""
    here, positions = drawing.at, drawing.shape[:-1]
    others = [
        end
        for end in drawing.ends
        if end.shape[:-1] == positions and end.shape[-1] + here.shape[-1] <= 2 * WIDEST and end != here
    ]
    unread = [end for end in drawing.unread() if end in others]
    if others:
        join(drawing, here, drawing.dice.pick(unread or others))
    else:
        branch(drawing)


def join(drawing: Drawing, one: End, other: End) -> None:
    """Any merge of two tensors, or one behind the other."""
    dice, drawing.at = drawing.dice, one
    if one.shape == other.shape and dice.chance(0.65):
        shape, kind, arguments = one.shape, dice.pick(MERGES), {}
    else:
        whole = one.shape == other.shape
        axis = dice.between(0, len(one.shape) - 1) if whole else len(one.shape) - 1
        sizes = zip(one.shape, other.shape, strict=True)
        shape = tuple(a + b if place == axis else a for place, (a, b) in enumerate(sizes))
        kind, arguments = "Concatenate", {"axis": axis + 1 if dice.chance(0.5) else axis - len(shape)}
    name = drawing.add(kind, shape, other, lanes=shape[-1], **arguments)
    drawing.settle(name, {"result": types.data})


def gate(drawing: Drawing) -> None:
    """Channels times what is computed of their means (squeeze and excitation): a merge that broadcasts."""
    dice, whole = drawing.dice, drawing.at
    rank, channels = len(whole.shape) - 1, whole.shape[-1]
    kind = dice.pick(("GlobalAveragePooling", "GlobalMaxPooling"))
    drawing.add(f"{kind}{rank}D", (*[1] * rank, channels), lanes=channels, keepdims=True)
    draw_layers.connect(drawing, units=channels)
    few, (first, other) = drawing.at, dice.pick((("few", "whole"), ("whole", "few")))
    ends = {"few": few, "whole": whole}
    drawing.at = ends[first]
    name = drawing.add(dice.pick(("Multiply", "Add")), whole.shape, ends[other], lanes=channels)
    drawing.settle(name, {"result": types.data})


def _keep(drawing: Drawing) -> None:
    """A layer, or some, behind which there are as many positions and channels as before."""
    dice, shape = drawing.dice, drawing.shape
    ways = [draw_layers.activate, draw_layers.normalise, lambda made: draw_layers.connect(made, units=shape[-1])]
    if len(shape) > 1:
        ways += 2 * [lambda made: draw_windows.convolve(made, keep=True, filters=shape[-1])]
        ways += [lambda made: draw_windows.depthwise(made, keep=True)]
        ways += [_there_and_back] if all(size % 2 == 0 for size in shape[:-1]) else []
    if len(shape) == 2 and shape[-1] <= 4:
        ways.append(lambda made: _recurrent(made, shape[-1]))
    dice.pick(ways)(drawing)


def _recurrent(drawing: Drawing, units: int) -> None:
    draw_recurrent.recur(drawing, sequences=True, units=units)
    if drawing.shape[-1] != units:
        draw_layers.connect(drawing, units=units)


def _there_and_back(drawing: Drawing) -> None:
    """Half as many positions, and each twice (a U-net)."""
    (*sizes, channels), mean = drawing.shape, drawing.dice.chance(0.5)
    kind, rank = "Average" if mean else "Max", len(sizes)
    drawing.add(f"{kind}Pooling{rank}D", (*(size // 2 for size in sizes), channels), lanes=channels, pool_size=2)
    if prod(sizes) > 16 and drawing.dice.chance(0.5):
        draw_windows.convolve(drawing, keep=True, filters=channels)
    drawing.add(f"UpSampling{rank}D", (*sizes, channels), lanes=channels, size=2)
