"""Which files `make run` is given, and what the model makes of them."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType

from accel import rows
from accel.data import shaped, tensors
from accel.data.given import Given, Input
from accel.errors import AccelError

GENERATED = "-"


def files(texts: Sequence[str], accepted: Sequence[str]) -> list[Path]:
    """The files that ``texts`` name: each a file, a folder (all files in it that have one of the ``accepted``
    suffixes), or several of these as in a shell, with patterns like `*.wav`. `GENERATED` names none.

    Raises:
        AccelError: there is no such file, or it is of another kind.
    """
    found = [path for text in texts if text != GENERATED for path in _named(text, accepted)]
    for path in found:
        if path.suffix.lower() not in accepted:
            raise AccelError(f"{path}: expected a file of {', '.join(accepted)}, as the model's inputs are")
    return found


def _named(text: str, accepted: Sequence[str]) -> list[Path]:
    path = Path(text).expanduser()
    if path.is_file():
        return [path]
    if path.is_dir():
        inside = [file for file in sorted(path.rglob("*")) if file.is_file() and not file.name.startswith(".")]
        if not (kept := [file for file in inside if file.suffix.lower() in accepted]):
            raise AccelError(f"{path}: no file of {', '.join(accepted)} among the {len(inside)} in this folder")
        return kept
    try:
        words = shlex.split(text)
    except ValueError:
        words = [text]
    if len(words) > 1:
        return [file for word in words for file in _named(word, accepted)]
    matching = sorted(Path().glob(text)) if text and not path.is_absolute() else sorted(path.parent.glob(path.name))
    if not matching or not any(sign in text for sign in "*?["):
        raise AccelError(f"no file '{text}': expected a file of {', '.join(accepted)}, a folder of such, or -")
    return [file for one in matching for file in _named(str(one), accepted)]


def accepted(definition: ModuleType | None) -> tuple[str, ...]:
    """The suffixes of files that a model reads."""
    return tuple(dict.fromkeys((*getattr(kind(definition), "suffixes", ()), *tensors.SUFFIXES)))


def kind(definition: ModuleType | None) -> Input | None:
    """What the model says of its inputs; None where it says nothing."""
    return getattr(definition, "INPUT", None)


def read(path: Path, own: Input | None, inputs: Sequence[shaped.Input]) -> list[Given]:
    """The examples of a file: as the model reads it, else as tensors for the network's ``inputs``.

    Raises:
        AccelError: it is damaged or none.
    """
    if own is None or path.suffix.lower() not in own.suffixes:
        return tensors.read(path, inputs)
    found, shape = own.read(path), rows.shape([one.shape for one in inputs])
    if wrong := next((given for given in found if given.x.shape[1:] != shape), None):
        raise AccelError(f"{wrong.name}: read as {wrong.x.shape[1:]}; the network expects {shape}")
    return found
