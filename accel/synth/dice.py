"""Random choices in few words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

T = TypeVar("T")


@dataclass
class Dice:
    """What is drawn with ``rng``."""

    rng: np.random.Generator

    def chance(self, probability: float) -> bool:
        """Whether something of this probability happens."""
        return bool(self.rng.random() < probability)

    def between(self, low: int, high: int) -> int:
        """An integer, both bounds included."""
        return int(self.rng.integers(low, high, endpoint=True))

    def pick(self, items: Sequence[T]) -> T:
        """One of them."""
        return items[self.between(0, len(items) - 1)]
