"""A network under construction: the tensors that there are, and the one that is read next."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from accel.reuse import valid_factors
from accel.synth.dice import Dice
from tests.conformance import draw_types as types
from tests.conformance.networks import WEIGHTS, Layer

__all__ = ["Dice", "Drawing", "End"]

IDLE = ("Dropout", "Flatten", "Rescaling", "Reshape")
"""Layers of which alone there is no hardware."""


@dataclass(frozen=True)
class End:
    """A tensor: its name, its shape, and of how many elements its beats are."""

    name: str
    shape: tuple[int, ...]
    lanes: int


@dataclass
class Drawing:
    """What is drawn so far. ``at`` is read by the layer that comes next, ``ends`` are all tensors."""

    dice: Dice
    inputs: dict[str, tuple[int, ...]] = field(default_factory=dict)
    layers: list[Layer] = field(default_factory=list)
    settings: dict[str, dict[str, Any]] = field(default_factory=dict)
    ends: list[End] = field(default_factory=list)
    strange: bool = False  # it has a layer that is refused

    def begin(self, shape: tuple[int, ...]) -> None:
        """An input, which is read next."""
        name = "xyz"[len(self.inputs)]
        self.inputs[name] = shape
        self.ends.append(End(name, shape, shape[-1]))
        self.at = self.ends[-1]
        self.settle(name, {"result": types.data} if self.dice.chance(0.7) else {})

    @property
    def shape(self) -> tuple[int, ...]:
        """Of what is read next."""
        return self.at.shape

    def open(self, length: int) -> bool:
        """Whether more layers come: until there are ``length``, and one computes something."""
        idle = all(layer.kind in IDLE for layer in self.layers)
        return not self.strange and (idle or len(self.layers) < length)

    def unread(self) -> list[End]:
        """What no layer reads."""
        read = {name for layer in self.layers for name in layer.reads}
        return [end for end in self.ends if end.name not in read]

    def outputs(self) -> tuple[str, ...]:
        """What is not read, and now and then something that is."""
        names = [end.name for end in self.unread()]
        others = [layer.name for layer in self.layers if layer.name not in names and layer.kind not in IDLE]
        if others and self.dice.chance(0.08):
            names.insert(0, self.dice.pick(others))
        return tuple(names)

    def add(self, kind: str, shape: tuple[int, ...], *others: End, lanes: int = 0, **arguments: Any) -> str:
        """A layer that reads what is read next, and ``others``; returns its name. Its beats have as many elements as
        before, or ``lanes``.
        """
        name = f"{kind.lower()}_{len(self.layers)}"
        reads = (self.at.name, *(end.name for end in others))
        self.layers.append(Layer(kind, name, reads, arguments, self.dice.pick(("unit", *WEIGHTS))))
        self.at = End(name, shape, lanes or self.at.lanes)
        self.ends.append(self.at)
        return name

    def maker(self) -> Layer | None:
        """The layer that makes what is read next, past those that do nothing; None for an input."""
        by_name = {layer.name: layer for layer in self.layers}
        layer = by_name.get(self.at.name)
        while layer is not None and layer.kind == "Dropout":
            layer = by_name.get(layer.reads[0])
        return layer

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
