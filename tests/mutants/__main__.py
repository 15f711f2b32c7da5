"""Mutation testing of the RTL library: every fault of the list must turn its tests red.

    python -m tests.mutants [acc_fifo ...]

The faults are put into copies of the project, one at a time in each; the project itself is not touched. Exit status 1
if a fault survives, or if the tests are red without any.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue
from tempfile import TemporaryDirectory

from tests.mutants.faults import MUTANTS
from tests.mutants.mutant import Mutant

ROOT = Path(__file__).parents[2]
LIBRARY = Path("accel", "rtl", "lib")
JOBS = 2
SECONDS = 300  # a test that takes longer hangs, which is red, too


def copied(folder: Path) -> Path:
    """A copy of what the tests need."""
    for part in ("accel", "testbench", "tests"):
        shutil.copytree(ROOT / part, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


def green(tests: tuple[str, ...], folder: Path) -> bool:
    """Whether the tests pass in a copy."""
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", *tests]
    environment = {**os.environ, "PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, timeout=SECONDS, check=False)
    except subprocess.TimeoutExpired:
        return False
    return done.returncode == 0


def survives(mutant: Mutant, folder: Path) -> bool:
    """Whether the tests pass with the fault; the copy is as before afterwards."""
    file = folder / LIBRARY / f"{mutant.module}.sv"
    text = file.read_text()
    file.write_text(mutant.applied(text))
    try:
        return green(mutant.tests, folder)
    finally:
        file.write_text(text)


def in_copies(work: Callable, items: Iterable, folder: Path) -> Iterator:
    """``work(item, copy)`` for each item, in order, some at a time."""
    free: SimpleQueue[Path] = SimpleQueue()
    for job in range(JOBS):
        free.put(copied(folder / str(job)))

    def one(item: object) -> object:
        place = free.get()
        try:
            return work(item, place)
        finally:
            free.put(place)

    with ThreadPoolExecutor(JOBS) as pool:
        yield from pool.map(one, items)


def run(chosen: list[Mutant], folder: Path) -> int:
    """Print a line for each mutant and a last one that counts them; the exit status."""
    begun, survivors = time.monotonic(), 0
    narrow = sorted({mutant.tests for mutant in chosen})
    for tests, passed in zip(narrow, in_copies(green, narrow, folder / "sound"), strict=True):
        if not passed:
            print(f"red, or none to run, without any mutant: pytest {' '.join(tests)}")
            return 1
    for mutant, survived in zip(chosen, in_copies(survives, chosen, folder / "mutants"), strict=True):
        survivors += survived
        edit = " ".join(f"{mutant.old} -> {mutant.new}".split())
        print(f"{'SURVIVED' if survived else 'killed':9}{mutant.module}: {edit}", flush=True)
    seconds = time.monotonic() - begun
    print(f"{len(chosen)} mutants: {len(chosen) - survivors} killed, {survivors} survived; {seconds:.0f} s")
    return int(survivors > 0)


def main() -> int:
    modules = set(sys.argv[1:]) or {mutant.module for mutant in MUTANTS}
    with TemporaryDirectory(prefix="mutants-") as name:
        return run([mutant for mutant in MUTANTS if mutant.module in modules], Path(name))


if __name__ == "__main__":
    sys.exit(main())
