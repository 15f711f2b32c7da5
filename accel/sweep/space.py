"""The designs that a search may choose from: parameters with their values, and the design that a choice makes."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from accel import policy
from accel.design import AUTO, Design, LayerDesign, parse_design
from accel.errors import AccelError, near
from accel.fixed import Overflow, Rounding
from accel.policy import Auto
from accel.sweep.scope import GROUPS, Group, Scope, SpaceFile

Value = int | str
Point = Mapping[str, Value]
"""A value for each parameter, by its name."""


@dataclass(frozen=True)
class Layer:
    """A layer that has types of its own: the `kinds` of its tensors by hls4ml's names (result, weight, accum, ...)."""

    name: str
    kind: str
    kinds: tuple[str, ...]


@dataclass(frozen=True)
class Parameter:
    """Something that varies, e.g. `conv1.weights.bits`, and the values that it takes."""

    name: str
    values: tuple[Value, ...]


@dataclass(frozen=True)
class Space:
    """What may vary of the design ``base`` of a network with these ``layers``."""

    base: Design
    layers: tuple[Layer, ...]
    parameters: tuple[Parameter, ...]

    @property
    def size(self) -> int:
        """How many points there are."""
        return math.prod(len(parameter.values) for parameter in self.parameters)

    def design(self, point: Point) -> Design:
        """The design of a point.

        Raises:
            AccelError: it is none.
        """
        whole: dict[str, Any] = {}
        if "ii" in point:
            whole = {"reuse": AUTO, "ii": point["ii"], "fps": None}
        if "strategy" in point:
            whole["strategy"] = point["strategy"]
        if "reuse" in point:
            whole |= {"reuse": point["reuse"], "ii": None, "fps": None}
        layers = {
            name: made.model_dump(exclude_unset=True)
            for name, made in ((layer.name, self._layer(layer, point, whole)) for layer in self.layers)
            if made != LayerDesign()
        }
        here = {layer.name for layer in self.layers}
        rest = {name: own.model_dump(exclude_unset=True) for name, own in self.base.layers.items() if name not in here}
        data = self.base.model_dump(exclude_unset=True) | whole | {"layers": rest | layers}
        return parse_design(data, "point")

    def _layer(self, layer: Layer, point: Point, whole: Mapping[str, Any]) -> LayerDesign:
        """What a layer has of its own at a point: of the base's what no parameter changes."""
        own = self.base.layer(layer.name)
        dropped = {"reuse", "recurrent_reuse"} if "reuse" in whole else set()
        dropped |= {"strategy"} if "strategy" in whole else set()
        data = {key: value for key, value in own.model_dump(exclude_unset=True).items() if key not in dropped}
        types = dict(own.precision)
        for group, kinds in GROUPS.items():
            asked = {what: _value(point, layer, f"{group}.{what}") for what in Group.model_fields}
            if any(value is not None for value in asked.values()):
                types |= {kind: str(_auto(asked, self.base)) for kind in kinds if kind in layer.kinds}
            elif group == "accumulators" and any(name.endswith(".bits") for name in point):  # of other products
                types = {kind: own for kind, own in types.items() if kind not in kinds or "auto" not in own}
        for key in ("strategy", "reuse"):
            if (value := _value(point, layer, key, own=True)) is not None:
                data[key] = value
        return LayerDesign.model_validate(data | ({"precision": types} if types else {}))


def make(file: SpaceFile, base: Design, layers: Sequence[Layer]) -> Space:
    """The space that `file` describes for a network.

    Raises:
        AccelError: it names a layer or kind that the network does not have, or nothing varies.
    """
    for what, given, known in (
        ("kinds", file.kinds, {layer.kind for layer in layers}),
        ("layers", file.layers, [layer.name for layer in layers]),
    ):
        if unknown := [name for name in given if name not in known]:
            raise AccelError(f"space: {what}.{unknown[0]}: the model has none; {near(unknown[0], known)}")
    found = {parameter.name: parameter for parameter in _parameters(file, layers)}
    if not found:
        raise AccelError("space: nothing varies; expected e.g. weights: {bits: 4..12}, or PRECISION=4..12")
    return Space(base, tuple(layers), tuple(found.values()))


def _parameters(file: SpaceFile, layers: Sequence[Layer]) -> Iterator[Parameter]:
    if file.ii:
        yield Parameter("ii", file.ii)
    for key in ("strategy", "reuse"):
        if values := getattr(file, key):
            yield Parameter(key, values)
    for layer in layers:
        for group, kinds in GROUPS.items():
            if set(kinds) & set(layer.kinds):
                yield from _of_group(file, layer, group)
        for owner, scope in ((layer.kind, file.kinds.get(layer.kind)), (layer.name, file.layers.get(layer.name))):
            for key in ("strategy", "reuse") if scope else ():
                if values := getattr(scope, key):
                    yield Parameter(f"{owner}.{key}", values)


def _of_group(file: SpaceFile, layer: Layer, group: str) -> Iterator[Parameter]:
    """The parameters of a layer's tensors of a group: its own, those of its kind, or the model's."""
    every = {"model": "", "kind": f"{layer.kind}.", "layer": f"{layer.name}."}[file.each]
    scopes: tuple[tuple[str, Scope | None], ...] = (
        (f"{layer.name}.", file.layers.get(layer.name)),
        (f"{layer.kind}.", file.kinds.get(layer.kind)),
        (every, file),
    )
    for what in Group.model_fields:
        for prefix, scope in scopes:
            values = getattr(getattr(scope, group), what) if scope else ()
            if values:
                yield Parameter(f"{prefix}{group}.{what}", tuple(map(_plain, values)))
                break


def _plain(value: Any) -> Value:
    return value.value if isinstance(value, Rounding | Overflow) else value


def _value(point: Point, layer: Layer, key: str, own: bool = False) -> Any:
    """The value at a point that counts for a layer: its own, that of its kind, the model's (unless only `own`)."""
    for name in (f"{layer.name}.{key}", f"{layer.kind}.{key}", *(() if own else (key,))):
        if name in point:
            return point[name]
    return None


def _auto(asked: Mapping[str, Any], base: Design) -> Auto:
    rounding, overflow = asked["rounding"], asked["overflow"]
    return Auto(
        asked["bits"] or policy.parse(base.precision).width,
        asked["shift"] or 0,
        rounding and Rounding(rounding),
        overflow and Overflow(overflow),
    )
