"""The commands about model files: `accel inspect`, `convert`, `c`, `run`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from accel.cli import session, show, terminal
from accel.cli.options import Model, designing
from accel.errors import AccelError
from accel.flow.request import Request


@designing
def inspect(request: Request) -> None:
    """Print a model's layers and what of it will be hardware, with all refusals at once, before anything is compiled.

    Exit status 0 where all of it becomes RTL, else 2.
    """
    from accel.source import resolve

    with session.started("inspect", resolve(request.model, request.design).name) as progress:
        from accel.flow import inspection

        found = inspection.run(request, progress)
    if found.told:
        terminal.say(f"{found.model}: {found.told}")
    head = ("layer", "kind", "output", "parameters", "MACs", "hardware")
    rows = [(row.name, row.kind, _sizes(row.shape), row.parameters, row.macs, row.hardware.value) for row in found.rows]
    total = ("total", "", "", sum(row.parameters for row in found.rows), sum(row.macs or 0 for row in found.rows))
    terminal.table(head, [*rows, (*total, found.hardware.value)])
    for why in found.refused:
        terminal.say(f"refused: {why}")
    for why in found.missing:
        terminal.say(f"no RTL: {why}")
    if found.hardware is not inspection.Hardware.RTL:
        raise typer.Exit(session.BAD_INPUT)


def _sizes(shape: tuple[int | None, ...]) -> str:
    """`8x3`; `?x3` where one is open."""
    return "x".join("?" if size is None else str(size) for size in shape)


def convert(
    model: Model = "",
    out: Annotated[str, typer.Argument(metavar="FILE", help="The .keras file to write.", show_default=False)] = "",
    force: Annotated[bool, typer.Option("--force", help="Replace the file that is there.")] = False,
) -> None:
    """Write a model of any kind that is read as a .keras file of Keras 3, which computes the same."""
    from accel.source import resolve

    source, target = resolve(model), Path(out).expanduser()
    if target.suffix != ".keras":
        raise AccelError(f"'{out}': expected the name of a .keras file to write, e.g. {source.name}.keras")
    if target.exists() and not force:
        raise AccelError(f"{target}: is there already; expected a new name, or --force to replace it")
    with session.started("convert") as progress:
        from accel.flow import convert

        told = convert.run(source, target, progress)
    terminal.say(f"{source.path.name}: {told or 'a model of Keras 3'}")
    terminal.say(f"model: {target}")


@designing
def c(request: Request) -> None:
    """Write the network as plain C++ to read, without any library, compile it and compare all its integers."""
    from accel.source import resolve

    with session.started("c", resolve(request.model, request.design).name) as progress:
        from accel.flow import bare

        done = bare.run(request, progress)
    terminal.say(f"C++: {done.folder}, {done.lines:,} lines without the weights; compiled without a warning")
    terminal.say(f"compared on {done.origin}")
    if done.wrong:
        raise AccelError(f"FAIL: {done.wrong:,} of {done.integers:,} integers differ, first {done.first}")
    terminal.say(f"PASS: all {done.integers:,} integers of {done.frames:,} frames are the C simulation's, bit for bit")


@designing
def run(
    request: Request,
    given: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="INPUT",
            help="Files or folders: sounds, pictures or tables, as the model says; or - for a made-up example.",
            show_default="-",
        ),
    ] = None,
    sim: Annotated[str, typer.Option(metavar="NAME", help="Simulator: verilator or icarus.")] = "verilator",
) -> None:
    """Give the network your own files: what the float model, the integer model and the simulated RTL say of them."""
    from accel.source import resolve

    with session.started("run", resolve(request.model, request.design).name) as progress:
        from accel.flow import run

        done = run.run(request, given or ["-"], sim, progress)
    for answer in done.answers:
        show.answer(answer, done.mhz)
    if done.wrong:
        raise AccelError(f"FAIL: {done.wrong:,} integers of the RTL are not the integer model's; see make cosim")
