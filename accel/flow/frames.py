"""What a design is fed with: the model's test set, or built-in stimuli where the data set is absent."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from accel.data import datasets
from accel.data.user import UserData
from accel.intake.inputs import made_up
from accel.intake.reading import Reading
from accel.source import ModelSource


@dataclass(frozen=True, eq=False)
class Frames:
    """Inputs ``x``, float32 (frames, *shape), the truth of each where known (its class number, or what the model's
    scores are measured with), and in words where they are from.
    """

    x: np.ndarray
    truth: np.ndarray | None
    origin: str
    noise: bool = False  # nothing is known of the inputs

    def head(self, count: int) -> Frames:
        """The first ``count`` of them."""
        return replace(self, x=self.x[:count], truth=None if self.truth is None else self.truth[:count])


def frames_for(
    source: ModelSource, reading: Reading, shape: tuple[int, ...], count: int, data: UserData | None = None
) -> Frames:
    """The user's own examples; else the whole test split where the model's data set is there, else ``count`` made-up
    inputs of ``shape`` for the model that was read.
    """
    if data is not None:
        return Frames(data.x, data.y, data.origin)
    definition = source.definition()
    root = datasets.find(definition.DATASET) if definition else None
    if root is None:
        made = made_up(source, reading, shape, count)
        lacking = f"the data set {definition.DATASET} is not there" if definition else "the model comes without data"
        return Frames(made.x, None, f"{count} frames of {made.words}, as {lacking}", made.noise)
    test = definition.dataset(root).test
    return Frames(test.x, test.y, f"the test set of {definition.DATASET}, {len(test.x)} frames")
