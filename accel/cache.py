"""Folders that are whole or absent, or held by one process alone, and digests of what they were made from."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TextIO

LOCK = ".lock"
DRAFTS = ".draft-"
SEAL = ".sha256"
RUN = "run"


def user_cache() -> Path:
    """Where builds that no project owns are kept: ``$XDG_CACHE_HOME/accel``, by default ``~/.cache/accel``."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "accel"


def digest(files: Iterable[Path], *texts: object) -> str:
    """16 hexadecimal digits over the names and contents of ``files`` and over ``texts``."""
    state = hashlib.sha256()
    for part in (*texts, *((file.name, file.read_bytes()) for file in files)):
        state.update(repr(part).encode() + b"\0")
    return state.hexdigest()[:16]


def tree_digest(folder: Path, *but: str) -> str:
    """SHA-256, in hexadecimal, over places and contents of all files below ``folder``, without those in or called
    one of its ``but``.
    """
    state = hashlib.sha256()
    for file in sorted(folder.rglob("*")):
        place = file.relative_to(folder)
        if file.is_file() and place.parts[0] not in but:
            state.update(f"{place.as_posix()}\0{file.stat().st_size}\0".encode())
            state.update(file.read_bytes())
    return state.hexdigest()


def built(folder: Path, build: Callable[[Path], None]) -> Path:
    """``folder``, made by ``build(path)`` in a scratch folder and renamed, unless it is there already, as it was built.

    What ``build`` writes must not name the folder it is given. A build that fails leaves nothing behind. What is put
    into the folder's ``RUN`` later does not count.
    """
    if _whole(folder):
        return folder
    with scratch(folder.parent) as drafts:
        made = drafts / folder.name
        made.mkdir()
        build(made)
        (made / SEAL).write_text(_content(made))
        with alone(folder.parent):
            if not _whole(folder):  # else another process was faster, and its build is as good
                replace(made, folder)
    return folder


def _whole(folder: Path) -> bool:
    """The folder holds what it was sealed with."""
    try:
        return (folder / SEAL).read_text() == _content(folder)
    except OSError:
        return False


def _content(folder: Path) -> str:
    return tree_digest(folder, RUN, SEAL)


def write(path: Path, content: str | bytes) -> Path:
    """Write a file that is whole or, as before, another or absent; returns its path."""
    with scratch(path.parent) as drafts:
        draft = drafts / path.name
        draft.write_text(content) if isinstance(content, str) else draft.write_bytes(content)
        return draft.replace(path)


def replace(made: Path, folder: Path) -> Path:
    """Rename ``made``, which lies in a scratch folder, to ``folder``; an older one goes with the scratch folder."""
    with suppress(FileNotFoundError):
        folder.rename(made.with_name(f"{made.name}.old"))
    return made.rename(folder)


@contextmanager
def scratch(parent: Path) -> Iterator[Path]:
    """A folder in ``parent``, made where it is absent, to make things in that are then renamed to their place.

    At the end it goes with what is left in it, and those in ``parent`` of processes that were killed go, too.
    """
    parent.mkdir(parents=True, exist_ok=True)
    clear(parent, depth=0)
    drafts = Path(tempfile.mkdtemp(prefix=DRAFTS, dir=parent))
    with alone(drafts):
        try:
            yield drafts
        finally:
            shutil.rmtree(drafts, ignore_errors=True)


def clear(folder: Path, depth: int = 2) -> None:
    """Remove the scratch folders in ``folder`` and so many levels below it that no living process holds."""
    for place, folders, _ in os.walk(folder):  # which minds no folder that goes meanwhile
        drafts = [name for name in folders if name.startswith(DRAFTS)]
        for name in drafts:
            _clear(Path(place) / name)
        deep = len(Path(place).relative_to(folder).parts) == depth
        folders[:] = [] if deep else set(folders) - set(drafts)


def _clear(drafts: Path) -> None:
    with suppress(OSError), (drafts / LOCK).open("a") as lock:  # it is gone, held, or another user's
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if _is(lock, drafts / LOCK):
            shutil.rmtree(drafts, ignore_errors=True)


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
        try:
            folder.parent.mkdir(parents=True, exist_ok=True)
            with suppress(FileExistsError):
                folder.mkdir()
            lock = (folder / LOCK).open("a")
        except FileNotFoundError:
            if folder.is_symlink():
                raise
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
