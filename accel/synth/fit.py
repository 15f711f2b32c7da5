"""Fits the coefficients of the resource model to synthesised instances: a robust non-negative fit of relative errors.

Non-negative, as nothing that a module has makes it smaller; relative, as small modules are to be predicted as well as
large ones; robust, as constants now and then make a module vanish that others of the same parameters need.
The error is measured by cross-validation: each instance is predicted from the others, in `FOLDS` parts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import least_squares

from accel.synth.estimate import KINDS, Coefficients, Fit
from accel.synth.families import Resources
from accel.synth.terms import Parts, typical

FOLDS = 8
USUAL = 0.05
"""Relative errors below count by their square, larger ones by their size (`soft_l1` of scipy)."""
SMALL = 20
"""Errors of fewer look-up tables or flip-flops than a part of this count as that part."""


@dataclass(frozen=True)
class Sample:
    """One synthesised instance: its module, its terms, and what Yosys made of it."""

    module: str
    parts: Parts
    taken: Resources


def fit(samples: Iterable[Sample], like: Coefficients | None = None) -> dict[str, dict[str, Fit]]:
    """Coefficients by module and kind. They depart from those of another family that this one is ``like``, or else from
    what is typical, as far as the samples say so.
    """
    by_module: dict[str, list[Sample]] = {}
    for sample in samples:
        by_module.setdefault(sample.module, []).append(sample)
    known = like or {}
    return {
        name: {kind: _fit(own, kind, known[name][kind].coefficients if name in known else {}) for kind in KINDS}
        for name, own in sorted(by_module.items())
    }


def _fit(samples: Sequence[Sample], kind: str, known: Mapping[str, float]) -> Fit:
    terms = [getattr(sample.parts, kind) for sample in samples]
    names = sorted({name for own in terms for name in own})
    counts = np.array([[own[name] for name in names] for own in terms], float)
    taken = np.array([getattr(sample.taken, kind) for sample in samples], float)
    usual = np.array([known.get(name, typical(kind, name)) for name in names])
    errors = relative(_left_out(counts, taken, usual), taken)
    found = _solve(counts, taken, usual)
    return Fit(
        {name: round(float(one), 4) for name, one in zip(names, found, strict=True)},
        round(float(np.median(errors)), 4),
        round(float(errors.max()), 4),
        len(samples),
    )


def relative(predicted: np.ndarray, taken: np.ndarray) -> np.ndarray:
    """Errors as parts of what was taken."""
    return np.abs(predicted - taken) / np.maximum(taken, SMALL)


def _left_out(counts: np.ndarray, taken: np.ndarray, usual: np.ndarray) -> np.ndarray:
    """Each instance as predicted from those of the other folds."""
    folds, predicted = np.arange(len(taken)) % FOLDS, np.zeros(len(taken))
    for fold in range(FOLDS):
        out = folds == fold
        if out.any():
            predicted[out] = counts[out] @ _solve(counts[~out], taken[~out], usual)
    return predicted


def _solve(counts: np.ndarray, taken: np.ndarray, usual: np.ndarray) -> np.ndarray:
    """Coefficients of the columns of ``counts`` (instances, terms). Each departs from the ``usual`` one at the price
    of an error of one instance, so that a term of few instances does not take their noise.
    """
    weights = 1 / np.maximum(taken, SMALL)
    shares = counts * weights[:, None]
    price = np.sqrt((shares**2).mean(axis=0)) + 1e-6
    rows, wanted = np.vstack([shares, np.diag(price)]), np.concatenate([taken * weights, price * usual])
    rows /= price
    made = least_squares(
        lambda x: rows @ x - wanted, usual * price, lambda x: rows, (0, np.inf), loss="soft_l1", f_scale=USUAL
    )
    return made.x / price
