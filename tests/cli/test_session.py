"""Exit status and the one line for whatever goes wrong, and where everything else goes."""

from __future__ import annotations

import errno
import logging
import os
import subprocess
import sys
import warnings
from pathlib import Path

import pytest

from accel.cli import session
from accel.errors import AccelError


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(session.tempfile, "tempdir", None)
    monkeypatch.delenv("ACCEL_DEBUG", raising=False)
    root, ours = logging.getLogger(), logging.getLogger("accel")
    levels = root.level, ours.level, logging.raiseExceptions
    yield
    root.setLevel(levels[0])
    ours.setLevel(levels[1])
    logging.raiseExceptions = levels[2]
    logging.captureWarnings(False)


def fails(error: BaseException) -> int:
    def raising() -> None:
        raise error

    return session.run(raising)


def test_success():
    assert session.run(lambda: None) == 0


def test_user_error(capfd):
    assert fails(AccelError("part 'x': expected a known one")) == 2
    assert capfd.readouterr().err == "error: part 'x': expected a known one\n"


def test_long_user_error_is_kept_in_a_file(capfd, tmp_path):
    assert fails(AccelError("the build failed:\nline 1\nline 2")) == 2
    kept = tmp_path / "accel-error.log"
    assert capfd.readouterr().err == f"error: the build failed: (more: {kept})\n"
    assert kept.read_text() == "the build failed:\nline 1\nline 2\n"


def test_full_disk(capfd):
    assert fails(OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "hls_projects/x")) == 2
    error = "error: hls_projects/x: No space left on device; free some room and run the same command again\n"
    assert capfd.readouterr().err == error


def test_fault_of_our_own(capfd, tmp_path):
    assert fails(ZeroDivisionError("division\nby zero")) == 1
    kept = tmp_path / "accel-error.log"
    assert capfd.readouterr().err == f"error: internal fault, ZeroDivisionError: division by zero (traceback: {kept})\n"
    assert "Traceback (most recent call last)" in kept.read_text()


def test_debugging_shows_the_traceback(capfd, monkeypatch):
    monkeypatch.setenv("ACCEL_DEBUG", "1")
    assert fails(ZeroDivisionError("x")) == 1
    assert "Traceback (most recent call last)" in capfd.readouterr().err


def test_terminal_gets_steps_and_warnings_and_the_log_all(capfd):
    with session.started("hls", "tiny") as progress, progress.step("converting"):
        logging.getLogger("accel.hls").warning("no ranges")
        logging.getLogger("accel.hls").debug("detail")
        logging.getLogger("hls4ml").warning("theirs")
        warnings.warn("deprecated", stacklevel=1)
        subprocess.run([sys.executable, "-c", "import sys; print('out'); print('err', file=sys.stderr)"], check=True)
        os.write(2, b"native\n")
    seen = capfd.readouterr()
    assert seen.out == "" and seen.err.startswith("converting ...\nwarning: no ranges\nconverting: ")
    assert len(seen.err.splitlines()) == 3
    log = Path("hls_projects/tiny/log/hls.log").read_text()
    for text in ("no ranges", "detail", "theirs", "deprecated", "out\n", "err\n", "native\n"):
        assert text in log


def test_streams_come_back_after_a_failure(capfd):
    handlers = list(logging.getLogger().handlers)
    with pytest.raises(AccelError), session.started("rtl", "tiny"):
        raise AccelError("x")
    os.write(1, b"out\n")
    os.write(2, b"err\n")
    assert capfd.readouterr() == ("out\n", "err\n")
    assert logging.getLogger().handlers == handlers


def test_without_a_design_there_is_no_log(capfd, tmp_path):
    with session.started("data") as progress, progress.step("downloading"):
        pass
    assert not list(tmp_path.iterdir()) and capfd.readouterr().err.startswith("downloading ... ")
