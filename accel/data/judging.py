"""What a network's outputs are, and so what it means that they agree with floating point and are right."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import ModuleType
from typing import Protocol

import numpy as np

TOLERANCE = 0.01
"""Of the range of the float model's outputs: a value that is farther from it does not agree with it."""

ACCURACY = "accuracy"


class Judge(Protocol):
    """How outputs (frames, values) are judged."""

    alike: str
    """What frames are that agree, in words."""

    def agreement(self, got: np.ndarray, reference: np.ndarray) -> float:
        """The fraction of frames whose outputs agree with the float model's, ``reference``."""

    def scores(self, outputs: np.ndarray, truth: np.ndarray) -> Mapping[str, float]:
        """How right the outputs are, by the measure's name; ``truth`` has a row for each frame."""


@dataclass(frozen=True)
class Classes:
    """A score for each class, of which the largest decides; of a single output, whether it is 0.5 or more."""

    alike = "decided as in floating point"

    def agreement(self, got: np.ndarray, reference: np.ndarray) -> float:
        """The fraction of frames of the same class."""
        return float(np.mean(decisions(got) == decisions(reference)))

    def scores(self, outputs: np.ndarray, truth: np.ndarray) -> Mapping[str, float]:
        """The fraction of frames decided as their class number says."""
        return {ACCURACY: float(np.mean(decisions(outputs) == truth))}


@dataclass(frozen=True)
class Values:
    """Numbers that count themselves: of a regression, an embedding, a map of detections.

    ``measure`` is the model's own: outputs (frames, values) and the truth of each frame to figures by name.
    """

    measure: Callable[[np.ndarray, np.ndarray], Mapping[str, float]] | None = None

    alike = f"within {100 * TOLERANCE:g} % of the outputs' range of floating point"

    def agreement(self, got: np.ndarray, reference: np.ndarray) -> float:
        """The fraction of frames all of whose values are within ``TOLERANCE`` of the range of all of ``reference``."""
        return float(np.mean(np.abs(got - reference).max(axis=-1) <= TOLERANCE * np.ptp(reference)))

    def scores(self, outputs: np.ndarray, truth: np.ndarray) -> Mapping[str, float]:
        """The model's figures."""
        return self.measure(outputs, truth) if self.measure else {}


def judge(definition: ModuleType | None) -> Judge:
    """What the outputs of a model are, as its `model.py` says: numbers where it names OUTPUTS and no CLASSES; `scores`
    measures these.
    """
    return Values(getattr(definition, "scores", None)) if hasattr(definition, "OUTPUTS") else Classes()


def agreeing(definition: ModuleType | None) -> Judge:
    """The same without a model's own scores: what can be given to other processes."""
    return Values() if hasattr(definition, "OUTPUTS") else Classes()


def decisions(outputs: np.ndarray) -> np.ndarray:
    """The class (frames,) of outputs (frames, classes): the largest; of a single output, whether it is 0.5 or more."""
    return (outputs[..., 0] >= 0.5).astype(np.int64) if outputs.shape[-1] == 1 else outputs.argmax(axis=-1)
