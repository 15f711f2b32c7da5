"""One command: its log file, the noise it keeps away from the terminal, its errors in one line."""

from __future__ import annotations

import errno
import logging
import os
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TextIO

from typer.exceptions import TyperException

from accel import cache
from accel.cli import terminal
from accel.cli.stopping import Stopped, end_children, stoppable
from accel.errors import AccelError
from accel.places import PROJECTS

QUIET = {"TF_CPP_MIN_LOG_LEVEL": "3", "KERAS_BACKEND": "tensorflow"}

GOOD, FAULT, BAD_INPUT = 0, 1, 2


@contextmanager
def started(command: str, design: str | None = None) -> Iterator[terminal.Bars | terminal.Lines]:
    """Show progress. With `design`, its folder is this command's alone, and all but progress and accel's warnings goes
    to `hls_projects/<design>/log/<command>.log`.
    """
    for name, value in QUIET.items():
        os.environ.setdefault(name, value)
    logging.raiseExceptions = False  # a full disk must not print tracebacks
    logging.captureWarnings(True)
    root, ours = logging.getLogger(), logging.getLogger("accel")
    root.setLevel(logging.INFO)
    ours.setLevel(logging.DEBUG)
    with (
        alone(design) if design else nullcontext(),
        _recorded(command, design) as (log, shown),
        terminal.progress(shown) as progress,
    ):
        messages = terminal.Messages(progress)
        root.addHandler(log)
        ours.addHandler(messages)
        try:
            yield progress
        finally:
            ours.removeHandler(messages)
            root.removeHandler(log)
            log.close()


@contextmanager
def alone(design: str) -> Iterator[None]:
    """Hold the design's folder, without what killed commands left; where another one does, say so and wait for it."""
    folder = PROJECTS / design
    with cache.alone(folder, lambda: terminal.note(f"waiting for another accel command on {design}")):
        cache.clear(folder)
        cache.clear(cache.user_cache())
        yield


@contextmanager
def _recorded(command: str, design: str | None) -> Iterator[tuple[logging.Handler, TextIO]]:
    """A log handler, and the terminal's stderr: what libraries and child processes print themselves goes to the log,
    too.
    """
    if design is None:
        yield logging.NullHandler(), sys.stderr
        return
    path = PROJECTS / design / "log" / f"{command}.log"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("")
    handler = logging.FileHandler(path)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)-7s %(name)s: %(message)s"))
    kept = {stream: os.dup(stream) for stream in (1, 2)}
    with path.open("ab") as file, os.fdopen(os.dup(2), "w") as shown:
        try:
            _flushed()
            for stream in kept:
                os.dup2(file.fileno(), stream)
            yield handler, shown
        finally:
            _flushed()
            for stream, saved in kept.items():
                os.dup2(saved, stream)
                os.close(saved)


def _flushed() -> None:
    sys.stdout.flush()
    sys.stderr.flush()


def run(command: Callable[[], object]) -> int:
    """Run it and return the exit status; whatever it raises becomes one line on stderr."""
    try:
        with stoppable():
            result = command()
        return result if isinstance(result, int) else GOOD
    except Stopped as signal:
        end_children()  # those begun since
        terminal.note("interrupted")
        return signal.status
    except AccelError as error:
        return _told(str(error))
    except TyperException as error:
        if not error.format_message():  # the help was printed
            return BAD_INPUT
        return _told(f"{error.format_message()} (accel --help lists commands, accel COMMAND --help their options)")
    except OSError as error:
        if error.errno is None:
            return _crashed(error)
        hint = "; free some room and run the same command again" if error.errno == errno.ENOSPC else ""
        return _told(f"{error.filename or 'operating system'}: {error.strerror}{hint}")
    except Exception as error:
        return _crashed(error)


def _told(text: str) -> int:
    """The first line on the terminal; where there are more, all of them in a file."""
    first, _, rest = text.strip().partition("\n")
    terminal.error(first + (f" (more: {_kept(text)})" if rest else ""))
    return BAD_INPUT


def _crashed(error: Exception) -> int:
    if os.environ.get("ACCEL_DEBUG", "0") not in ("", "0"):
        traceback.print_exception(error)
    told = " ".join(str(error).split())[:300]
    where = _kept("".join(traceback.format_exception(error)))
    terminal.error(f"internal fault, {type(error).__name__}: {told} (traceback: {where})")
    return FAULT


def _kept(text: str) -> str:
    """Write `text` to a file and return its path, or why that was not possible."""
    folder = PROJECTS if PROJECTS.is_dir() else Path(tempfile.gettempdir())
    path = folder / "accel-error.log"
    try:
        path.write_text(text + "\n")
    except OSError as error:
        return f"not kept, {error.strerror}"
    return str(path)
