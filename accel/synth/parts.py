"""The FPGAs a design can be made for, and what each holds: ``parts.yaml``, and the user's own beside his models."""

from __future__ import annotations

import difflib
import functools
import re
from collections.abc import Iterator, Mapping
from dataclasses import astuple
from importlib import resources
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, InstanceOf, ValidationError

from accel import design_file
from accel.errors import AccelError, told
from accel.synth.families import FAMILIES, Family, Resources

OWN = Path("parts.yaml")
"""The user's own table, in the working folder."""

_DEVICE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_ORDERABLE = re.compile(r"[A-Za-z0-9]+([-/][A-Za-z0-9]+)*")


def _family(name: object) -> Family:
    if name not in FAMILIES:
        raise ValueError(f"one of {', '.join(FAMILIES)}")
    return FAMILIES[name]


class Part(BaseModel):
    """One device: look-up tables, flip-flops, multipliers (DSP) and block RAMs of its family's size.

    ``source`` is the vendor's document with these figures; ``boards`` has orderable parts by the name of the board that
    one is on.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    family: Annotated[InstanceOf[Family], BeforeValidator(_family)]
    lut: int = Field(strict=True, ge=1)
    ff: int = Field(strict=True, ge=1)
    dsp: int = Field(strict=True, ge=0)
    bram: int = Field(strict=True, ge=0)
    source: str
    boards: Mapping[str, str] = {}

    @property
    def has(self) -> Resources:
        """All that it has."""
        return Resources(self.lut, self.ff, self.dsp, self.bram)

    def holds(self, taken: Resources) -> bool:
        """It has as much of everything; NaN stands for what is not known, and counts as enough."""
        return not any(mine < theirs for mine, theirs in zip(astuple(self.has), astuple(taken), strict=True))


def table() -> dict[str, Part]:
    """All devices by name, those of `OWN` behind accel's.

    Raises:
        AccelError: something in `OWN` is not as expected, or is in accel's table, too.
    """
    known = _shipped()
    return {**known, **_read(OWN, known)} if OWN.exists() else known


def matching(text: str) -> list[Part]:
    """The devices with ``text`` in their name, their family's or a board's, in the order of the table.

    Raises:
        AccelError: none has.
    """
    asked, devices = text.lower(), table()
    found = [part for part in devices.values() if any(asked in name.lower() for name in _spoken(part))]
    if not found:
        raise AccelError(f"no part, family or board with '{text}' in its name; expected e.g. xc7z, ecp5 or pynq")
    return found


def smallest(needed: Mapping[str, Resources]) -> Part | None:
    """The device with the fewest LUTs that has what is ``needed`` of its family, by that one's name; None where no
    device has.
    """
    enough = (part for part in table().values() if part.family.name in needed and part.holds(needed[part.family.name]))
    return min(enough, key=lambda part: part.lut, default=None)


def find(name: str) -> Part:
    """The device on a board, or whose name an orderable part begins with: `xc7z020clg400-1` is an xc7z020.

    Raises:
        AccelError: as ``orderable``.
    """
    asked = orderable(name).lower()
    return max((part for part in table().values() if asked.startswith(part.name)), key=lambda part: len(part.name))


def orderable(name: str) -> str:
    """The part on the board `name`, or `name` itself where it begins with a device.

    Behind the device come letters, digits, '-' and '/' only: the name is written into Tcl scripts, which would run
    more.

    Raises:
        AccelError: there is no such board or device, or something else follows.
    """
    asked, devices = name.lower(), table()
    boards = {board: part for device in devices.values() for board, part in device.boards.items()}
    if asked in boards:
        return boards[asked]
    if not any(asked.startswith(device) for device in devices):
        names = [*devices, *boards]
        close = [board for board in boards if board.startswith(asked[:4])]
        close += difflib.get_close_matches(asked[:9], devices, n=4, cutoff=0.5)
        raise AccelError(
            f"unknown part {name!r}: expected a board or a name that begins with a known device, such as "
            f"{', '.join(close or names[:4])}; `make parts` lists all"
        )
    if not _ORDERABLE.fullmatch(name):
        raise AccelError(
            f"part {name!r}: expected a device, its package and its speed grade in letters, digits and '-' only, "
            "e.g. xc7z020clg400-1"
        )
    return name


@functools.cache
def _shipped() -> dict[str, Part]:
    with resources.as_file(resources.files("accel.synth") / "parts.yaml") as path:
        return _read(path, {})


def _read(path: Path, known: Mapping[str, Part]) -> dict[str, Part]:
    """The devices of a file, none of them and none of their boards in ``known``."""
    data = design_file.read(path, like="xc7z020 with family, lut, ff, dsp, bram and source")
    taken = {name for part in known.values() for name in (part.name, *part.boards)}
    made = {}
    for device, own in data.items():
        part = _part(path, str(device).lower(), own)
        for name in _names(path, part):
            if name in taken:
                raise AccelError(f"{path}: '{name}' is in the table of parts already; expected another name")
            taken.add(name)
        made[part.name] = part
    return made


def _part(path: Path, device: str, own: object) -> Part:
    if not isinstance(own, dict):
        raise AccelError(f"{path}: {device}: expected family, lut, ff, dsp, bram and source, got '{own}'")
    try:
        return Part.model_validate({**own, "name": device})
    except ValidationError as error:
        raise AccelError(f"{path}: {device}: {told(error.errors()[0], Part.model_fields)}") from None


def _spoken(part: Part) -> tuple[str, ...]:
    return part.name, part.family.name, part.family.title, *part.boards


def _names(path: Path, part: Part) -> Iterator[str]:
    """The device and its boards, looked at."""
    for name in (part.name, *part.boards):
        if not _DEVICE.fullmatch(name):
            raise AccelError(f"{path}: name '{name}'; expected small letters, digits and '-', e.g. xc7z020 or pynq-z2")
        yield name
    for board, name in part.boards.items():
        if not (_ORDERABLE.fullmatch(name) and name.lower().startswith(part.name)):
            raise AccelError(
                f"{path}: {board}: part '{name}'; expected one that begins with {part.name}, in letters, digits, '-' "
                "and '/'"
            )
