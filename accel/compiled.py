"""Functions that numba compiles for the machine they run on."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numba

_njit = partial(numba.njit, error_model="numpy", nogil=True)


def compiled(function: Callable) -> Callable:
    """``function``, compiled at its first call and kept on disk.

    It is kept beside its source, else in the user's cache; where neither can be written, every process compiles it
    again. What is kept is renewed when the function's own file changes, so it must call compiled functions of that
    file only.
    """
    try:
        return _njit(cache=True)(function)
    except RuntimeError:  # no place to keep it
        return _njit()(function)


def inlined(function: Callable) -> Callable:
    """``function``, for compiled ones of its file that are fast only with its body in the place of a call."""
    return _njit(inline="always")(function)
