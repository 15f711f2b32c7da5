"""What a network says of an example: the float model, the integer model and the RTL side by side."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from accel.data.given import Given
from accel.data.judging import decisions

FLOAT, INTEGER, RTL = WITNESSES = ("float", "integer", "RTL")
FEW = 24
"""Outputs that are shown one by one; of more, only what they mean."""
TOLD = 4
"""Plain numbers that are told one by one in a line."""


Mark = tuple[str, float, float, float, float]
"""What is there, and its top, left, bottom and right in pixels of the network's picture."""


@dataclass(frozen=True)
class Meaning:
    """What outputs are: by ``names``, probabilities of ``classes`` or plain numbers; ``words``, and ``marks`` in a
    picture, are the model's own.
    """

    names: tuple[str, ...]
    classes: bool
    words: Callable[[np.ndarray], str] | None = None
    marks: Callable[[np.ndarray], Sequence[Mark]] | None = None

    def told(self, outputs: np.ndarray) -> str:
        """The outputs (*shape) of a frame in words."""
        flat = outputs.reshape(-1)
        if self.words:
            return str(self.words(outputs))
        if self.classes:
            best = int(decisions(flat[None])[0])
            sure = flat[best] if len(flat) > 1 else max(flat[0], 1 - flat[0])
            return f"{self.names[best]} {100 * sure:.1f} %"
        if len(flat) > TOLD:
            return f"{len(flat):,} numbers from {flat.min():.4g} to {flat.max():.4g}"
        return ", ".join(f"{name} {value:.4g}" for name, value in zip(self.names, flat, strict=True))


@dataclass(frozen=True, eq=False)
class Answer:
    """What the witnesses say of ``given``: ``outputs`` are float64 (frames, *shape) by witness.

    The RTL was simulated for ``cycles`` from the first input beat to the last output beat of all frames, which take
    ``microseconds`` at the design's clock; ``wrong`` of its integers are not the integer model's. ``picture`` is the
    file that shows it.
    """

    given: Given
    meaning: Meaning
    outputs: Mapping[str, np.ndarray]
    cycles: int
    microseconds: float
    wrong: int
    picture: Path

    def overall(self, witness: str) -> np.ndarray:
        """The mean over all frames, (*shape)."""
        return self.outputs[witness].mean(axis=0)

    def decided(self, witness: str = RTL) -> str:
        """What it says, in words; of several windows, of their mean."""
        return self.meaning.told(self.overall(witness))

    @property
    def agreed(self) -> bool:
        """Floating point and RTL decide for the same class, where there are classes."""
        flat = [self.overall(witness).reshape(1, -1) for witness in (FLOAT, RTL)]
        return not self.meaning.classes or decisions(flat[0])[0] == decisions(flat[1])[0]


def meaning(outputs: np.ndarray, definition: object, names: Sequence[str] | None = None) -> Meaning:
    """What the outputs (frames, *shape) of a model are, by what its `model.py` says: `CLASSES`, `OUTPUTS`, `answer`,
    `marks`; else numbers called by ``names``.

    Where nothing is said, numbers that are like probabilities are taken as those of classes.
    """
    classes, numbers, *own = (getattr(definition, name, None) for name in ("CLASSES", "OUTPUTS", "answer", "marks"))
    numbers = names if numbers is None else numbers
    flat = outputs.reshape(len(outputs), -1)
    count = flat.shape[1]
    if classes is not None and len(classes) == (2 if count == 1 else count):
        return Meaning(tuple(map(str, classes)), True, *own)
    if numbers is not None and len(numbers) == count:
        return Meaning(tuple(map(str, numbers)), False, *own)
    likely = count > 1 and bool(np.all(flat >= 0)) and np.allclose(flat.sum(axis=1), 1, atol=0.01)
    return Meaning(tuple(f"{'class' if likely else 'output'} {i}" for i in range(count)), likely, *own)
