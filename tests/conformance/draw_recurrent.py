"""GRU and LSTM: forwards, backwards and both, with and without sequences."""

from __future__ import annotations

from typing import Any

from accel.reuse import valid_factors
from tests.conformance import draw_types as types
from tests.conformance.drawing import Drawing

GATES = ("sigmoid", "sigmoid", "hard_sigmoid", "tanh", "relu")
KINDS = {"GRU": 3, "LSTM": 4}
"""Gates of each."""


def recur(drawing: Drawing, *, sequences: bool | None = None, units: int = 0) -> None:
    """One direction, or both."""
    dice, units = drawing.dice, units or drawing.dice.between(1, 4)
    sequences = dice.chance(0.5) if sequences is None else sequences
    kind, arguments = _layer(drawing, units, sequences)
    both = dice.chance(0.25)
    merge = dice.pick(("concat", "sum", "mul", "ave"))
    width = 2 * units if both and merge == "concat" else units
    shape, features = (drawing.shape[0], width) if sequences else (width,), drawing.shape[-1]
    if not both:
        name = drawing.add(kind, shape, lanes=width, go_backwards=dice.chance(0.15), **arguments)
        _settle(drawing, name, kind, features, units)
        return
    one, other = {"kind": kind} | arguments, None
    if dice.chance(0.3):
        second, options = _layer(drawing, units, sequences)
        other = {"kind": second, "go_backwards": True} | options
    name = drawing.add("Bidirectional", shape, lanes=width, layer=one, backward_layer=other, merge_mode=merge)
    for direction, made in (("forward", one), ("backward", other or one)):
        _settle(drawing, f"{name}_{direction}", made["kind"], features, units)


def _layer(drawing: Drawing, units: int, sequences: bool) -> tuple[str, dict[str, Any]]:
    dice = drawing.dice
    functions = {"recurrent_activation": dice.pick(GATES), "activation": dice.pick(("tanh", "tanh", "tanh", *GATES))}
    shared = {"units": units, "return_sequences": sequences, "use_bias": dice.chance(0.85)}
    return dice.pick(list(KINDS)), shared | functions


def _settle(drawing: Drawing, name: str, kind: str, features: int, units: int) -> None:
    dice, gates = drawing.dice, KINDS[kind]
    kinds = {"result": lambda dice: types.data(dice, signed=True), "table": types.table}
    kinds |= dict.fromkeys(("weight", "bias", "recurrent_weight", "recurrent_bias"), types.weight)
    kinds |= {"accum": types.accum} if dice.chance(0.4) else {}
    recurrent = dice.pick(valid_factors(units, gates * units)) if dice.chance(0.6) else 1
    effort = drawing.effort(features, gates * units)
    drawing.settle(name, kinds, recurrent_reuse=recurrent, table_size=types.entries(dice), **effort)
