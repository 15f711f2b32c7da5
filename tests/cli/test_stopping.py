"""Signals in the middle of real work: one line, the exit status, and no process left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from accel import cache
from tests.sim.conftest import write_toy

ROOT = Path(__file__).parents[2]
COMPILE = """
from pathlib import Path
from accel.hls.csim import compile_project
work = lambda: compile_project(Path("project"), "top")
"""
SIMULATE = """
import sys
import numpy as np
from accel.rtl.folder import RtlFolder
from accel.sim.runner import cosimulate
work = lambda: cosimulate(RtlFolder.read(sys.argv[1]), np.load("in.npy"), np.load("out.npy"), back_to_back=100_000)
"""
HEEDING = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)\n"
"""As a terminal starts a command, even where the tests run in a shell's background, which ignores the signal."""

RUN = """
import sys
from accel.cli import session
def command():
    with session.started("cosim", "toy"):
        work()
sys.exit(session.run(command))
"""
SLOW = "constexpr long sum(long n) { long s = 0; for (long i = 0; i < n; ++i) s += i; return s; }\n" + "".join(
    f"constexpr long s{i} = sum({10_000_000 + i});\n" for i in range(100)
)


def session_of(leader: int) -> dict[int, str]:
    """Names of the living processes of a session, its leader left out, by number."""
    found = {}
    for file in Path("/proc").glob("[0-9]*/stat"):
        try:
            name, state, _, _, session, *_ = file.read_text().partition("(")[2].replace(")", "").split()
        except (OSError, ValueError):
            continue
        if int(session) == leader != int(file.parent.name) and state not in "ZX":
            found[int(file.parent.name)] = name
    return found


def stopped(program: str, awaited: str, number: signal.Signals, folder: Path, *arguments: str) -> tuple[int, list[str]]:
    """Send the program, once a child called ``awaited`` runs, a signal; its exit status and stderr's lines."""
    command = [sys.executable, "-c", HEEDING + program + RUN, *arguments]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(command, cwd=folder, env=env, text=True, stderr=subprocess.PIPE, start_new_session=True)
    deadline = time.monotonic() + 120
    while awaited not in session_of(process.pid).values():
        assert process.poll() is None and time.monotonic() < deadline, process.communicate()
        time.sleep(0.05)
    os.kill(process.pid, number)
    told = process.communicate(timeout=30)[1]
    assert session_of(process.pid) == {}
    return process.returncode, told.splitlines()


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_compilers_end(number: signal.Signals, status: int, tmp_path: Path) -> None:
    (tmp_path / "project" / "firmware").mkdir(parents=True)
    for name in ("firmware/top.cpp", "top_bridge.cpp"):
        (tmp_path / "project" / name).write_text(SLOW)
    assert stopped(COMPILE, "cc1plus", number, tmp_path) == (status, ["interrupted"])
    assert list((tmp_path / "project" / "csim").iterdir()) == []


@pytest.mark.parametrize("awaited", ["cc1plus", "toy"])
def test_simulators_end_while_they_are_built_and_while_they_run(awaited: str, tmp_path: Path) -> None:
    design = write_toy(tmp_path, frames=100_000)
    np.save(tmp_path / "in.npy", design.inputs)
    np.save(tmp_path / "out.npy", design.expected)
    told = stopped(SIMULATE, awaited, signal.SIGINT, tmp_path, str(design.folder))
    assert told == (130, ["interrupted"])
    assert not list((tmp_path / "sim").glob(f"{cache.DRAFTS}*"))


def test_an_ignored_signal_stays_ignored(tmp_path: Path) -> None:
    """As a shell does for what it starts in the background."""
    program = "import os, signal; signal.signal(signal.SIGINT, signal.SIG_IGN)\n"
    program += "work = lambda: os.kill(os.getpid(), signal.SIGINT)\n"
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    assert subprocess.run([sys.executable, "-c", program + RUN], cwd=tmp_path, env=env).returncode == 0
