"""Random small networks of everything that the README says the RTL has, and a few strangers that must be refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from math import prod
from typing import Any

import numpy as np

from accel.reuse import valid_factors
from tests.conformance import draw_types as types
from tests.conformance.draw_types import Dice
from tests.conformance.networks import WEIGHTS, Layer, Network

FUNCTIONS = (
    *("relu", "relu", "sigmoid", "tanh", "softplus", "softsign", "elu", "selu", "silu"),
    *("leaky_relu", "relu6", "hard_sigmoid", "hard_tanh"),
)
GATES = ("sigmoid", "sigmoid", "sigmoid", "tanh", "relu")
WIDEST = 24  # elements of a beat that a reshape makes; more are slow to simulate
STRANGERS = {
    3: (("DepthwiseConv2D", {"kernel_size": 1}), ("UpSampling2D", {}), ("GlobalMaxPooling2D", {})),
    2: (("GlobalAveragePooling1D", {}), ("PReLU", {}), ("DepthwiseConv1D", {"kernel_size": 1})),
    1: (("LeakyReLU", {}), ("ELU", {}), ("PReLU", {})),
}
"""Layers that the RTL does not have, by the rank of their input."""


def draw(seed: int, index: int) -> Network:
    """The network number ``index`` of a run with ``seed``."""
    dice = Dice(np.random.default_rng([seed, index]))
    rank = dice.pick((3, 3, 2, 2, 2, 1))
    shape = {
        3: (dice.between(1, 8), dice.between(2, 8), dice.between(1, 3)),
        2: (dice.between(1, 16), dice.between(1, 4)),
        1: (dice.between(1, 10),),
    }[rank]
    chain = Chain(dice, shape)
    chain.settle("x", {"result": types.data} if dice.chance(0.7) else {})
    length = dice.between(1, 8)
    if dice.chance(0.1):
        rescale(chain)
    while chain.open(length):
        chain.grow()
    auto = f"auto<{dice.between(4, 14)}>"
    precision = dice.pick(("auto", auto, auto, types.data(dice, signed=True)))
    settings = {"precision": precision, "strategy": dice.pick(("Latency", "Resource")), "layers": chain.settings}
    return Network(dice.between(0, 9999), shape, tuple(chain.layers), settings)


@dataclass
class Chain:
    """A network under construction: what it puts out so far, and in beats of how many elements."""

    dice: Dice
    shape: tuple[int, ...]
    layers: list[Layer] = field(default_factory=list)
    settings: dict[str, dict[str, Any]] = field(default_factory=dict)
    lanes: int = 0
    strange: bool = False  # it ends in a layer that is refused

    def __post_init__(self) -> None:
        self.lanes = self.shape[-1]

    def open(self, length: int) -> bool:
        """Whether more layers come: until there are ``length``, and one computes something."""
        idle = all(layer.kind in ("Dropout", "Flatten", "Rescaling", "Reshape") for layer in self.layers)
        return not self.strange and (idle or len(self.layers) < length)

    def grow(self) -> None:
        """One more layer, or two that go together."""
        if self.dice.chance(0.015):
            kind, arguments = self.dice.pick(STRANGERS[len(self.shape)])
            self.add(kind, self.shape, **arguments)
            self.strange = True
            return
        self.dice.pick(GROWERS[len(self.shape)])(self)

    def add(self, kind: str, shape: tuple[int, ...], **arguments: Any) -> str:
        """Put a layer behind the others and return its name."""
        name = f"{kind.lower()}_{len(self.layers)}"
        self.layers.append(Layer(kind, name, arguments, self.dice.pick(("unit", *WEIGHTS))))
        self.shape = shape
        return name

    def settle(self, name: str, kinds: dict[str, Callable[[Dice], str]], **others: Any) -> None:
        """Give a layer types of its own, each as likely as not, and the other settings that are not None."""
        precision = {kind: made(self.dice) for kind, made in kinds.items() if self.dice.chance(0.5)}
        found = {key: value for key, value in others.items() if value is not None}
        if found | precision:
            self.settings[name] = found | ({"precision": precision} if precision else {})

    def product(self, name: str, n_in: int, n_out: int, function: str | None) -> None:
        """Settings of a layer that multiplies by a matrix, and of the activation hls4ml makes a layer of."""
        kinds = {"result": types.data, "weight": types.weight, "bias": types.weight}
        kinds |= {"accum": types.accum} if self.dice.chance(0.6) else {}
        self.settle(name, kinds, **self.effort(n_in, n_out))
        if function:
            self.activated(f"{name}_{function}", function)

    def effort(self, n_in: int, n_out: int) -> dict[str, Any]:
        """A strategy, and a reuse factor that is valid for the product."""
        reuse = self.dice.pick(valid_factors(n_in, n_out)) if self.dice.chance(0.6) else None
        return {"reuse": reuse, "strategy": self.dice.pick(("Latency", "Resource", None, None))}

    def activated(self, name: str, function: str) -> None:
        """Settings of an activation."""
        tabulated = function in ("sigmoid", "tanh")
        kinds = {"result": types.data} | ({"table": types.table} if tabulated else {})
        self.settle(name, kinds, table_size=types.entries(self.dice) if tabulated else None)


def convolve(chain: Chain) -> None:
    """Conv1D or Conv2D, now and then behind zeros of its own."""
    dice, sizes = chain.dice, chain.shape[:-1]
    padding = dice.pick(("same", "valid"))
    if padding == "valid" and dice.chance(0.3):
        _pad(chain)
        sizes = chain.shape[:-1]
    kernel = [dice.between(1, min(size, 4)) for size in sizes]
    strides = [1 if dice.chance(0.6) or (width == 1 and dice.chance(0.9)) else dice.between(1, 3) for width in kernel]
    filters, function = dice.between(1, 4), dice.pick((None, None, *FUNCTIONS))
    out = [
        -(-size // s) if padding == "same" else (size - width) // s + 1
        for size, width, s in zip(sizes, kernel, strides, strict=True)
    ]
    n_in = prod(kernel) * chain.shape[-1]
    arguments = {"filters": filters, "kernel_size": kernel, "strides": strides, "padding": padding}
    arguments |= {"activation": function, "use_bias": dice.chance(0.75)}
    name = chain.add(f"Conv{len(sizes)}D", (*out, filters), **arguments)
    chain.product(name, n_in, filters, function)
    chain.lanes = filters


def _pad(chain: Chain) -> None:
    sides = [[chain.dice.between(0, 1), chain.dice.between(0, 1)] for _ in chain.shape[:-1]]
    out = [size + sum(side) for size, side in zip(chain.shape[:-1], sides, strict=True)]
    padding = sides if len(sides) == 2 else sides[0]
    chain.add(f"ZeroPadding{len(sides)}D", (*out, chain.shape[-1]), padding=padding)


def pool(chain: Chain) -> None:
    """Maximum or mean over a window next to the other; a mean over a power of two."""
    dice, sizes = chain.dice, chain.shape[:-1]
    mean = dice.chance(0.5)
    if mean and not dice.chance(0.03):
        size = [2 ** dice.between(0, min(size, 4).bit_length() - 1) for size in sizes]
    else:
        size = [dice.between(1, min(size, 4)) for size in sizes]
    out = [whole // part for whole, part in zip(sizes, size, strict=True)]
    kind = f"{'Average' if mean else 'Max'}Pooling{len(sizes)}D"
    name = chain.add(kind, (*out, chain.shape[-1]), pool_size=size)
    chain.settle(name, {"result": types.data, "accum": types.accum if mean else types.data})
    chain.lanes = chain.shape[-1]


def normalise(chain: Chain) -> None:
    """Folded into the layer before it, where hls4ml does so; then it has no settings."""
    before = next((layer for layer in reversed(chain.layers) if layer.kind != "Dropout"), None)
    product = before is not None and (before.kind.startswith("Conv") or before.kind == "Dense")
    folded = product and before.arguments["activation"] is None
    arguments = {"scale": chain.dice.chance(0.8), "center": chain.dice.chance(0.8)}
    name = chain.add("BatchNormalization", chain.shape, **arguments)
    if before is not None and before.kind in ("BatchNormalization", "Rescaling"):
        chain.settings.pop(before.name, None)  # the two become one
    elif not folded:
        chain.settle(name, {"result": types.data, "scale": types.factor, "bias": types.factor})


def activate(chain: Chain) -> None:
    """Any elementwise function, as a layer."""
    function = chain.dice.pick((*FUNCTIONS, "ReLU"))
    arguments = {} if function == "ReLU" else {"activation": function}
    name = chain.add("ReLU" if function == "ReLU" else "Activation", chain.shape, **arguments)
    chain.activated(name, function)


def share(chain: Chain) -> None:
    """Softmax over the last axis."""
    if chain.shape[-1] == 1:
        return
    name = chain.add("Softmax", chain.shape)
    kinds = {"result": types.data, "exp_table": types.share, "inv_table": types.share, "inp_norm": types.positive}
    chain.settle(name, kinds if chain.dice.chance(0.5) else {"result": types.data})
    chain.lanes = chain.shape[-1]


def connect(chain: Chain) -> None:
    """Dense, over positions where there are some."""
    dice, units = chain.dice, chain.dice.between(1, 6)
    function = dice.pick((None, None, None, *FUNCTIONS))
    flat = len(chain.shape) == 1
    beat = chain.lanes if flat else chain.shape[-1]
    arguments = {"units": units, "activation": function, "use_bias": dice.chance(0.75)}
    name = chain.add("Dense", (*chain.shape[:-1], units), **arguments)
    chain.product(name, beat, units, function)
    chain.lanes = units


def recur(chain: Chain) -> None:
    """GRU or LSTM, with and without sequences."""
    dice, units, features = chain.dice, chain.dice.between(1, 4), chain.shape[-1]
    kind, gates = dice.pick((("GRU", 3), ("LSTM", 4)))
    sequences = dice.chance(0.5)
    out = (chain.shape[0], units) if sequences else (units,)
    functions = {"recurrent_activation": dice.pick(GATES), "activation": dice.pick(("tanh", "tanh", "tanh", *GATES))}
    name = chain.add(kind, out, units=units, return_sequences=sequences, use_bias=dice.chance(0.85), **functions)
    kinds = {"result": lambda dice: types.data(dice, signed=True), "table": types.table}
    kinds |= dict.fromkeys(("weight", "bias", "recurrent_weight", "recurrent_bias"), types.weight)
    kinds |= {"accum": types.accum} if dice.chance(0.4) else {}
    recurrent = dice.pick(valid_factors(units, gates * units)) if dice.chance(0.6) else 1
    effort = chain.effort(features, gates * units)
    chain.settle(name, kinds, recurrent_reuse=recurrent, table_size=types.entries(dice), **effort)
    chain.lanes = units


def flatten(chain: Chain) -> None:
    """Flatten, and what may read what it gives."""
    size = prod(chain.shape)
    chain.add("Flatten", (size,))
    if size <= 64:
        connect(chain)
    else:
        reshape(chain)


def reshape(chain: Chain) -> None:
    """Another grouping, whose last size divides the lanes or is a multiple of them."""
    size, last = prod(chain.shape), chain.shape[-1]
    fits = [n for n in range(1, min(size, WIDEST) + 1) if size % n == 0 and (n % last == 0 or last % n == 0)]
    channels = chain.dice.pick(fits)
    shape = (size // channels, channels)
    if chain.dice.chance(0.3):
        rows = chain.dice.pick([n for n in range(1, shape[0] + 1) if shape[0] % n == 0])
        shape = (rows, shape[0] // rows, channels)
    name = chain.add("Reshape", shape, target_shape=list(shape))
    chain.settle(name, {"result": types.data} if chain.dice.chance(0.3) else {})


def rescale(chain: Chain) -> None:
    """A factor and an offset for all, which accel makes a normalisation of, or folds."""
    chain.add("Rescaling", chain.shape, scale=chain.dice.pick((0.5, 1 / 255, -3.0)), offset=chain.dice.pick((0.0, 1.5)))


def drop(chain: Chain) -> None:
    """Dropout, which is not there after training."""
    chain.add("Dropout", chain.shape, rate=0.5)


_ANY = (normalise, activate, share, connect, drop)
GROWERS: dict[int, tuple[Callable[[Chain], None], ...]] = {
    3: (*(3 * (convolve,)), *(2 * (pool,)), flatten, reshape, *_ANY),
    2: (*(2 * (convolve,)), *(2 * (recur,)), pool, flatten, reshape, *_ANY),
    1: (reshape, connect, *_ANY),
}
"""What may come next, by the rank of what there is."""
