"""The layers that read two tensors."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from accel.ir.graph.core import Join


class Operation(str, Enum):
    """What a `Merge` makes of two elements."""

    ADD = "add"
    SUBTRACT = "subtract"
    MULTIPLY = "multiply"
    AVERAGE = "average"
    MAXIMUM = "maximum"
    MINIMUM = "minimum"


@dataclass(frozen=True, eq=False)
class Merge(Join):
    """Two tensors element by element, with numpy's broadcasting: computed exactly, then cast once
    (``nnet_merge_stream.h``).
    """

    operation: Operation


@dataclass(frozen=True, eq=False)
class Concatenate(Join):
    """Two tensors one behind the other along ``axis`` (counted without the batch axis); each element is cast."""

    axis: int
