"""Families of FPGAs: what their look-up tables, multipliers and block RAMs are like."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Family:
    """A family of devices with the same cells.

    ``lut_inputs``: inputs of a look-up table. ``ports``: bits of a multiplier's two operands, which are signed; None
    where there are no multipliers. ``bram_kb``, ``bram_widths``: size of a block RAM in kb of 1,024 bits, and how wide
    its words can be. ``source``: the vendor's documents that say so.
    """

    name: str
    title: str
    lut_inputs: int
    ports: tuple[int, int] | None
    bram_kb: int
    bram_widths: tuple[int, ...]
    source: str


_XILINX_WIDTHS = (1, 2, 4, 9, 18, 36, 72)
_NARROW_WIDTHS = (1, 2, 4, 9, 18, 36)

_ALL = (
    Family("xc7", "7 series", 6, (25, 18), 36, _XILINX_WIDTHS, "UG474, UG479, UG473"),
    Family("xcu", "UltraScale", 6, (27, 18), 36, _XILINX_WIDTHS, "UG574, UG579, UG573"),
    Family("xcup", "UltraScale+", 6, (27, 18), 36, _XILINX_WIDTHS, "UG574, UG579, UG573"),
    Family("ecp5", "ECP5", 4, (18, 18), 18, _NARROW_WIDTHS, "FPGA-DS-02012"),
    Family("nexus", "Nexus", 4, (18, 18), 18, _NARROW_WIDTHS, "FPGA-DS-02049"),
    Family("gw1n", "Gowin GW1N", 4, (18, 18), 18, _NARROW_WIDTHS, "UG285E, UG287E, UG288E"),
    Family("gw2a", "Gowin GW2A", 4, (18, 18), 18, _NARROW_WIDTHS, "UG285E, UG287E, UG288E"),
    Family("ice40", "iCE40 LP and HX", 4, None, 4, (2, 4, 8, 16), "FPGA-DS-02029"),
    Family("ice40up", "iCE40 UltraPlus", 4, (16, 16), 4, (2, 4, 8, 16), "FPGA-DS-02008"),
)
FAMILIES = {family.name: family for family in _ALL}
