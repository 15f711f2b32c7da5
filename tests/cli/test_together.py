"""Commands at the same time, as processes of their own: one after the other on a design, side by side on two."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from accel import cache

ROOT = Path(__file__).parents[2]
HOLDER = """
import sys
from accel.cli import session
with session.started("hls", sys.argv[1]) as progress, progress.step("holding"):
    sys.stdin.read()
"""
CLEAN = "from accel.cli import main; main()"
WAITING = "waiting for another accel command on one\n"

Started = Callable[..., subprocess.Popen]


@pytest.fixture
def started(tmp_path: Path) -> Iterator[Started]:
    """Start a Python program with arguments, in an empty folder."""
    running = []

    def start(program: str, *arguments: str) -> subprocess.Popen:
        command = [sys.executable, "-c", program, *arguments]
        pipes = dict.fromkeys(("stdin", "stderr"), subprocess.PIPE)
        env = {**os.environ, "PYTHONPATH": str(ROOT), "XDG_CACHE_HOME": str(tmp_path / "cache")}
        running.append(subprocess.Popen(command, cwd=tmp_path, env=env, text=True, **pipes))
        return running[-1]

    yield start
    for process in running:
        process.kill()
        with process:
            pass  # closes its pipes and waits


def holds(process: subprocess.Popen) -> bool:
    return process.stderr.read(len("holding ...")) == "holding ..."


def test_a_design_is_one_commands_alone_until_that_ends_or_dies(started: Started, tmp_path: Path) -> None:
    first = started(HOLDER, "one")
    assert holds(first)
    log = tmp_path / "hls_projects" / "one" / "log" / "hls.log"
    log.write_text("of the first")
    second = started(HOLDER, "one")
    assert second.stderr.readline() == WAITING
    assert holds(started(HOLDER, "two"))
    assert log.read_text() == "of the first"
    first.kill()
    assert holds(second) and log.read_text() == ""
    third = started(HOLDER, "one")
    assert third.stderr.readline() == WAITING
    second.stdin.close()
    assert holds(third)


def test_what_a_killed_command_left_goes_and_what_another_one_makes_stays(started: Started, tmp_path: Path) -> None:
    design, builds = tmp_path / "hls_projects" / "one", tmp_path / "cache" / "accel" / "verilator-0"
    dead = [folder / f"{cache.DRAFTS}dead" for folder in (design, design / "sim", design / "hls" / "csim", builds)]
    for folder in dead:
        (folder / "half").mkdir(parents=True)
    with cache.scratch(builds) as living:
        dead[-1].mkdir(exist_ok=True)
        assert holds(started(HOLDER, "one"))
        assert living.is_dir() and not any(folder.exists() for folder in dead)


def test_what_runs_is_not_cleaned_away(started: Started, tmp_path: Path) -> None:
    running = started(HOLDER, "one")
    assert holds(running)
    clean = started(CLEAN, "clean")
    assert clean.stderr.readline() == WAITING
    assert (tmp_path / "hls_projects" / "one" / "log" / "hls.log").is_file()
    running.stdin.close()
    assert clean.wait(60) == 0 and not list((tmp_path / "hls_projects").iterdir())
