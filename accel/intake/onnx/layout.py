"""Where the axes of an ONNX tensor lie in the Keras tensor that holds the same numbers.

ONNX networks have their channels first and move axes about by Transpose and Reshape; Keras', and the hardware, have
them last, and moving axes takes them a memory of whole frames. So both sides are written in *atoms*: pieces of axes
that no operator cuts. A Transpose or Reshape of ONNX only says anew which atoms make which axis; the Keras tensor stays
as it is. Only an operator that needs its atoms in another place (`Layers.stored`) makes a layer that moves them, and
one that multiplies a whole axis by weights takes the atoms as they lie and puts its weights' rows in their order. Axes
of size 1 have no atoms, the batch's (a network is read for a batch of one) among them.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cache
from itertools import accumulate, chain
from typing import TYPE_CHECKING, Any

import numpy as np

from accel.fixed import Fixed
from accel.intake.onnx.refusal import Unreadable
from accel.source import identifier

if TYPE_CHECKING:
    import keras


@dataclass(frozen=True, eq=False)
class Atom:
    """A piece of an axis, of `size` above 1; each is itself only."""

    size: int


LARGEST, WHOLE = 1 << 16, 1e-2
"""Of the integers of a quantiser of weights: their bound, and how near to one a float32 quotient is."""

Axis = tuple[Atom, ...]
"""Atoms that are one axis together, the last one's index running fastest."""

Axes = tuple[Axis, ...]


def flat(axes: Iterable[Axis]) -> Axis:
    """All atoms in a row."""
    return tuple(chain.from_iterable(axes))


def sizes(axes: Iterable[Axis]) -> tuple[int, ...]:
    """How long each axis is."""
    return tuple(math.prod(atom.size for atom in axis) for axis in axes)


def whole(shape: Iterable[int]) -> Axes:
    """New axes of one atom each, none where the size is 1."""
    return tuple((Atom(size),) if size > 1 else () for size in shape)


@dataclass(frozen=True, eq=False)
class Final:
    """What a recurrent layer puts out in its last step, which has `index` along the axis `steps` of all its outputs."""

    steps: Axis
    index: int
    value: Callable[[], Value]


@dataclass(frozen=True, eq=False)
class Value:
    """A tensor that depends on the network's input: its `axes` in ONNX, and how they are `stored` in the Keras tensor
    (whose batch axis is left out) that `make` gives, which makes its layers when it is first called.

    `final` is there behind a recurrent layer.
    """

    axes: Axes
    stored: Axes
    make: Callable[[], keras.KerasTensor]
    final: Final | None = None

    @property
    def shape(self) -> tuple[int, ...]:
        """In ONNX, a batch of 1."""
        return sizes(self.axes)

    def as_axes(self, axes: Axes) -> Value:
        """The same numbers with other axes in ONNX."""
        return Value(axes, self.stored, self.make, self.final)

    def transposed(self, order: Sequence[int]) -> Value:
        """ONNX's axes in another order."""
        return self.as_axes(tuple(self.axes[axis] for axis in order))

    def with_split(self, old: Atom, new: Axis) -> Value:
        """The same with one atom cut into some."""

        def cut(axes: Axes) -> Axes:
            return tuple(tuple(chain.from_iterable(new if a is old else (a,) for a in axis)) for axis in axes)

        return Value(cut(self.axes), cut(self.stored), self.make)


def channels_first(x: Value) -> Value:
    """A tensor with its channels last, as ONNX has them."""
    return x.transposed((0, len(x.shape) - 1, *range(1, len(x.shape) - 1)))


def channels_last(x: Value) -> Value:
    """A tensor with ONNX's order of axes, its channels last."""
    return x.transposed((0, *range(2, len(x.shape)), 1))


def reordered(array: np.ndarray, axis: int, given: Axis, wanted: Axis) -> np.ndarray:
    """`array`, whose `axis` runs over the atoms `given`, with that axis over them in the order `wanted`."""
    if given == wanted:
        return array
    index = np.arange(array.shape[axis]).reshape([atom.size for atom in given])
    return np.take(array, index.transpose([given.index(atom) for atom in wanted]).ravel(), axis)


