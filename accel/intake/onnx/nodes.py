"""One node of an ONNX graph as the functions that read it see it, and the table of these functions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from accel.errors import AccelError, in_line
from accel.intake.onnx.layout import Axes, Layers, Value
from accel.intake.onnx.refusal import Unreadable

if TYPE_CHECKING:
    import keras

Given = Value | np.ndarray | None
"""What a node reads: a tensor that depends on the network's input, a constant, or nothing where it is optional."""

OPERATORS: dict[str, Callable[..., Given | tuple[Given, ...]]] = {}
"""By ONNX's name of the operator: a function of a `Node` and of what it reads that gives what it puts out."""


def operator(*kinds: str) -> Callable[[Callable], Callable]:
    """Enter a function for these kinds of nodes."""

    def enter(function: Callable) -> Callable:
        OPERATORS.update(dict.fromkeys(kinds, function))
        return function

    return enter


@dataclass(frozen=True, eq=False)
class Node:
    """A node: its `kind`, the `name` its layer gets, the version `opset` of the standard, its `attributes`, which of
    its outputs is `used`, and the `layers` that are made.

    `bias` is what a single Add behind it adds, where that is a constant.
    """

    kind: str
    name: str
    opset: int
    attributes: Mapping[str, Any]
    used: Sequence[bool]
    layers: Layers
    bias: np.ndarray | None = None

    def get(self, name: str, default: Any = None) -> Any:
        """An attribute."""
        return self.attributes.get(name, default)

    def expect(self, name: str, *accepted: Any) -> None:
        """Refuse an attribute other than those accepted; the first is its default."""
        value = self.get(name, accepted[0])
        if value not in accepted:
            raise Unreadable(f"{name}={value}; expected {name}={' or '.join(map(str, accepted))}")

    def setting(self, name: str, given: Given, default: Any = None) -> Any:
        """What older versions of the standard have as an attribute and newer ones as an input."""
        return self.get(name, default) if given is None else self.constant(given, name)

    def constant(self, given: Given, what: str) -> np.ndarray:
        """`given`, which must be no tensor that is computed from the network's input."""
        if isinstance(given, Value):
            raise Unreadable(f"{what} is computed from the input; expected a constant")
        return np.asarray(given)

    def value(self, given: Given, what: str = "the tensor") -> Value:
        """`given`, which must be computed from the network's input."""
        if not isinstance(given, Value):
            raise Unreadable(f"{what} is a constant; expected it to be computed from the input")
        return given

    def axis(self, value: Value, axis: int) -> int:
        """An axis counted from the front."""
        return int(axis) % len(value.shape)

    def made(
        self, axes: Axes, stored: Axes, source: Value, layer: Callable[[], Callable], weights: Sequence = ()
    ) -> Value:
        """What a layer, which is made when it is first needed, puts out for `source`."""

        def make() -> keras.KerasTensor:
            given = source.make()
            try:
                called = layer()
                tensor = called(given)
                if weights:
                    called.set_weights([np.asarray(weight, np.float32) for weight in weights])
            except ValueError as error:  # Keras' own, of sizes and settings
                told = in_line(error)
                raise AccelError(f"node '{self.name}' ({self.kind}): {told}") from error
            return tensor

        return Value(axes, stored, cache(make))

    def elementwise(self, x: Value, kind: str, *arguments: Any, **settings: Any) -> Value:
        """What a layer makes of every element of `x` by itself."""
        made = self.made(x.axes, x.stored, x, lambda: self.layers.layer(kind, self.name, *arguments, **settings))
        if x.final is None:
            return made
        final = replace(x.final, value=lambda: self.elementwise(x.final.value(), kind, *arguments, **settings))
        return replace(made, final=final)
