"""The commands about FPGAs: `accel parts`."""

from __future__ import annotations

from typing import Annotated

import typer

from accel.cli import terminal


def parts(
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="Part of a device's, board's or family's name.", show_default=False)
    ] = "",
) -> None:
    """List the FPGAs of the table: what each holds, and the boards with one."""
    from accel.synth import parts as table

    rows = []
    for part in table.matching(name):
        family = part.family
        ports = f" of {family.ports[0]}x{family.ports[1]}" if part.dsp and family.ports else ""
        rows.append(
            (
                part.name,
                family.title,
                f"{part.lut:,} of {family.lut_inputs} inputs",
                part.ff,
                f"{part.dsp:,}{ports}",
                f"{part.bram:,} of {family.bram_kb} kb",
                ", ".join(part.boards),
                part.source,
            )
        )
    terminal.table(("part", "family", "LUT", "FF", "DSP", "block RAM", "boards", "source"), rows)
