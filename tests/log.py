"""The log of a long run: what it finds, a line of JSON each, with which a run that was stopped goes on."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Generic, TypeVar

Key = TypeVar("Key", str, int)
Found = TypeVar("Found")


class Log(Generic[Key, Found]):
    """What was `found` so far, by name: at first what the file at `path` has, which `read` makes of a line's items.

    Found are dataclasses. Without a `path` nothing is kept; the file need not be there.
    """

    def __init__(self, path: Path | None, read: Callable[..., Found]) -> None:
        self._path = path
        self.found: dict[Key, Found] = {}
        for line in map(json.loads, path.open() if path and path.exists() else ()):
            name = line.pop("name")
            self.found[name] = read(**line)

    def add(self, name: Key, found: Found) -> None:
        """Enter it, in the file, too."""
        self.found[name] = found
        if self._path:
            with self._path.open("a") as file:
                print(json.dumps({"name": name} | asdict(found)), file=file)
