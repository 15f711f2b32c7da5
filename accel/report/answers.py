"""What a network says of an example: the float model, the integer model and the RTL side by side."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import prod
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
    picture, are the model's own. Classes may be decided for at each of several ``steps`` of a frame.
    """

    names: tuple[str, ...]
    classes: bool
    words: Callable[[np.ndarray], str] | None = None
    marks: Callable[[np.ndarray], Sequence[Mark]] | None = None
    steps: int = 1

    def told(self, outputs: np.ndarray) -> str:
        """The outputs (*shape) of a frame in words."""
        flat = outputs.reshape(-1)
        if self.words:
            return str(self.words(outputs))
        if self.steps > 1:
            return self._counted(decisions(outputs[None], [outputs.shape])[0])
        if self.classes:
            return self.chosen(flat)
        if len(flat) > TOLD:
            return f"{len(flat):,} numbers from {flat.min():.4g} to {flat.max():.4g}"
        return ", ".join(f"{name} {value:.4g}" for name, value in zip(self.names, flat, strict=True))

    def chosen(self, scores: np.ndarray) -> str:
        """The class that scores (classes,) decide for, and how probable it is."""
        best = int(decisions(scores[None])[0])
        sure = scores[best] if len(scores) > 1 else max(scores[0], 1 - scores[0])
        return f"{self.names[best]} {100 * sure:.1f} %"

    def _counted(self, chosen: np.ndarray) -> str:
        """The classes of all steps, the most frequent first."""
        counts = np.bincount(chosen, minlength=len(self.names))
        most = [at for at in np.argsort(-counts, kind="stable")[:TOLD] if counts[at]]
        named = [f"{self.names[at]} in {counts[at]:,}" for at in most]
        others = self.steps - counts[most].sum()
        return ", ".join([*named, *([f"others in {others:,}"] if others else [])]) + f" of {self.steps:,} steps"


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
        windows = "" if self.given.starts is None else f" (mean of {len(self.given.starts)} windows)"
        return self.meaning.told(self.overall(witness)) + windows

    @property
    def agreed(self) -> bool:
        """Floating point and RTL decide for the same class, at each step, where there are classes."""
        made = [self.overall(witness) for witness in (FLOAT, RTL)]
        shape = made[0].shape if self.meaning.steps > 1 else (made[0].size,)
        chosen = [decisions(one[None], [shape]) for one in made]
        return not self.meaning.classes or bool(np.array_equal(*chosen))


def meaning(outputs: np.ndarray, definition: object, names: Sequence[str] | None = None) -> Meaning:
    """What the outputs (frames, *shape) of a model are, by what its `model.py` says: `CLASSES`, `OUTPUTS`, `answer`,
    `marks`; else numbers called by ``names``.

    Where nothing is said, numbers that are like probabilities are taken as those of classes. Outputs of several
    positions (time steps, pixels) have probabilities at each.
    """
    classes, numbers, *own = (getattr(definition, name, None) for name in ("CLASSES", "OUTPUTS", "answer", "marks"))
    numbers = names if numbers is None else numbers
    *positions, size = outputs.shape[1:]
    steps, count = prod(positions), prod(positions) * size
    for number, of in ((count, 1), (size, steps)):
        if classes is not None and len(classes) == (2 if number == 1 else number):
            return Meaning(tuple(map(str, classes)), True, *own, of)
    if numbers is not None and len(numbers) == count:
        return Meaning(tuple(map(str, numbers)), False, *own)
    likely = size > 1 and bool(np.all(outputs >= 0)) and np.allclose(outputs.sum(axis=-1), 1, atol=0.01)
    if likely:
        return Meaning(tuple(f"class {i}" for i in range(size)), True, *own, steps)
    return Meaning(tuple(f"output {i}" for i in range(count)), False, *own)
