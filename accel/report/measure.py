"""Outputs compared with the float model's."""

from __future__ import annotations

import numpy as np

from accel.errors import AccelError
from accel.report.facts import Comparison


def compare(
    name: str, got: np.ndarray, reference: np.ndarray, step: float, labels: np.ndarray | None = None
) -> Comparison:
    """Compare a witness's outputs with the float model's.

    Args:
        name: of the witness, e.g. "C simulation".
        got, reference: (frames, *shape), as numbers, not raw integers; the last axis holds the classes.
        step: the value of the least significant bit of ``got``.
        labels: class numbers (frames,), where the frames have any.

    Raises:
        AccelError: the arrays do not belong together.
    """
    if got.shape != reference.shape or not len(got) or (labels is not None and len(labels) != len(got)):
        given = f"{got.shape}, {reference.shape}" + ("" if labels is None else f" and {labels.shape} labels")
        raise AccelError(f"{name}: outputs of the same frames were expected, got {given}")
    error = np.abs(got.astype(np.float64) - reference)
    decided = decisions(got)
    return Comparison(
        name,
        len(got),
        float(error.max()),
        float(error.max() / step),
        float(error.mean()),
        float(np.mean(decided == decisions(reference))),
        accuracy(got, labels),
    )


def sqnr(got: np.ndarray, reference: np.ndarray) -> float | None:
    """The signal-to-quantisation-noise ratio in dB of a layer's outputs, as numbers, against the float model's: the
    power of these by that of the difference. None where either is zero.
    """
    reference = np.asarray(reference, np.float64)
    signal, noise = np.square(reference).sum(), np.square(got - reference).sum()
    return float(10 * np.log10(signal / noise)) if signal and noise else None


def accuracy(outputs: np.ndarray, labels: np.ndarray | None) -> float | None:
    """The fraction of frames decided as their label says; None without labels."""
    return None if labels is None else float(np.mean(decisions(outputs) == labels))


def decisions(outputs: np.ndarray) -> np.ndarray:
    """The class (frames,) of outputs (frames, classes): the largest; of a single output, whether it is 0.5 or more."""
    return (outputs[..., 0] >= 0.5).astype(np.int64) if outputs.shape[-1] == 1 else outputs.argmax(axis=-1)
