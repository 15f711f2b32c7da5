"""What a long computation tells about how far it is. The command line shows it; a library user hears nothing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol


class Progress(Protocol):
    """Steps, one after the other or one inside the other."""

    def step(self, title: str) -> AbstractContextManager[None]:
        """The time in which `title` (a few words: "compiling the C simulation") is being done."""

    def advance(self, done: int, total: int) -> None:
        """`done` of `total` pieces of the innermost step are finished; `total` is 0 where nobody knows."""


class Silent:
    """Shows nothing."""

    @contextmanager
    def step(self, title: str) -> Iterator[None]:
        """Do what is inside."""
        yield

    def advance(self, done: int, total: int) -> None:
        """Nothing."""


SILENT = Silent()
