"""Nodes of activations that are more than a cast or a table: made of straight pieces, bent, or over all channels."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

import numpy as np

from accel.fixed import Fixed
from accel.ir.graph.core import Node, Tensor
from accel.ir.graph.nodes import Table


class Piece(Enum):
    """What a piece of a `Piecewise` makes of x; one that is flat is a raw integer of the output's type instead."""

    SAME = "x"
    SCALED = "x * scale + offset"


@dataclass(frozen=True, eq=False)
class Factor:
    """Multiplies by ``scale`` and adds ``offset``.

    ``scale``: raw integers of ``type``, flat: one for all elements, one for each channel, or one for each element of a
    frame. ``offset``: a raw integer of as many fractional bits as x times the scale has.
    """

    scale: np.ndarray
    type: Fixed
    offset: int = 0

    def over(self, tensor: Tensor) -> np.ndarray:
        """The scales in a shape that goes with frames of ``tensor``."""
        return self.scale.reshape(tensor.shape if self.scale.size == tensor.size else -1)


@dataclass(frozen=True, eq=False)
class Piecewise(Node):
    """An elementwise function of straight pieces, each cast once to the output's type.

    ``bounds``: the raw integers of the input's type at which the second and further ``pieces`` begin, ascending.
    ``factor``: that of the scaled pieces.
    """

    bounds: tuple[int, ...]
    pieces: tuple[int | Piece, ...]
    factor: Factor | None = None


@dataclass(frozen=True, eq=False)
class Curve(Node):
    """An elementwise function of a table and a product.

    With a ``factor`` (hls4ml's ELU and SELU): the entry below zero, ``x * factor`` from there on; without one (SiLU):
    ``x * entry``. Cast once to the output's type.
    """

    table: Table
    factor: Factor | None = None


@dataclass(frozen=True, eq=False)
class LegacySoftmax(Node):
    """hls4ml's 'legacy' softmax over the last axis: ``inverse(1 + sum of exp(x_j - x_i) over all j but i)``.

    ``exp`` is read at the differences, ``inverse`` at their sum. Both tables have the type of the sum, which wraps.
    """

    exp: Table
    inverse: Table


@dataclass(frozen=True, eq=False)
class Argmax(Node):
    """hls4ml's 'argmax' softmax: raw ``hot`` where the last axis has its first maximum, ``cold`` elsewhere."""

    hot: int
    cold: int
