"""Data sets from their publishers, for users who are online."""

from __future__ import annotations

import gzip
import hashlib
import shutil
import tarfile
import urllib.error
import urllib.request
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO

from accel import cache
from accel.data import cifar10
from accel.data.datasets import MARKERS, MNIST_IMAGES, MNIST_LABELS
from accel.errors import AccelError
from accel.progress import SILENT, Progress

TIMEOUT = 60  # seconds without an answer
CHUNK = 1 << 20


ARCHIVES = (".zip", ".tar.gz")


@dataclass(frozen=True)
class Source:
    """What a data set is published as.

    `files` maps the address of each file to the name it gets here. An archive, by its name, is unpacked, and what
    matches `members` (a pattern of `PurePosixPath.match`) is kept of it: `count` files, below `folder`. Of other files
    `sha256` holds the digests of what they unzip to.
    """

    files: dict[str, str]
    sha256: dict[str, str]
    members: str = ""
    count: int = 0
    folder: str = ""


MNIST_MIRROR = "https://ossci-datasets.s3.amazonaws.com/mnist/"  # the authors' own page no longer serves the files
SOURCES = {
    "emodb": Source(
        {"http://emodb.bilderbar.info/download/download.zip": "emodb.zip"}, {}, "wav/*.wav", 535, MARKERS["emodb"]
    ),
    "fsdd": Source(
        {"https://github.com/Jakobovski/free-spoken-digit-dataset/archive/refs/tags/v1.0.10.zip": "fsdd.zip"},
        {},
        "recordings/*.wav",
        3000,
        MARKERS["fsdd"],
    ),
    "mnist": Source(
        {MNIST_MIRROR + name: name for name in (MNIST_IMAGES, MNIST_LABELS)},
        {
            MNIST_IMAGES: "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
            MNIST_LABELS: "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
        },
    ),
    "cifar10": Source(
        {"https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz": "cifar10.tar.gz"},
        {},
        f"{cifar10.FOLDER}/*.bin",
        6,
        cifar10.FOLDER,
    ),
    "adult": Source({"https://archive.ics.uci.edu/static/public/2/adult.zip": "adult.zip"}, {}, "adult.[dt]*[at]", 2),
}


def download(name: str, root: Path, *, progress: Progress = SILENT) -> Path:
    """Fetch data set `name` into `root/name` and return that folder.

    Everything is fetched and checked in a temporary folder beside it and then renamed: there is never half a data
    set. A data set that is there already is left alone. `progress` is told the bytes so far, and those in all or 0.
    """
    if name not in SOURCES:
        raise AccelError(f"unknown data set '{name}': expected one of {', '.join(SOURCES)}")
    target = root / name
    if (target / MARKERS[name]).exists():
        return target
    if target.exists():
        raise AccelError(f"{target} is there but holds no {MARKERS[name]}: move it away, then download again")
    with cache.scratch(root) as drafts:
        draft = drafts / name
        draft.mkdir()
        for url, filename in SOURCES[name].files.items():
            _fetch(url, drafts / filename, progress)
            _install(name, drafts / filename, draft)
        draft.rename(target)
    return target


def _fetch(url: str, path: Path, progress: Progress) -> None:
    try:
        with urllib.request.urlopen(url, timeout=TIMEOUT) as answer, path.open("wb") as file:
            total, done = int(answer.headers.get("Content-Length") or 0), 0
            while chunk := answer.read(CHUNK):
                file.write(chunk)
                done += len(chunk)
                progress.advance(done, total)
    except (urllib.error.URLError, OSError) as error:
        reason = getattr(error, "reason", error)
        raise AccelError(f"cannot fetch {url} ({reason}): this step needs the internet and room on the disk") from error
    if total and done != total:
        raise AccelError(f"{url}: {done} bytes came, {total} were announced: try again")


def _install(name: str, fetched: Path, draft: Path) -> None:
    """Check one fetched file and put it, or what is wanted of an archive, into `draft`."""
    source = SOURCES[name]
    if not fetched.name.endswith(ARCHIVES):
        if _digest(fetched) != source.sha256[fetched.name]:
            raise AccelError(f"{fetched.name} is not the published file (its SHA-256 differs): try again")
        fetched.rename(draft / fetched.name)
        return
    folder = draft / source.folder
    folder.mkdir(exist_ok=True)
    try:
        for path, content in _members(fetched):
            if path.match(source.members) and path.name[0] != ".":
                with (folder / path.name).open("wb") as file:
                    shutil.copyfileobj(content, file)
    except (zipfile.BadZipFile, tarfile.TarError, EOFError, gzip.BadGzipFile) as error:
        raise AccelError(f"what came as {fetched.name} is no such archive ({error}): try again") from error
    count = len(list(folder.iterdir()))
    if count != source.count:
        raise AccelError(f"{fetched.name} holds {count} files {source.members}, expected {source.count}")


def _members(archive: Path) -> Iterator[tuple[PurePosixPath, IO[bytes]]]:
    """The files of an archive, by the path they have there, open."""
    if archive.suffix == ".zip":
        with zipfile.ZipFile(archive) as file:
            for entry in file.infolist():
                if not entry.is_dir():
                    with file.open(entry) as content:
                        yield PurePosixPath(entry.filename), content
    else:
        with tarfile.open(archive) as file:
            for entry in file:
                if entry.isfile():
                    yield PurePosixPath(entry.name), file.extractfile(entry)


def _digest(path: Path) -> str:
    """SHA-256 of what a gzip file holds (the compression itself differs between mirrors)."""
    try:
        return hashlib.sha256(gzip.decompress(path.read_bytes())).hexdigest()
    except (OSError, EOFError):
        return ""
