"""What is known of one design of a search, and which designs no other beats."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from accel.errors import AccelError
from accel.sweep.scope import OBJECTIVES

RISING = ("accuracy", "agreement")
"""Objectives that are to be large; all others are to be small."""


@dataclass(frozen=True)
class Figures:
    """Measured with the integer model on the validation split, and predicted from the plan.

    ``accuracy`` (None without labels) and ``agreement`` with the float model are fractions of the frames.
    ``weight_bits`` and ``data_bits`` are means over weights and over what layers put out. ``ii`` and ``latency`` are in
    cycles. ``lut`` and ``ff`` are None for a family without a model of them. ``usage`` is the largest share of the
    part's resources, that of ``limit``; ``area`` is the sum of the shares.
    """

    accuracy: float | None
    agreement: float
    weight_bits: float
    data_bits: float
    ii: int
    latency: int
    dsp: float
    bram36: float
    lut: int | None
    ff: int | None
    usage: float
    limit: str
    area: float

    @property
    def bits(self) -> float:
        """Mean bits of a weight and of a value together."""
        return self.weight_bits + self.data_bits


@dataclass(frozen=True)
class Done:
    """A point that was evaluated: its ``number`` in the study, the parameters' values, and its figures, or the reason
    why there are none. ``excess`` is how far each constraint is missed, by name; 0 or less where it is met.
    """

    number: int
    point: Mapping[str, Any]
    figures: Figures | None
    reason: str = ""
    excess: Mapping[str, float] | None = None

    @property
    def feasible(self) -> bool:
        """It has figures and meets every constraint."""
        return self.figures is not None and all(value <= 0 for value in (self.excess or {}).values())


@dataclass(frozen=True)
class Limits:
    """What a design must keep: at most so much ``drop`` below the ``reference`` accuracy (or agreement of 1), a
    fraction; at least so much ``agreement``; at most so many cycles; and that it fits the part.
    """

    drop: float | None = None
    reference: float | None = None
    agreement: float | None = None
    ii: int | None = None
    latency: int | None = None

    def excess(self, figures: Figures) -> dict[str, float]:
        """How far each limit is missed, by name; 0 or less where it is kept."""
        found = {"fits": figures.usage - 1}
        if self.drop is not None:
            kept = figures.agreement if self.reference is None else figures.accuracy
            found["max_drop"] = round((self.reference or 1.0) - self.drop - kept, 9)
        if self.agreement is not None:
            found["agreement"] = round(self.agreement - figures.agreement, 9)
        if self.ii is not None:
            found["max_ii"] = figures.ii / self.ii - 1
        if self.latency is not None:
            found["max_latency"] = figures.latency / self.latency - 1
        return found

    def missed(self, figures: Figures) -> bool:
        """Whether any of them is."""
        return any(value > 0 for value in self.excess(figures).values())


def values(figures: Figures, objectives: Sequence[str]) -> list[float]:
    """The figures asked for, in order.

    Raises:
        AccelError: one is not known of this design.
    """
    found = [getattr(figures, name) for name in objectives]
    if None in found:
        raise AccelError(f"objective '{objectives[found.index(None)]}': not known for this model or part")
    return found


def front(done: Sequence[Done], objectives: Sequence[str]) -> list[Done]:
    """Of the feasible points those that no other one beats: as good in every objective and better in one.

    Of points alike in all objectives the first counts. Sorted by the first objective, best first.
    """
    candidates = [point for point in done if point.feasible]
    scores = [_costs(point.figures, objectives) for point in candidates]
    kept = [
        index
        for index, mine in enumerate(scores)
        if not any(
            all(a <= b for a, b in zip(other, mine, strict=True)) and (other != mine or at < index)
            for at, other in enumerate(scores)
            if at != index
        )
    ]
    return [candidates[index] for index in sorted(kept, key=lambda index: scores[index])]


def best(done: Sequence[Done], objectives: Sequence[str]) -> Done | None:
    """The feasible point with the least costs, one objective after the other; None where there is none."""
    return min((point for point in done if point.feasible), key=lambda p: _costs(p.figures, objectives), default=None)


def _costs(figures: Figures, objectives: Sequence[str]) -> tuple[float, ...]:
    return tuple(
        -value if name in RISING else value for name, value in zip(objectives, values(figures, objectives), strict=True)
    )


def check_objectives(objectives: Sequence[str], labelled: bool) -> None:
    """Refuse what cannot be measured.

    Raises:
        AccelError: accuracy is asked for, and the examples have no labels; or an objective comes twice.
    """
    if "accuracy" in objectives and not labelled:
        known = ", ".join(name for name in OBJECTIVES if name != "accuracy")
        raise AccelError(f"objective 'accuracy': the examples have no labels; expected one of: {known}")
    if len(set(objectives)) != len(objectives):
        raise AccelError(f"objectives {', '.join(objectives)}: one comes twice; expected each once")
