"""Ctrl-C, SIGTERM and SIGHUP: the command ends, and before it every process that it started."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_PATIENCE = 2.0  # seconds that processes have to end by themselves
_LONGEST = 10.0


class Stopped(BaseException):
    """The signal came; ``status`` is the exit status that tells so, 128 and its number."""

    def __init__(self, number: int) -> None:
        self.status = 128 + number


@contextmanager
def stoppable() -> Iterator[None]:
    """Raise ``Stopped`` in what is inside when a signal asks to end; in the main thread only."""
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    caught = [number for number, handler in before.items() if handler != signal.SIG_IGN]
    for number in caught:
        signal.signal(number, _stop)
    try:
        yield
    finally:
        for number in caught:
            signal.signal(number, before[number])


def _stop(number: int, _: object) -> None:
    end_children(later=False)  # what starts them again ends when `Stopped` gets there
    raise Stopped(number)


def end_children(later: bool = True) -> None:
    """End every process below this one: by SIGTERM, so that they tidy up, and in the end by SIGKILL; with ``later``
    also those that begin meanwhile.
    """
    start, here = time.monotonic(), set(_below(os.getpid()))
    while time.monotonic() < start + _LONGEST:
        living = [process for process in _below(os.getpid()) if (later or process in here) and not _tracks(process)]
        if not living:
            return
        number = signal.SIGTERM if time.monotonic() < start + _PATIENCE else signal.SIGKILL
        for process in living:
            with suppress(ProcessLookupError):
                os.kill(process, number)
        time.sleep(0.05)


def _below(root: int) -> list[int]:
    """Living children of a process, and theirs, by ``/proc``."""
    children: dict[int, list[int]] = {}
    for file in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):  # it has ended
            state, parent, *_ = file.read_text(errors="replace").rpartition(")")[2].split()
            if state not in "ZX":
                children.setdefault(int(parent), []).append(int(file.parent.name))
    found = [root]
    for process in found:  # grows
        found += children.get(process, [])
    return found[1:]


def _tracks(process: int) -> bool:
    """Whether it is the one by which Python keeps account of what its processes share: it ignores SIGTERM, and ends
    behind them by itself.
    """
    with suppress(OSError):
        return b"multiprocessing.resource_tracker" in Path(f"/proc/{process}/cmdline").read_bytes()
    return False
