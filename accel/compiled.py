"""Functions that numba compiles for the machine they run on."""

from __future__ import annotations

from collections.abc import Callable

import numba


def compiled(function: Callable) -> Callable:
    """``function``, compiled at its first call and kept on disk.

    It is kept beside its source, else in the user's cache; where neither can be written, every process compiles it
    again. What is kept is renewed when the function's own file changes, so it must call compiled functions of that
    file only.
    """
    options = {"error_model": "numpy", "nogil": True}
    try:
        return numba.njit(cache=True, **options)(function)
    except RuntimeError:  # no place to keep it
        return numba.njit(**options)(function)
