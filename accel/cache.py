"""Folders that are whole or absent, or held by one process alone, and digests of what they were made from."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

LOCK = ".lock"


def user_cache() -> Path:
    """Where builds that no project owns are kept: ``$XDG_CACHE_HOME/accel``, by default ``~/.cache/accel``."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "accel"


def digest(files: Iterable[Path], *texts: object) -> str:
    """16 hexadecimal digits over the names and contents of ``files`` and over ``texts``."""
    state = hashlib.sha256()
    for part in (*texts, *((file.name, file.read_bytes()) for file in files)):
        state.update(repr(part).encode() + b"\0")
    return state.hexdigest()[:16]


def tree_digest(folder: Path, but: str | None = None) -> str:
    """SHA-256, in hexadecimal, over places and contents of all files below ``folder``, without those in its ``but``."""
    state = hashlib.sha256()
    for file in sorted(folder.rglob("*")):
        place = file.relative_to(folder)
        if file.is_file() and place.parts[0] != but:
            state.update(f"{place.as_posix()}\0{file.stat().st_size}\0".encode())
            state.update(file.read_bytes())
    return state.hexdigest()


def built(folder: Path, build: Callable[[Path], None]) -> Path:
    """``folder``, made by ``build(path)`` in a temporary folder beside it and renamed, unless it is there already.

    What ``build`` writes must not name the temporary folder. A build that fails leaves nothing behind.
    """
    if folder.is_dir():
        return folder
    folder.parent.mkdir(parents=True, exist_ok=True)
    temporary = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        build(temporary)
        temporary.chmod(0o755)
        temporary.rename(folder)
    except OSError:
        if not folder.is_dir():  # else another process was faster, and its build is as good
            raise
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    return folder


def replaced(temporary: Path, folder: Path) -> Path:
    """Rename ``temporary`` to ``folder``, in the place of an older one."""
    shutil.rmtree(folder, ignore_errors=True)
    temporary.chmod(0o755)
    return temporary.rename(folder)


@contextmanager
def alone(folder: Path, wait: Callable[[], None] = lambda: None) -> Iterator[None]:
    """Hold ``folder``, made where it is absent, while other processes that want it wait: each calls ``wait()`` first.

    The operating system lets go of it when the process ends, however it ends.
    """
    with _held(folder, wait):
        yield


def _held(folder: Path, wait: Callable[[], None]) -> TextIO:
    """The open lock file of ``folder``; whoever held it before may have removed the folder."""
    while True:
        folder.mkdir(parents=True, exist_ok=True)
        try:
            lock = (folder / LOCK).open("a")
        except FileNotFoundError:
            continue
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            wait()
            fcntl.flock(lock, fcntl.LOCK_EX)
        if _is(lock, folder / LOCK):
            return lock
        lock.close()


def _is(file: TextIO, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(file.fileno()), path.stat())
    except FileNotFoundError:
        return False
