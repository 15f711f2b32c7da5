"""Outputs compared with the float model's."""

from __future__ import annotations

import numpy as np

from accel.data.judging import ACCURACY, Classes, Judge
from accel.errors import AccelError
from accel.report.facts import Comparison


def compare(
    name: str,
    got: np.ndarray,
    reference: np.ndarray,
    step: float,
    truth: np.ndarray | None = None,
    judge: Judge = Classes(),
) -> Comparison:
    """Compare a witness's outputs with the float model's.

    Args:
        name: of the witness, e.g. "C simulation".
        got, reference: (frames, values), as numbers, not raw integers.
        step: the value of the least significant bit of ``got``.
        truth: of each frame, where it is known: what ``judge`` measures the outputs with.
        judge: what the outputs are.

    Raises:
        AccelError: the arrays do not belong together.
    """
    if got.shape != reference.shape or not len(got) or (truth is not None and len(truth) != len(got)):
        given = f"{got.shape}, {reference.shape}" + ("" if truth is None else f" and {truth.shape} labels")
        raise AccelError(f"{name}: outputs of the same frames were expected, got {given}")
    error = np.abs(got.astype(np.float64) - reference)
    found = scores(judge, got, truth)
    return Comparison(
        name,
        len(got),
        float(error.max()),
        float(error.max() / step),
        float(error.mean()),
        judge.agreement(got, reference),
        found.pop(ACCURACY, None),
        tuple(found.items()),
        judge.decided,
    )


def sqnr(got: np.ndarray, reference: np.ndarray) -> float | None:
    """The signal-to-quantisation-noise ratio in dB of a layer's outputs, as numbers, against the float model's: the
    power of these by that of the difference. None where either is zero.
    """
    reference = np.asarray(reference, np.float64)
    signal, noise = np.square(reference).sum(), np.square(got - reference).sum()
    return float(10 * np.log10(signal / noise)) if signal and noise else None


def scores(judge: Judge, outputs: np.ndarray, truth: np.ndarray | None) -> dict[str, float]:
    """How right outputs (frames, values) are, by the measure's name; nothing where the truth is not known."""
    return {} if truth is None else {name: float(score) for name, score in judge.scores(outputs, truth).items()}