class Layers:
    """The Keras layers as they are made, each under a name of its own; the `types` that quantisers bring their outputs
    into, by these names, and the `scales` of quantisers of weights that are no powers of two.
    """

    def __init__(self) -> None:
        self._taken: set[str] = set()
        self.types: dict[str, dict[str, Fixed]] = {}
        self.scales: list[np.ndarray] = []

    def factored(self, kernel: np.ndarray) -> tuple[np.ndarray, np.ndarray | None]:
        """A kernel (..., units) as whole numbers and what they are multiplied by, one for each unit, where that is one
        of the `scales`; else itself and None.
        """
        for scale in self.scales:
            if scale.size in (1, kernel.shape[-1]):
                numbers = np.round(kernel / scale)
                if np.abs(numbers).max() < LARGEST and np.abs(kernel / scale - numbers).max() < WHOLE:
                    return numbers, np.broadcast_to(scale, kernel.shape[-1:])
        return kernel, None

    def name(self, wanted: str) -> str:
        """`wanted` as a name of a layer, with a number behind it where it is taken."""
        name = identifier(wanted, "_") if wanted != "input" else "input_layer"
        names = (name, *(f"{name}_{number}" for number in range(2, 3 + len(self._taken))))
        free = next(n for n in names if n not in self._taken)
        self._taken.add(free)
        return free

    def layer(self, kind: str, name: str, *arguments: Any, **settings: Any) -> keras.Layer:
        """A layer of `keras.layers`."""
        import keras

        return getattr(keras.layers, kind)(*arguments, **settings, name=self.name(name))

    def flip(self, name: str) -> Callable[[keras.KerasTensor], keras.KerasTensor]:
        """Keras' function that puts the axis behind the batch in reverse order, under a name as layers have it: its own
        is counted on from one file to the next.
        """
        import keras

        def flipped(x: keras.KerasTensor) -> keras.KerasTensor:
            made = keras.ops.flip(x, axis=1)
            made._keras_history.operation.name = self.name(name)
            return made

        return flipped

    def stored(self, value: Value, wanted: Axes) -> Value:
        """`value` with its atoms stored as `wanted`: by a Reshape, or a Permute where they must move."""
        if value.stored == wanted:
            return value
        return replace(value, stored=wanted, make=cache(lambda: self._moved(value, wanted)))

    def _moved(self, value: Value, wanted: Axes) -> keras.KerasTensor:
        given, atoms = flat(value.stored), flat(wanted)
        tensor = value.make()
        if given != atoms:
            tensor = self._shaped(tensor, [atom.size for atom in given])
            order = [1 + given.index(atom) for atom in atoms]
            tensor = self.layer("Permute", "permute", order)(tensor)
        return self._shaped(tensor, sizes(wanted))

    def _shaped(self, tensor: keras.KerasTensor, shape: Sequence[int]) -> keras.KerasTensor:
        if tuple(tensor.shape[1:]) == tuple(shape):
            return tensor
        layer = self.layer("Flatten", "flatten") if len(shape) == 1 else self.layer("Reshape", "reshape", tuple(shape))
        return layer(tensor)

    def reshaped(self, value: Value, shape: Sequence[int]) -> Value:
        """`value` with ONNX's axes of `shape`."""
        if math.prod(shape) != math.prod(value.shape):
            raise Unreadable(
                f"{value.shape} becomes {tuple(shape)}; expected as many elements, and no batch but 1 in them"
            )
        while (cut := _cut(flat(value.axes), shape)) is not None:
            atom, rest = cut
            if rest.denominator == 1 and atom.size % rest == 0:
                value = value.with_split(atom, (Atom(atom.size // int(rest)), Atom(int(rest))))
            else:  # the parts do not nest: all atoms become one, in ONNX's order
                made = self.stored(value, (flat(value.axes),))
                value = Value(one := whole([math.prod(shape)]), one, made.make)
        atoms, axes = list(flat(value.axes)), []
        for size in shape:
            axis: list[Atom] = []
            while math.prod(a.size for a in axis) < size:
                axis.append(atoms.pop(0))
            axes.append(tuple(axis))
        return value.as_axes(tuple(axes))


def _cut(atoms: Axis, shape: Sequence[int]) -> tuple[Atom, Fraction] | None:
    """An atom that lies across an edge of `shape`, and its size behind that, if it can be cut there; None where there
    is no such atom.
    """
    edges, behind = list(accumulate(reversed(shape), operator.mul)), 1
    for atom in reversed(atoms):
        for edge in edges:
            if behind < edge < behind * atom.size:
                return atom, Fraction(edge, behind)
        behind *= atom.size
    return None
