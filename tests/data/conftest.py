from __future__ import annotations

import pytest

from accel.data.datasets import MARKERS, find
from accel.progress import Silent

# Without any data set there is nothing to collect there, rather than tests that count as skipped.
collect_ignore = [] if any(map(find, MARKERS)) else ["test_published.py"]


class Heard(Silent):
    """Keeps what it is told."""

    def __init__(self) -> None:
        self.told: list[tuple[int, int]] = []

    def advance(self, done: int, total: int) -> None:
        self.told.append((done, total))


@pytest.fixture
def heard() -> Heard:
    return Heard()
