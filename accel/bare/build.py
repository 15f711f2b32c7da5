"""Compiling a folder of plain C++ and running it."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from accel.errors import AccelError
from accel.sim import tools

FLAGS = ("-std=c++17", "-O2", "-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Werror")


def compiled(folder: Path, place: Path) -> Path:
    """Compile all of the folder's files to a program in the folder ``place``; returns its path.

    Raises:
        AccelError: there is no compiler, or it warns.
    """
    sources = sorted(str(file.resolve()) for file in folder.glob("*.cpp"))
    program = place.resolve() / "network"
    tools.run([str(tools.compiler().path), *FLAGS, *sources, "-o", str(program)], place, f"compiling {folder}")
    return program


def outputs(program: Path, raw: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """Raw outputs, int64 (frames, *shape), that the program gives for raw inputs (frames, *input shape).

    Raises:
        AccelError: it ends with an error, or gives another number of outputs.
    """
    folder = program.parent
    raw.astype("<i8").tofile(folder / "in.bin")
    tools.run([str(program), "--raw", "in.bin", "out.bin"], folder, "running the C++")
    made = np.fromfile(folder / "out.bin", "<i8")
    if made.size != len(raw) * int(np.prod(shape)):
        raise AccelError(f"the C++ gave {made.size} integers for {len(raw)} frames; expected {np.prod(shape)} each")
    return made.reshape(len(raw), *shape)
