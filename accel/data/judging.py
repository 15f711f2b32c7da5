"""What a network's outputs are, and so what it means that they agree with floating point and are right."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import prod
from types import ModuleType
from typing import Protocol

import numpy as np

from accel import rows
from accel.errors import AccelError
from accel.rows import Shape

TOLERANCE = 0.01
"""Of the range of the float model's outputs: a value that is farther from it does not agree with it."""

ACCURACY = "accuracy"


class Judge(Protocol):
    """How outputs (frames, values) are judged."""

    alike: str
    """What frames are that agree, or decisions where each has several, in words."""

    @property
    def decided(self) -> int:
        """What is judged of a frame, one by one: a whole frame, or so many decisions in it."""

    def agreement(self, got: np.ndarray, reference: np.ndarray) -> float:
        """The fraction that agrees with the float model's outputs, ``reference``."""

    def scores(self, outputs: np.ndarray, truth: np.ndarray) -> Mapping[str, float]:
        """How right the outputs are, by the measure's name; ``truth`` has a row for each frame."""


@dataclass(frozen=True)
class Classes:
    """A score for each class, of which the largest decides; of a single one, whether it is 0.5 or more.

    Outputs decide once at each position (time step, pixel) of their ``shapes``, and each output for itself; without
    shapes all values are one decision.
    """

    shapes: tuple[Shape, ...] = ()

    @property
    def alike(self) -> str:
        """What frames, or decisions in them, are that agree."""
        return "decided as in floating point" if self.decided == 1 else "as in floating point"

    @property
    def decided(self) -> int:
        """Decisions in a frame."""
        return len(classes(self.shapes)) or 1

    def agreement(self, got: np.ndarray, reference: np.ndarray) -> float:
        """The fraction of decisions for the same class."""
        return float(np.mean(decisions(got, self.shapes) == decisions(reference, self.shapes)))

    def scores(self, outputs: np.ndarray, truth: np.ndarray) -> Mapping[str, float]:
        """The fraction of decisions that are as the class numbers of the frames, or of their positions, say.

        Raises:
            AccelError: there are not as many class numbers as decisions.
        """
        made = decisions(outputs, self.shapes)
        if truth.shape != made.shape:
            raise AccelError(
                f"class numbers of shape {truth.shape}: expected {made.shape}, one for each decision of the network, "
                f"whose outputs are {' and '.join(map(str, self.shapes))}"
            )
        return {ACCURACY: float(np.mean(made == truth))}


@dataclass(frozen=True)
class Values:
    """Numbers that count themselves: of a regression, an embedding, a map of detections.

    ``measure`` is the model's own: outputs (frames, values) and the truth of each frame to figures by name.
    """

    measure: Callable[[np.ndarray, np.ndarray], Mapping[str, float]] | None = None

    alike = f"within {100 * TOLERANCE:g} % of the outputs' range of floating point"
    decided = 1

    def agreement(self, got: np.ndarray, reference: np.ndarray) -> float:
        """The fraction of frames all of whose values are within ``TOLERANCE`` of the range of all of ``reference``."""
        return float(np.mean(np.abs(got - reference).max(axis=-1) <= TOLERANCE * np.ptp(reference)))

    def scores(self, outputs: np.ndarray, truth: np.ndarray) -> Mapping[str, float]:
        """The model's figures."""
        return self.measure(outputs, truth) if self.measure else {}


def judge(definition: ModuleType | None, shapes: Sequence[Shape] = ()) -> Judge:
    """What the outputs of a model, of such ``shapes``, are, as its `model.py` says: numbers where it names OUTPUTS and
    no CLASSES; `scores` measures these.
    """
    return Values(getattr(definition, "scores", None)) if hasattr(definition, "OUTPUTS") else Classes(tuple(shapes))


def agreeing(definition: ModuleType | None, shapes: Sequence[Shape] = ()) -> Judge:
    """The same without a model's own scores: what can be given to other processes."""
    return Values() if hasattr(definition, "OUTPUTS") else Classes(tuple(shapes))


def classes(shapes: Sequence[Shape]) -> tuple[int, ...]:
    """How many classes each decision in a frame of outputs of such ``shapes`` has; 2 of a single value."""
    return tuple(max(shape[-1], 2) for shape in shapes for _ in range(prod(shape[:-1])))


def decisions(outputs: np.ndarray, shapes: Sequence[Shape] = ()) -> np.ndarray:
    """The classes (frames, decisions), or (frames,) where there is one, that outputs (frames, ...) decide for, as
    `Classes` says.
    """
    flat = outputs.reshape(len(outputs), -1)
    shapes = shapes or [flat.shape[1:]]
    parts = zip(rows.split(flat, shapes), shapes, strict=True)
    made = np.concatenate([_largest(part.reshape(len(flat), -1, shape[-1])) for part, shape in parts], axis=1)
    return made[:, 0] if made.shape[1] == 1 else made


def _largest(scores: np.ndarray) -> np.ndarray:
    return (scores[..., 0] >= 0.5).astype(np.int64) if scores.shape[-1] == 1 else scores.argmax(axis=-1)
