"""What a design is fed with: the model's test set, or built-in stimuli where the data set is absent."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from accel.config import ModelSource
from accel.data import datasets


@dataclass(frozen=True, eq=False)
class Frames:
    """Inputs ``x``, float32 (frames, *shape), their class numbers (frames,) where known, and in words where they are
    from.
    """

    x: np.ndarray
    labels: np.ndarray | None
    origin: str

    def head(self, count: int) -> Frames:
        """The first ``count`` of them."""
        return Frames(self.x[:count], None if self.labels is None else self.labels[:count], self.origin)


def frames_for(source: ModelSource, shape: tuple[int, ...], count: int) -> Frames:
    """The whole test split where the model's data set is there, else ``count`` made-up inputs of ``shape``."""
    definition = source.definition()
    if definition is None:
        x = np.random.default_rng(0).uniform(-1, 1, (count, *shape)).astype(np.float32)
        return Frames(x, None, f"{count} frames of noise between -1 and 1, as the model comes without data")
    root = datasets.find(definition.DATASET)
    if root is None:
        x = definition.stimulus(count)
        return Frames(x, None, f"{count} built-in stimuli, as the data set {definition.DATASET} is not there")
    test = definition.dataset(root).test
    return Frames(test.x, test.y, f"the test set of {definition.DATASET}, {len(test.x)} frames")
