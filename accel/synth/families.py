"""Families of FPGAs: what their look-up tables, multipliers and block RAMs are like, how Yosys synthesises for them,
and what its cells occupy.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import astuple, dataclass

from accel.rtl.fabric import Fabric, Multiplier

Cells = Mapping[str, float]
"""What a cell occupies, by its type."""


@dataclass(frozen=True)
class Resources:
    """Look-up tables, flip-flops, multipliers and block RAMs, of which some families use halves."""

    lut: float = 0
    ff: float = 0
    dsp: float = 0
    bram: float = 0

    def __add__(self, other: Resources) -> Resources:
        return Resources(*(mine + theirs for mine, theirs in zip(astuple(self), astuple(other), strict=True)))


@dataclass(frozen=True)
class Family:
    """A family of devices with the same cells.

    ``lut_inputs``: inputs of a look-up table. ``ports``: bits of a multiplier's two operands, which are signed; None
    where there are no multipliers. ``bram_kb``: size of a block RAM in kb of 1,024 bits. ``fabric`` counts both.
    ``source``: the vendor's documents that say so. ``synth``: Yosys' command, out of context: without pads and, where
    it would add one, a clock buffer; ``first``: what Yosys does before. ``luts``, ``ffs``, ``dsps`` and ``brams``: how
    many of each one of Yosys' cells takes; cells of ``free`` take nothing, or have their place beside look-up tables.
    """

    name: str
    title: str
    lut_inputs: int
    ports: tuple[int, int] | None
    bram_kb: int
    fabric: Fabric
    source: str
    synth: str
    luts: Cells
    ffs: Cells
    dsps: Cells
    brams: Cells
    free: frozenset[str]
    first: str = ""

    @property
    def bram(self) -> str:
        """What its block RAMs are called."""
        return f"BRAM{self.bram_kb}"


def _each(*cells: str) -> Cells:
    return dict.fromkeys(cells, 1)


_DEPTHS_18 = tuple((16_384 // wide, wide) for wide in (1, 2, 4)) + tuple((18_432 // wide, wide) for wide in (9, 18, 36))
_NOTHING = frozenset({"VCC", "GND", "$scopeinfo"})


def _xilinx(name: str, title: str, width: int, source: str, generation: int, luts: Cells) -> Family:
    """Inverters are counted, though most end in a neighbouring look-up table."""
    dsp = Multiplier(width, 18, least=(2, 2), least_product=9, a_slice=18, headroom=1)
    return Family(
        name,
        title,
        lut_inputs=6,
        ports=(width, 18),
        bram_kb=36,
        fabric=Fabric((dsp,), _DEPTHS_18, halved=True),
        source=source,
        synth=f"synth_xilinx -family {name} -flatten -noiopad -noclkbuf",
        luts={
            **_each(*(f"LUT{inputs}" for inputs in range(1, 7)), "INV", "SRL16E", "SRLC32E", "RAM32X1S", "RAM64X1S"),
            **dict.fromkeys(("RAM32X1D", "RAM64X1D", "RAM128X1S"), 2),
            **dict.fromkeys(("RAM128X1D", "RAM256X1S", "RAM32M", "RAM64M"), 4),
            **luts,
        },
        ffs=_each("FDRE", "FDSE", "FDCE", "FDPE"),
        dsps={f"DSP48E{generation}": 1},
        brams={f"RAMB18E{generation}": 0.5, f"RAMB36E{generation}": 1},
        free=_NOTHING | {"CARRY4", "CARRY8", "MUXF7", "MUXF8", "MUXF9"},
    )


_LARGE_RAMS = {"RAM256X1D": 8, "RAM512X1S": 8, "RAM32M16": 8, "RAM64M8": 8}
_ULTRA = "UG574, UG579, UG573"

_LATTICE_RAM = 6
"""Look-up tables of a RAM of 16 words of 4 bits: four, and two that only its write port has use of."""

_FOURTHS = (Multiplier(36, 36, (22, 22), units=4), Multiplier(18, 18, (10, 4)), Multiplier(9, 9, (4, 4), units=0.5))

_ECP5 = Family(
    "ecp5",
    "ECP5",
    lut_inputs=4,
    ports=(18, 18),
    bram_kb=18,
    fabric=Fabric((Multiplier(18, 18, (2, 2)),), _DEPTHS_18, wide_words=32),  # nextpnr finds no way through more
    source="FPGA-DS-02012",
    synth="synth_lattice -family ecp5",
    luts={"LUT4": 1, "INV": 1, "CCU2C": 2, "TRELLIS_DPR16X4": _LATTICE_RAM},
    ffs=_each("TRELLIS_FF"),
    dsps=_each("MULT18X18D"),
    brams=_each("DP16KD", "PDPW16KD"),
    free=_NOTHING | {"PFUMX", "L6MUX21"},
)

_NEXUS = Family(
    "nexus",
    "Nexus",
    lut_inputs=4,
    ports=(18, 18),
    bram_kb=18,
    fabric=Fabric(
        (
            Multiplier(18, 18, only_signed=True),
            Multiplier(36, 18, only_signed=True, units=2),
            Multiplier(36, 36, only_signed=True, units=4),
            _FOURTHS[0],
            Multiplier(36, 18, (22, 10), units=2),
            *_FOURTHS[1:],
        ),
        _DEPTHS_18,
    ),
    source="FPGA-DS-02049",
    synth="synth_lattice -family lifcl -noiopad",
    luts={"LUT4": 1, "INV": 1, "CCU2": 2, "WIDEFN9": 2, "DPR16X4": _LATTICE_RAM},
    ffs=_each("FD1P3BX", "FD1P3DX", "FD1P3IX", "FD1P3JX"),
    dsps={"MULT9X9": 0.5, "MULT18X18": 1, "MULT18X36": 2, "MULT36X36": 4, "MULTADDSUB18X18": 1, "MULTPREADD18X18": 1},
    brams=_each("DP16K", "PDP16K", "PDPSC16K"),
    free=_NOTHING | {"VHI", "VLO"},
    first="proc; flatten; opt; memory_dff; ",  # or registers behind ROMs go to the multipliers
)


def _gowin(name: str, title: str) -> Family:
    return Family(
        name,
        title,
        lut_inputs=4,
        ports=(18, 18),
        bram_kb=18,
        fabric=Fabric(_FOURTHS, _DEPTHS_18),
        source="UG285E, UG287E, UG288E",
        synth=f"synth_gowin -family {name} -noiopads",
        luts={**_each("LUT1", "LUT2", "LUT3", "LUT4", "INV", "ALU"), "RAM16SDP1": 1, "RAM16SDP2": 2, "RAM16SDP4": 4},
        ffs=_each(*(f"DFF{kind}{enable}" for kind in ("", "S", "R", "P", "C") for enable in ("", "E"))),
        dsps={"MULT9X9": 0.5, "MULT18X18": 1, "MULT36X36": 4},
        brams=_each("SP", "SPX9", "SDPB", "SDPX9B", "DPB", "DPX9B", "pROM", "pROMX9"),
        free=_NOTHING | {f"MUX2_LUT{inputs}" for inputs in range(5, 9)},
    )


def _ice40(name: str, title: str, source: str, ports: tuple[int, int] | None, options: str) -> Family:
    return Family(
        name,
        title,
        lut_inputs=4,
        ports=ports,
        bram_kb=4,
        fabric=Fabric(
            (Multiplier(*ports, (2, 2), least_product=11),) if ports else (),
            tuple((4096 // wide, wide) for wide in (2, 4, 8, 16)),
        ),
        source=source,
        synth=f"synth_ice40 {options}",
        luts=_each("SB_LUT4"),
        ffs=_each(*(f"SB_DFF{enable}{kind}" for kind in ("", "S", "R", "SS", "SR") for enable in ("", "E"))),
        dsps=_each("SB_MAC16"),
        brams=_each("SB_RAM40_4K"),
        free=_NOTHING | {"SB_CARRY"},
    )


_ALL = (
    _xilinx("xc7", "7 series", 25, "UG474, UG479, UG473", 1, {}),
    _xilinx("xcu", "UltraScale", 27, _ULTRA, 2, _LARGE_RAMS),
    _xilinx("xcup", "UltraScale+", 27, _ULTRA, 2, _LARGE_RAMS),
    _ECP5,
    _NEXUS,
    _gowin("gw1n", "Gowin GW1N"),
    _gowin("gw2a", "Gowin GW2A"),
    _ice40("ice40", "iCE40 LP and HX", "FPGA-DS-02029", None, "-device hx"),
    _ice40("ice40up", "iCE40 UltraPlus", "FPGA-DS-02008", (16, 16), "-device u -dsp"),
)
FAMILIES = {family.name: family for family in _ALL}
