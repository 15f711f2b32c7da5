"""The FPGAs a design can be made for, and what each holds.

Figures: AMD DS180 (7 series), DS190 (Zynq-7000), DS890 (UltraScale), DS891 (Zynq UltraScale+), DS962 (Alveo);
Lattice FPGA-DS-02012 (ECP5). An ECP5 block RAM has 18 kb, so two count as one `bram36`.
"""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass

from accel.errors import AccelError


@dataclass(frozen=True)
class Part:
    """One device: look-up tables (six inputs; ECP5: four), flip-flops, multipliers (DSP) and 36 kb block RAMs."""

    name: str
    family: str
    lut: int
    ff: int
    dsp: int
    bram36: int


PARTS = (
    Part("xc7a35t", "artix7", 20_800, 41_600, 90, 50),
    Part("xc7a100t", "artix7", 63_400, 126_800, 240, 135),
    Part("xc7a200t", "artix7", 134_600, 269_200, 740, 365),
    Part("xc7k325t", "kintex7", 203_800, 407_600, 840, 445),
    Part("xc7z010", "zynq7", 17_600, 35_200, 80, 60),
    Part("xc7z020", "zynq7", 53_200, 106_400, 220, 140),
    Part("xc7z045", "zynq7", 218_600, 437_200, 900, 545),
    Part("xczu3eg", "zynquplus", 70_560, 141_120, 360, 216),
    Part("xczu7ev", "zynquplus", 230_400, 460_800, 1_728, 312),
    Part("xczu9eg", "zynquplus", 274_080, 548_160, 2_520, 912),
    Part("xcku115", "kintexu", 663_360, 1_326_720, 5_520, 2_160),
    Part("xcvu13p", "virtexuplus", 1_728_000, 3_456_000, 12_288, 2_688),
    Part("xcu250", "alveo", 1_728_000, 3_456_000, 12_288, 2_688),
    Part("lfe5u-25f", "ecp5", 24_288, 24_288, 28, 28),
    Part("lfe5u-45f", "ecp5", 43_848, 43_848, 72, 54),
    Part("lfe5u-85f", "ecp5", 83_640, 83_640, 156, 104),
)
_ORDERABLE = re.compile(r"[A-Za-z0-9]+(-[A-Za-z0-9]+)*")


def smallest(dsp: float, bram36: float) -> Part | None:
    """The device with the fewest LUTs that has as many multipliers and block RAMs; None where no device has."""
    return min((p for p in PARTS if p.dsp >= dsp and p.bram36 >= bram36), key=lambda part: part.lut, default=None)


def find(name: str) -> Part:
    """The device whose name an orderable part begins with: `xc7z020clg400-1` is an xc7z020.

    Behind the device come letters, digits and '-' only: the name is written into Tcl scripts, which would run more.

    Raises:
        AccelError: no device of the table does, or something else follows.
    """
    asked = name.lower()
    found = [part for part in PARTS if asked.startswith(part.name)]
    if found and not _ORDERABLE.fullmatch(name):
        raise AccelError(
            f"part {name!r}: expected a device, its package and its speed grade in letters, digits and '-' only, "
            "e.g. xc7z020clg400-1"
        )
    if found:
        return max(found, key=lambda part: len(part.name))
    names = [part.name for part in PARTS]
    close = difflib.get_close_matches(asked[:9], names, n=4, cutoff=0.5) or names
    raise AccelError(
        f"unknown part {name!r}: expected a name that begins with a known device, such as {', '.join(close)}"
    )
