"""What a tensor of a network that is rewritten is in the new one, as far as it is computed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import keras
    import numpy as np


@dataclass(frozen=True, eq=False)
class Value:
    """`tensor * factor + offset`, flattened by `flat`, neither computed yet; a layer called `name` would do the first.

    `shared`: several layers read it.
    """

    tensor: keras.KerasTensor
    factor: np.ndarray | None = None
    offset: np.ndarray | None = None
    name: str = ""
    flat: keras.Layer | None = None
    shared: bool = False

    def scaled(self, factor: np.ndarray, offset: np.ndarray, name: str) -> Value:
        """The same, multiplied by `factor` and `offset` added."""
        if self.factor is None:
            return replace(self, factor=factor, offset=offset, name=name)
        return replace(self, factor=self.factor * factor, offset=self.offset * factor + offset)
