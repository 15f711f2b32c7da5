"""A study in PostgreSQL, of a server that the test starts."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from accel.sweep.figures import Limits
from accel.sweep.study import Study
from tests.sweep.conftest import PLAIN
from tests.sweep.test_study import PARAMETERS

INSTALLED = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))


def command(name: str) -> str | None:
    """The path of one of PostgreSQL's programs."""
    return shutil.which(name) or (str(INSTALLED[-1].with_name(name)) if INSTALLED else None)


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """The URL of an empty database."""
    if command("initdb") is None:
        pytest.skip("PostgreSQL is not installed; on Debian: sudo apt-get install postgresql")
    with tempfile.TemporaryDirectory(prefix="accel-postgres-") as folder:
        yield from served(Path(folder))


def served(folder: Path) -> Iterator[str]:
    """A server with its data in ``folder``, until the test is done."""
    user = "nobody" if os.geteuid() == 0 else None  # it does not run as root
    if user:
        os.chown(folder, pwd.getpwnam(user).pw_uid, -1)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]

    def run(*words: str) -> None:
        subprocess.run(words, user=user, cwd=folder, check=True, capture_output=True)

    data = str(folder / "data")
    run(command("initdb"), "-D", data, "-U", "tester", "-A", "trust")
    settings = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder}"
    run(command("pg_ctl"), "-D", data, "-w", "-l", str(folder / "log"), "-o", settings, "start")
    try:
        yield f"postgresql+psycopg://tester@127.0.0.1:{port}/postgres"
    finally:
        run(command("pg_ctl"), "-D", data, "-m", "immediate", "stop")


def test_a_study_is_kept_and_gone_on_with(server: str) -> None:
    study = Study(server, "net", "a", PARAMETERS, ("accuracy", "usage"), "grid")
    told = study.ask()
    study.tell(told, PLAIN, Limits())
    lost = study.ask().params
    again = Study(server, "net", "a", PARAMETERS, ("accuracy", "usage"), "grid")
    assert [point.figures for point in again.done()] == [PLAIN]
    rest = [again.ask().params for _ in range(7)]
    assert lost in rest and told.params not in rest
