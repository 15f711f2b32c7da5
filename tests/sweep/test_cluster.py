"""A Dask cluster of processes of their own: a scheduler and three workers, one of them killed in the middle."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from accel.sweep import pool

ROOT = Path(__file__).parents[2]
JOBS, WORKERS = 24, 3

pytestmark = pytest.mark.xdist_group("dask")


def work(shared: Path, number: int) -> int:
    """A short piece of work that leaves a trace of the process that did it."""
    time.sleep(0.3)
    (shared / f"{number}-{os.getpid()}").touch()
    return number * number


@contextlib.contextmanager
def running(*command: str) -> Iterator[subprocess.Popen[bytes]]:
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(
        [sys.executable, "-m", *command], env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        yield process
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()


@pytest.fixture
def scheduler(tmp_path: Path) -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with running("distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", str(port), "--no-dashboard"):
        yield f"tcp://127.0.0.1:{port}"


def test_a_worker_of_a_cluster_that_is_killed_costs_no_point(scheduler: str, tmp_path: Path) -> None:
    arguments = ["distributed.cli.dask_worker", scheduler, "--no-nanny", "--nthreads", "1", "--no-dashboard"]
    with contextlib.ExitStack() as stack:
        started = [stack.enter_context(running(*arguments)) for _ in range(WORKERS)]
        working = stack.enter_context(pool.workers(work, tmp_path, scheduler))
        working._client.wait_for_workers(WORKERS, timeout=120)
        found = {}
        for number, outcome in working.finished((n, n) for n in range(JOBS)):
            found[number] = outcome
            if len(found) == JOBS // 3:
                started[0].kill()
    assert found == {number: number * number for number in range(JOBS)}
    workers = {file.name.partition("-")[2] for file in tmp_path.iterdir()}
    assert {str(process.pid) for process in started} <= workers
