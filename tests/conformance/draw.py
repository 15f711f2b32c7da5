"""Random small networks of everything that the README says the RTL has, with branches, and a few strangers that must be
refused.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from tests.conformance import draw_joins, draw_layers, draw_recurrent, draw_windows
from tests.conformance import draw_types as types
from tests.conformance.drawing import Dice, Drawing
from tests.conformance.networks import Network

TOGETHER = 4
"""So many networks in a row have the same defaults, so that they can be compiled as one."""

STRANGERS = {
    3: (
        ("Conv2DTranspose", {"filters": 2, "kernel_size": 2}),
        ("LayerNormalization", {}),
    ),
    2: (
        ("Conv1DTranspose", {"filters": 2, "kernel_size": 2}),
        ("SimpleRNN", {"units": 2}),
        ("GRU", {"units": 2, "reset_after": False}),
    ),
    1: (("LayerNormalization", {}), ("UnitNormalization", {})),
}
"""Layers that are refused by name, by the rank of their input; hls4ml or the RTL does not have them."""


def draw(seed: int, index: int) -> Network:
    """The network number ``index`` of a run with ``seed``."""
    dice = Dice(np.random.default_rng([seed, index]))
    drawing = Drawing(dice)
    shape = _shape(dice)
    drawing.begin(shape)
    if dice.chance(0.2):
        drawing.begin(shape if dice.chance(0.7) else _shape(dice))
    if dice.chance(0.1):
        draw_layers.rescale(drawing)
    length = dice.between(1, 8)
    while drawing.open(length):
        grow(drawing)
    for end in drawing.unread():
        if end.name in drawing.inputs:
            drawing.at = end
            draw_layers.activate(drawing)
    return Network(
        dice.between(0, 9999),
        dict(drawing.inputs),
        tuple(drawing.layers),
        drawing.outputs(),
        _defaults(seed, index // TOGETHER) | {"layers": drawing.settings},
    )


def _defaults(seed: int, group: int) -> dict[str, str]:
    """The settings of networks that are compiled together."""
    dice = Dice(np.random.default_rng([seed, group, 0]))
    auto = f"auto<{dice.between(4, 14)}>"
    precision = dice.pick(("auto", auto, auto, types.data(dice, signed=True)))
    return {"precision": precision, "strategy": dice.pick(("Latency", "Resource"))}


def _shape(dice: Dice) -> tuple[int, ...]:
    return {
        3: (dice.between(1, 8), dice.between(2, 8), dice.between(1, 3)),
        2: (dice.between(1, 16), dice.between(1, 4)),
        1: (dice.between(1, 10),),
    }[dice.pick((3, 3, 2, 2, 2, 1))]


def grow(drawing: Drawing) -> None:
    """One more layer, or several that go together."""
    dice, rank = drawing.dice, len(drawing.shape)
    if dice.chance(0.01):
        kind, arguments = dice.pick(STRANGERS[rank])
        drawing.add(kind, drawing.shape, **arguments)
        drawing.strange = True
        return
    if dice.chance(0.06):
        drawing.at = dice.pick(drawing.ends)
    dice.pick(GROWERS[len(drawing.shape)])(drawing)


_ANY = (
    *(draw_layers.normalise, draw_layers.activate, draw_layers.activate, draw_layers.share),
    *(draw_layers.connect, draw_layers.drop, draw_joins.branch, draw_joins.branch, draw_joins.skip),
)
_WINDOWS = (
    *(2 * (draw_windows.convolve,)),
    *(2 * (draw_windows.pool,)),
    *(draw_windows.depthwise, draw_windows.pool_all, draw_windows.pad, draw_windows.crop, draw_windows.upsample),
)
_POSITIONS = (*_WINDOWS, draw_layers.flatten, draw_layers.reshape, draw_layers.permute, draw_joins.gate, *_ANY)
GROWERS: dict[int, tuple[Callable[[Drawing], None], ...]] = {
    3: (draw_windows.convolve, *_POSITIONS),
    2: (*(3 * (draw_recurrent.recur,)), *_POSITIONS),
    1: (draw_layers.reshape, draw_layers.repeat, draw_layers.connect, *_ANY),
}
"""What may come next, by the rank of what there is."""
