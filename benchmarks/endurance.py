"""How much memory a long sweep takes: the process that asks and tells, and the largest worker, point by point.

    python benchmarks/endurance.py lenet --points 2000

Each layer's widths are drawn at random, so that no point is like another. The sweep's own folder is not touched.
"""

from __future__ import annotations

import argparse
import os
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import psutil

from accel.cli import session, terminal

SPACE = """\
each: layer
weights: {bits: 3..12}
activations: {bits: 5..16}
sampler: random
"""
ROWS = 8
COMMAND = "import sys; from accel.cli import main; sys.exit(main())"
DONE = "SELECT count(*) FROM trials WHERE state IN ('COMPLETE', 'FAIL')"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model", help="folder of models/, or a model file")
    parser.add_argument("--points", type=int, default=2000, help="designs that are measured")
    options = parser.parse_args()
    return session.run(lambda: endure(str(options.model), options.points))


def endure(model: str, points: int) -> None:
    """Sweep and print the memory of its processes as the points become more."""
    with tempfile.TemporaryDirectory(prefix="accel-endurance-") as folder:
        space, store = Path(folder) / "space.yaml", Path(folder) / "study.db"
        space.write_text(SPACE)
        asked = ["--space", str(space), "--trials", str(points), "--confirm", "0", "--store", f"sqlite:///{store}"]
        with subprocess.Popen([sys.executable, "-c", COMMAND, "sweep", model, *asked]) as sweep:
            rows = list(watched(sweep, store, points))
    terminal.table(("points", "seconds", "coordinator, MB", "largest worker, MB"), rows)


def watched(sweep: subprocess.Popen, store: Path, points: int) -> Iterator[tuple[int, str, str, str]]:
    """A row each time that another eighth of the points is done."""
    began, step, wanted = time.monotonic(), max(1, points // ROWS), 1
    while sweep.poll() is None:
        done = counted(store)
        if done >= wanted:
            coordinator, *others = (f"{size / 2**20:.0f}" for size in memory(sweep.pid))
            yield done, f"{time.monotonic() - began:.0f}", coordinator, others[0] if others else "-"
            wanted = done + step
        time.sleep(1)


def counted(store: Path) -> int:
    """Points that the study has."""
    if store.exists():
        with suppress(sqlite3.OperationalError), closing(sqlite3.connect(f"file:{store}?mode=ro", uri=True)) as base:
            return int(base.execute(DONE).fetchone()[0])
    return 0


def memory(root: int) -> Iterator[int]:
    """Bytes of a process, and of the largest of those below it."""
    process = psutil.Process(root)
    yield process.memory_info().rss
    sizes = []
    for child in process.children(recursive=True):
        with suppress(psutil.NoSuchProcess):
            sizes.append(child.memory_info().rss)
    yield from [max(sizes)] if sizes else []


if __name__ == "__main__":
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    sys.exit(main())
