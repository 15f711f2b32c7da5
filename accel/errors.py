"""The one exception a user ever sees."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import Any


class AccelError(Exception):
    """A user-facing error: one line that says what came, what was expected and what would work; exit status 2."""


class Refusal(AccelError):
    """Of a `layer`, or of a whole model where that is None: one of as many as there are in it."""

    def __init__(self, text: str, layer: str | None = None) -> None:
        super().__init__(text)
        self.layer = layer


MOST = 800
"""Characters that another package's message may have in a line of ours."""


def in_line(error: Exception) -> str:
    """What another package's error says, in one line."""
    return shortened(" ".join(str(error).split()))


def shortened(text: str) -> str:
    """Of a very long line both ends, where causes stand."""
    return text if len(text) <= MOST else f"{text[: MOST // 2]} ... {text[-MOST // 2 :]}"


def near(name: str, known: Iterable[str]) -> str:
    """The end of an error message: the known names closest to `name`, or all of them."""
    known = list(known)
    close = difflib.get_close_matches(name, known, n=4, cutoff=0.5)
    return f"did you mean {' or '.join(close)}?" if close else f"known: {', '.join(known) or 'none'}"


def told(error: Any, known: Iterable[str]) -> str:
    """One of pydantic's errors in a line: the key, what came and what is expected. ``known`` are the keys there are."""
    key = ".".join(str(part) for part in error["loc"])
    if error["type"] == "extra_forbidden":
        return f"unknown key '{key}'; {near(str(error['loc'][-1]), known)}"
    if error["type"] == "missing":
        return f"{key}: is missing; expected {', '.join(known)}"
    expected = error["msg"].removeprefix("Input should be ").removeprefix("Value error, ")
    quoted = " in quotes" if error["type"] == "int_type" and str(error["input"]).isdecimal() else ""
    return f"{key}: expected {expected}, got '{error['input']}'{quoted}"
