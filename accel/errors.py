"""The one exception a user ever sees."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class AccelError(Exception):
    """A user-facing error: one line that says what came, what was expected and what would work; exit status 2."""


def near(name: str, known: Iterable[str]) -> str:
    """The end of an error message: the known names closest to `name`, or all of them."""
    known = list(known)
    close = difflib.get_close_matches(name, known, n=4, cutoff=0.5)
    return f"did you mean {' or '.join(close)}?" if close else f"known: {', '.join(known) or 'none'}"
