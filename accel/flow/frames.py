"""What a design is fed with: the model's test set, or built-in stimuli where the data set is absent."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from accel.config import ModelSource
from accel.data import datasets
from accel.data.user import UserData


@dataclass(frozen=True, eq=False)
class Frames:
    """Inputs ``x``, float32 (frames, *shape), their class numbers (frames,) where known, and in words where they are
    from.
    """

    x: np.ndarray
    labels: np.ndarray | None
    origin: str
    noise: bool = False  # nothing is known of the inputs

    def head(self, count: int) -> Frames:
        """The first ``count`` of them."""
        return replace(self, x=self.x[:count], labels=None if self.labels is None else self.labels[:count])


def frames_for(source: ModelSource, shape: tuple[int, ...], count: int, data: UserData | None = None) -> Frames:
    """The user's own examples; else the whole test split where the model's data set is there, else ``count`` made-up
    inputs of ``shape``.
    """
    if data is not None:
        return Frames(data.x, data.y, data.origin)
    definition = source.definition()
    if definition is None:
        x = np.random.default_rng(0).uniform(-1, 1, (count, *shape)).astype(np.float32)
        return Frames(x, None, f"{count} frames of noise between -1 and 1, as the model comes without data", noise=True)
    root = datasets.find(definition.DATASET)
    if root is None:
        x = definition.stimulus(count)
        return Frames(x, None, f"{count} built-in stimuli, as the data set {definition.DATASET} is not there")
    test = definition.dataset(root).test
    return Frames(test.x, test.y, f"the test set of {definition.DATASET}, {len(test.x)} frames")
