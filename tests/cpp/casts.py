"""The casts that both ``fixed.py`` and ``acc_requant`` are checked on."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np

from accel.fixed import Fixed, Overflow, Rounding

# source width, integer -> destination width, integer
NARROW_SHAPES = (
    (6, 3, 3, 2),  # fraction and integer part shrink
    (6, 2, 4, 4),  # fraction shrinks to none, integer part grows
    (5, 5, 4, -1),  # fraction grows, negative integer part
    (6, -2, 3, -1),  # both of negative integer part
    (5, 1, 2, 6),  # negative fraction; more bits dropped than there are
    (4, 1, 3, 4),  # all bits dropped
    (3, -2, 4, 1),  # the source lies two bits below the rounding bit or less
    (5, 8, 4, 9),  # both integers beyond the width
    (4, 2, 1, 1),  # a single bit
    (5, 2, 5, 2),  # nothing but the sign changes
)
MODES = tuple(itertools.product(Rounding, Overflow))


@dataclass(frozen=True)
class Cast:
    """One assignment ``dst = src`` and the raw source values to try."""

    src: Fixed
    dst: Fixed
    raw: np.ndarray


def every_raw(fixed: Fixed) -> np.ndarray:
    """All raw values of a narrow type."""
    return np.arange(fixed.lo, fixed.hi + 1)


def narrow_casts() -> list[Cast]:
    """All values of small types, over all modes and signs."""
    casts = []
    for (w, i, dw, di), signed, dst_signed in itertools.product(NARROW_SHAPES, (False, True), (False, True)):
        src = Fixed(w, i, signed)
        casts += [Cast(src, Fixed(dw, di, dst_signed, *modes), every_raw(src)) for modes in MODES]
    return casts


def wide_casts(per_mode: int = 2, max_src: int = 60, max_dst: int = 60, values: int = 64) -> list[Cast]:
    """Random values of random wide types, all modes; the first values are the ends of the range and what is next to
    them.
    """
    random = np.random.default_rng(7)
    casts = []
    for modes in MODES * per_mode:
        width, dst_width = (int(w) for w in random.integers((12, 8), (max_src + 1, max_dst + 1)))
        integer = int(random.integers(-4, width + 5))
        src = Fixed(width, integer, bool(random.integers(2)))
        dst = Fixed(dst_width, integer + int(random.integers(-6, 3)), bool(random.integers(2)), *modes)
        raw = random.integers(src.lo, src.hi, values, endpoint=True, dtype=np.int64)
        raw >>= random.integers(0, width, values)  # all magnitudes
        edges = [src.lo, src.lo + 1, -1 if src.signed else 1, 0, src.hi - 1, src.hi]
        raw[: len(edges)] = edges
        casts.append(Cast(src, dst, raw))
    return casts
