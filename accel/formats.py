"""The kinds of model files that can be read: the one list that commands, refusals and `doctor` go by."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Format:
    """One kind of model file: its suffixes, what it is in words, and the module of `accel.intake` with its reader, a
    function `read(path) -> Reading`, which is imported when the first such file comes.
    """

    suffixes: tuple[str, ...]
    words: str
    module: str


FORMATS = (Format((".keras", ".h5"), "Keras", "keras_file"),)

SUFFIXES = tuple(suffix for kind in FORMATS for suffix in kind.suffixes)

LISTED = f"{', '.join(SUFFIXES[:-1])} or {SUFFIXES[-1]}"
"""The suffixes as a sentence has them."""


def of(path: Path) -> Format:
    """The format that the suffix of `path`, one of `SUFFIXES`, stands for."""
    return next(kind for kind in FORMATS if path.suffix in kind.suffixes)
