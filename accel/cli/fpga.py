"""The commands about FPGAs: `accel synth`, `fmax`, `parts`."""

from __future__ import annotations

from typing import Annotated

import typer

from accel.cli import session, show, terminal
from accel.cli.options import designing
from accel.flow.request import Request
from accel.report.facts import MARKDOWN


@designing
def synth(
    request: Request,
    flat: Annotated[bool, typer.Option("--flat", help="The whole design in one run.")] = False,
) -> None:
    """Synthesise a model's RTL with Yosys, each module alone: what every layer takes of the part."""
    from accel.source import resolve

    with session.started("synth", resolve(request.model, request.design).name) as progress:
        from accel.flow import synth

        outcome = synth.run(request, flat, progress)
    show.synthesis(outcome.report)
    terminal.say(f"report: {outcome.folder / MARKDOWN}")
    show.warnings(outcome.report)


@designing
def fmax(request: Request) -> None:
    """Place and route a model's RTL for an ECP5 with nextpnr, each module alone: its clock and what limits that."""
    from accel.source import resolve

    with session.started("fmax", resolve(request.model, request.design).name) as progress:
        from accel.flow import fmax

        outcome = fmax.run(request, progress)
    show.clocks(outcome.report)
    terminal.say(f"report: {outcome.folder / MARKDOWN}")
    show.warnings(outcome.report)


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
