"""Data sets from their publishers, for users who are online."""

from __future__ import annotations

import gzip
import hashlib
import shutil
import urllib.error
import urllib.request
import zipfile
from dataclasses import dataclass
from pathlib import Path

from accel import cache
from accel.data.datasets import MARKERS, MNIST_IMAGES, MNIST_LABELS
from accel.errors import AccelError
from accel.progress import SILENT, Progress

TIMEOUT = 60  # seconds without an answer
CHUNK = 1 << 20


@dataclass(frozen=True)
class Source:
    """What a data set is published as.

    `files` maps the address of each file to the name it gets here; a name that ends in `.zip` is unpacked, and of
    its content the folder `MARKERS[name]` is kept. `sha256` holds the digests of unzipped files, `sounds` the
    number of sound files.
    """

    files: dict[str, str]
    sha256: dict[str, str]
    sounds: int = 0


MNIST_MIRROR = "https://ossci-datasets.s3.amazonaws.com/mnist/"  # the authors' own page no longer serves the files
SOURCES = {
    "emodb": Source({"http://emodb.bilderbar.info/download/download.zip": "emodb.zip"}, {}, 535),
    "fsdd": Source(
        {"https://github.com/Jakobovski/free-spoken-digit-dataset/archive/refs/tags/v1.0.10.zip": "fsdd.zip"}, {}, 3000
    ),
    "mnist": Source(
        {MNIST_MIRROR + name: name for name in (MNIST_IMAGES, MNIST_LABELS)},
        {
            MNIST_IMAGES: "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
            MNIST_LABELS: "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
        },
    ),
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
    """Check one fetched file and put it, or the folder wanted from a zip archive, into `draft`."""
    source = SOURCES[name]
    if fetched.suffix != ".zip":
        if _digest(fetched) != source.sha256[fetched.name]:
            raise AccelError(f"{fetched.name} is not the published file (its SHA-256 differs): try again")
        fetched.rename(draft / fetched.name)
        return
    folder = draft / MARKERS[name]
    folder.mkdir()
    try:
        with zipfile.ZipFile(fetched) as archive:
            for entry in archive.infolist():
                path = Path(entry.filename)
                if path.parent.name == folder.name and path.suffix == ".wav" and path.name[0] != ".":
                    with archive.open(entry) as content, (folder / path.name).open("wb") as file:
                        shutil.copyfileobj(content, file)
    except zipfile.BadZipFile as error:
        raise AccelError(f"what came as {fetched.name} is not a zip archive ({error}): try again") from error
    count = len(list(folder.iterdir()))
    if count != source.sounds:
        raise AccelError(f"{fetched.name} holds {count} sound files in {folder.name}/, expected {source.sounds}")


def _digest(path: Path) -> str:
    """SHA-256 of what a gzip file holds (the compression itself differs between mirrors)."""
    try:
        return hashlib.sha256(gzip.decompress(path.read_bytes())).hexdigest()
    except (OSError, EOFError):
        return ""
