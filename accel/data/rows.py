"""The lines of a table, each one frame of a network."""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from accel.data.given import Given
from accel.errors import AccelError

MOST = 256
"""Lines that a file may have."""


@dataclass(frozen=True)
class Rows:
    """A table with ``columns``, named in its first line in any order; others are passed over.

    ``encode`` makes an input (*shape) of a line's cells by column, and raises ValueError or KeyError where one is
    not as expected. ``made`` are the cells of a made-up line.
    """

    columns: tuple[str, ...]
    encode: Callable[[Mapping[str, str]], np.ndarray]
    made: Mapping[str, str]

    suffixes = (".csv",)

    def read(self, path: Path) -> list[Given]:
        """A frame for each line.

        Raises:
            AccelError: a column is missing, a cell is not as expected, or there are no or too many lines.
        """
        try:
            with path.open(newline="", encoding="utf-8-sig") as file:
                table = csv.DictReader(file, skipinitialspace=True)
                found = [name.strip() for name in table.fieldnames or ()]
                table.fieldnames = found
                lines = [(table.line_num, cells) for cells in table]
        except (OSError, UnicodeDecodeError, csv.Error) as error:
            raise AccelError(f"{path}: not readable as a table: {error}") from error
        if missing := [name for name in self.columns if name not in found]:
            raise AccelError(f"{path}: no column {missing[0]}; expected {', '.join(self.columns)} in its first line")
        if not 1 <= len(lines) <= MOST:
            raise AccelError(f"{path}: {len(lines):,} lines behind the first; expected 1 to {MOST}")
        return [self._line(path, number, cells) for number, cells in lines]

    def generated(self) -> Given:
        """The line ``made``."""
        return Given("generated", self._frame(self.made), ("made up", _words(self.made)))

    def _line(self, path: Path, number: int, cells: Mapping[str, str]) -> Given:
        try:
            own = {name: (cells[name] or "").strip() for name in self.columns}
            x = self._frame(own)
        except (ValueError, KeyError) as error:
            told = f"unexpected {error}" if isinstance(error, KeyError) else error
            raise AccelError(f"{path}, line {number}: {told}") from error
        if not np.isfinite(x).all():
            raise AccelError(f"{path}, line {number}: nan or infinity; expected finite numbers")
        return Given(f"{path.name}, line {number}", x, (_words(own),))

    def _frame(self, cells: Mapping[str, str]) -> np.ndarray:
        return np.asarray(self.encode(cells), np.float32)[None]


def _words(cells: Mapping[str, str]) -> str:
    return ", ".join(f"{name} {cell}" for name, cell in cells.items())
