"""Layers of one input that do the same at every position, or only move elements."""

from __future__ import annotations

from math import prod

from tests.conformance import draw_types as types
from tests.conformance.drawing import Drawing

FUNCTIONS = (
    *("relu", "relu", "sigmoid", "tanh", "softplus", "softsign", "elu", "selu", "silu"),
    *("leaky_relu", "relu6", "hard_sigmoid", "hard_tanh"),
)
BENT = (
    ("ReLU", {}),
    ("ReLU", {"max_value": 6.0}),
    ("ReLU", {"max_value": 1.0}),
    ("ReLU", {"threshold": 0.4}),
    ("LeakyReLU", {"negative_slope": 0.3}),
    ("ELU", {"alpha": 0.7}),
    ("PReLU", {}),
)
"""Activations that are layers of their own."""
WIDEST = 24  # elements of a beat that a reshape makes; more are slow to simulate


def normalise(drawing: Drawing) -> None:
    """Folded into the layer before it, where hls4ml does so; then it has no settings."""
    before, dice = drawing.maker(), drawing.dice
    name = drawing.add("BatchNormalization", drawing.shape, scale=dice.chance(0.8), center=dice.chance(0.8))
    kind = before.kind if before else ""
    if kind in ("BatchNormalization", "Rescaling"):
        drawing.settings.pop(before.name, None)  # the two become one
    elif "Conv" not in kind and kind != "Dense":
        drawing.settle(name, {"result": types.data, "scale": types.factor, "bias": types.factor})


def activate(drawing: Drawing) -> None:
    """Any elementwise function, as a layer."""
    if drawing.dice.chance(0.5):
        kind, arguments = drawing.dice.pick(BENT)
        name = drawing.add(kind, drawing.shape, **arguments)
        drawing.settle(name, {"result": types.data})
        return
    function = drawing.dice.pick(FUNCTIONS)
    name = drawing.add("Activation", drawing.shape, activation=function)
    drawing.activated(name, function)


def share(drawing: Drawing) -> None:
    """Softmax over the last axis."""
    if drawing.shape[-1] == 1:
        return
    name = drawing.add("Softmax", drawing.shape, lanes=drawing.shape[-1])
    kinds = {"result": types.data, "exp_table": types.share, "inv_table": types.share, "inp_norm": types.positive}
    drawing.settle(name, kinds if drawing.dice.chance(0.5) else {"result": types.data})


def connect(drawing: Drawing, *, units: int = 0) -> None:
    """Dense, over positions where there are some."""
    dice, units = drawing.dice, units or drawing.dice.between(1, 6)
    function = dice.pick((None, None, None, *FUNCTIONS))
    beat = drawing.at.lanes if len(drawing.shape) == 1 else drawing.shape[-1]
    arguments = {"units": units, "activation": function, "use_bias": dice.chance(0.75)}
    name = drawing.add("Dense", (*drawing.shape[:-1], units), lanes=units, **arguments)
    drawing.product(name, beat, units, function)


def flatten(drawing: Drawing) -> None:
    """Flatten, and what may read what it gives."""
    size = prod(drawing.shape)
    drawing.add("Flatten", (size,))
    if size <= 64:
        connect(drawing)
    else:
        reshape(drawing)


def reshape(drawing: Drawing) -> None:
    """Another grouping, whose last size divides the lanes or is a multiple of them."""
    size, last = prod(drawing.shape), drawing.shape[-1]
    fits = [n for n in range(1, min(size, WIDEST) + 1) if size % n == 0 and (n % last == 0 or last % n == 0)]
    channels = drawing.dice.pick(fits)
    shape: tuple[int, ...] = (size // channels, channels)
    if drawing.dice.chance(0.3):
        rows = drawing.dice.pick([n for n in range(1, shape[0] + 1) if shape[0] % n == 0])
        shape = (rows, shape[0] // rows, channels)
    name = drawing.add("Reshape", shape, target_shape=list(shape))
    drawing.settle(name, {"result": types.data} if drawing.dice.chance(0.3) else {})


def permute(drawing: Drawing) -> None:
    """Axes in another order, if that moves anything."""
    rank = len(drawing.shape)
    order = [int(axis) for axis in drawing.dice.rng.permutation(rank)]
    shape, moved = tuple(drawing.shape[axis] for axis in order), [axis for axis in order if drawing.shape[axis] > 1]
    if moved != sorted(moved) and shape[-1] <= WIDEST:
        drawing.add("Permute", shape, lanes=shape[-1], dims=[axis + 1 for axis in order])


def repeat(drawing: Drawing) -> None:
    """A vector as several steps."""
    count = drawing.dice.between(1, 5)
    drawing.add("RepeatVector", (count, drawing.shape[-1]), lanes=drawing.shape[-1], n=count)


def rescale(drawing: Drawing) -> None:
    """A factor and an offset for all, which accel makes a normalisation of, or folds."""
    scale, offset = drawing.dice.pick((0.5, 1 / 255, -3.0)), drawing.dice.pick((0.0, 1.5))
    drawing.add("Rescaling", drawing.shape, scale=scale, offset=offset)


def drop(drawing: Drawing) -> None:
    """Dropout, which is not there after training."""
    drawing.add("Dropout", drawing.shape, rate=0.5)
