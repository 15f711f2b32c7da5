"""An RTL folder as builds see it: its digest and its memories."""

from __future__ import annotations

import shutil
from pathlib import Path

from accel import cache
from accel.rtl.interface import sources


def memories(rtl_dir: Path) -> tuple[Path, ...]:
    """The .mem files beside the RTL."""
    return tuple(sorted(Path(rtl_dir).glob("*.mem")))


def digest(rtl_dir: Path, *texts: object) -> str:
    """Digest of an RTL folder's sources (in order) and memories, and of ``texts``."""
    return cache.digest((*sources(rtl_dir), *memories(rtl_dir)), *texts)


def link_memories(build: Path, run: Path) -> None:
    """Make a build's .mem files readable by bare name in the folder ``run``."""
    for file in memories(build):
        (run / file.name).symlink_to(file.resolve())


def copy_memories(rtl_dir: Path, build: Path) -> None:
    """Keep the .mem files with the build, so that a later change of the RTL folder cannot reach it."""
    for file in memories(rtl_dir):
        shutil.copyfile(file, build / file.name)
