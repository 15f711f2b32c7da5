"""A folder of RTL, read once: what it says of itself, its files in order, its memories, and the digest of these."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from accel import cache
from accel.errors import AccelError
from accel.rtl.interface import Interface

FILELIST = "filelist.f"


@dataclass(frozen=True)
class RtlFolder:
    """What simulators need of a folder, by absolute paths: ``sources`` (.sv) in compile order, ``memories`` (.mem).

    ``digest`` is over names and contents of both.
    """

    path: Path
    interface: Interface
    sources: tuple[Path, ...]
    memories: tuple[Path, ...]
    digest: str

    @classmethod
    def read(cls, path: Path) -> RtlFolder:
        """Read a folder with rtl.json, filelist.f, the .sv and the .mem files.

        Raises:
            AccelError: rtl.json is missing or is no interface; filelist.f is missing or empty, or names what is absent.
        """
        path = Path(path).resolve()
        interface = Interface.load(path)
        sources, memories = _sources(path), tuple(sorted(path.glob("*.mem")))
        return cls(path, interface, sources, memories, cache.digest((*sources, *memories)))

    @property
    def builds(self) -> Path:
        """Where simulators build it unless they are told otherwise: ``sim`` beside it."""
        return self.path.parent / "sim"

    def copy_memories(self, build: Path) -> None:
        """Keep the .mem files with the build, so that a later change of the folder cannot reach it."""
        for file in self.memories:
            shutil.copyfile(file, build / file.name)

    def link_memories(self, build: Path, run: Path) -> None:
        """Make a build's .mem files readable by bare name in the folder ``run``."""
        for file in self.memories:
            (run / file.name).symlink_to((build / file.name).resolve())


def _sources(folder: Path) -> tuple[Path, ...]:
    """The files that ``filelist.f`` names; blank lines and ``//`` or ``#`` comments do not count."""
    try:
        lines = (folder / FILELIST).read_text().splitlines()
    except OSError:
        raise AccelError(f"{folder} has no {FILELIST}; expected one file name a line, in compile order") from None
    names = [line.strip() for line in lines if line.strip() and not line.strip().startswith(("//", "#"))]
    files = tuple(folder / name for name in names)
    missing = [file.name for file in files if not file.is_file()]
    if missing or not files:
        what = f"names {missing[0]}, which is not there" if missing else "is empty"
        raise AccelError(f"{folder / FILELIST} {what}; `make rtl` writes the folder anew")
    return files
