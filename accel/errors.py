"""The one exception a user ever sees."""

from __future__ import annotations


class AccelError(Exception):
    """A user-facing error: one line that says what came, what was expected and what would work; exit status 2."""
