"""The command line: `accel hls`, `rtl`, `cosim`, `inspect`, `convert`, `c`, `run`, `synth`, `fmax`, `parts`, `sweep`,
`tune`, `train`, `data`, `open`, `doctor`, and `clean`.
"""

from __future__ import annotations

import os
import shutil
import sys
from typing import Annotated

import typer

import accel
from accel import formats
from accel.cli import explore, fpga, models, session, show, terminal
from accel.cli.options import DESIGN_PANEL, MinAgreement, Model, designing
from accel.errors import AccelError
from accel.flow.request import Request
from accel.places import PROJECTS
from accel.report.facts import HTML, MARKDOWN, MIN_AGREEMENT

app = typer.Typer(
    name="accel",
    help="Trained Keras networks to verified, bit-exact FPGA hardware.",
    epilog=f"A MODEL is a folder of models/ or the path of a {formats.LISTED} file. "
    "Results go to hls_projects/<design>/.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback(invoke_without_command=True)
def _root(version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False) -> None:
    if version:
        terminal.say(f"accel {accel.__version__}")
        raise typer.Exit


@app.command(epilog=DESIGN_PANEL)
@designing
def hls(
    request: Request,
    min_agreement: MinAgreement = 100 * MIN_AGREEMENT,
) -> None:
    """Convert a model to hls4ml's HLS C++ project, compile its C simulation and compare that with the float model."""
    from accel.source import resolve

    with session.started("hls", resolve(request.model, request.design).name) as progress:
        from accel.flow import hls

        outcome = hls.run(request, min_agreement / 100, progress)
    show.layers(outcome.report)
    show.decisions(outcome.report)
    terminal.say(f"HLS project: {outcome.folder / 'hls'}")
    terminal.say(f"report: {outcome.folder / MARKDOWN}")
    show.warnings(outcome.report)


@app.command(epilog=DESIGN_PANEL)
@designing
def rtl(
    request: Request,
) -> None:
    """Write the SystemVerilog and memory files of a model: the same numbers as the C simulation, bit for bit."""
    from accel.source import resolve

    with session.started("rtl", resolve(request.model, request.design).name) as progress:
        from accel.flow import rtl

        outcome = rtl.run(request, progress)
    report = outcome.report
    show.layers(report)
    terminal.say(f"{report.settings.part}: {', '.join(resource.told for resource in report.size)}")
    terminal.say(f"predicted: latency {report.predicted.latency:,} cycles, II {report.predicted.ii:,} cycles")
    terminal.say(f"RTL: {outcome.folder / 'rtl'}")
    show.warnings(report)


@app.command(epilog=DESIGN_PANEL)
@designing
def cosim(
    request: Request,
    sim: Annotated[str, typer.Option(metavar="NAME", help="Simulator: verilator or icarus.")] = "verilator",
    frames: Annotated[
        int | None, typer.Option(metavar="N", help="Frames to simulate.", show_default="64; icarus: 4")
    ] = None,
    full: Annotated[bool, typer.Option("--full", help="The whole test set, by the C++ driver of Verilator.")] = False,
    waves: Annotated[bool, typer.Option("--waves", help="Write the waveforms.")] = False,
    min_agreement: MinAgreement = 100 * MIN_AGREEMENT,
) -> None:
    """Simulate the RTL with cocotb, compare every output integer with the C simulation, and write the report."""
    from accel.source import resolve

    with session.started("cosim", resolve(request.model, request.design).name) as progress:
        from accel.flow import cosim

        outcome = cosim.run(request, sim, frames, full, waves, min_agreement / 100, progress)
    show.verdict(outcome)


app.command(epilog=DESIGN_PANEL)(models.inspect)
app.command()(models.convert)
app.command(epilog=DESIGN_PANEL)(models.c)
app.command(epilog=DESIGN_PANEL)(models.run)
app.command(epilog=DESIGN_PANEL)(fpga.synth)
app.command(epilog=DESIGN_PANEL)(fpga.fmax)
app.command()(fpga.parts)
app.command(epilog=DESIGN_PANEL)(explore.sweep)
app.command(epilog=DESIGN_PANEL)(explore.tune)


@app.command()
def train(model: Model = "") -> None:
    """Train a model of models/ anew (fixed seed) and replace its model.keras and metrics.json."""
    from accel.data.datasets import data_root, find
    from accel.hls import ranges
    from accel.source import ModelSource, model_folder, resolve

    folder = model_folder(model)
    os.environ["TF_NUM_INTRAOP_THREADS"] = "1"  # so that the order of additions does not follow the number of cores
    with session.started("train", model) as progress:
        definition = ModelSource(model, folder / "model.keras", folder).definition()
        root = find(definition.DATASET)
        if root is None:
            raise AccelError(
                f"training {model} needs the data set {definition.DATASET}, which is not in {data_root()}; "
                f"run: make data DATASET={definition.DATASET}, or set ACCEL_DATA to the folder that holds it"
            )
        with progress.step(f"training {model}"):
            metrics = definition.train(root, folder, progress=progress)
        with progress.step("measuring ranges"):
            ranges.store(resolve(model))
    terminal.table(
        ("metric", "value"), [(key, value) for key, value in metrics.items() if isinstance(value, int | float)]
    )
    terminal.say(f"model: {folder / 'model.keras'}")


@app.command("data")
def download_data(
    dataset: Annotated[
        str, typer.Argument(metavar="DATASET", help="emodb, fsdd, mnist, cifar10 or adult.", show_default=False)
    ] = "",
) -> None:
    """Download a data set from its publisher to $ACCEL_DATA (by default ~/.cache/accel)."""
    from accel.data.datasets import MARKERS, data_root
    from accel.data.download import download

    if not dataset:
        raise AccelError(f"no data set given: expected one of {', '.join(MARKERS)}, e.g. make data DATASET=mnist")
    with session.started("data") as progress, progress.step(f"downloading {dataset}"):
        folder = download(dataset, data_root(), progress=progress)
    terminal.say(f"{dataset}: {folder}")


@app.command("open")
def open_page(
    model: Model = "",
    design: Annotated[str | None, typer.Option(metavar="FILE", help="A design's file, or the name of one.")] = None,
) -> None:
    """Open a design's report.html in the browser."""
    import webbrowser

    from accel.source import resolve

    page = PROJECTS / resolve(model, design).name / HTML
    if not page.is_file():
        raise AccelError(f"no {page}: expected a design that was made; run: make cosim MODEL={model}")
    terminal.say(f"page: {page}")
    if not webbrowser.open(page.resolve().as_uri()):
        raise AccelError(f"no browser opens here; expected one, or open {page.resolve()} yourself")


@app.command()
def doctor() -> None:
    """List the tools and data sets on this machine, and the one command that installs each missing one."""
    from accel.flow import doctor as checks

    machine = checks.machine()
    terminal.table(
        ("tool", "found", "expected", "for"),
        [(check.name, check.found or "missing", check.expected, check.purpose) for check in machine],
    )
    terminal.say("")
    terminal.table(("model files", "what they are", "read here"), checks.model_files())
    terminal.say("")
    terminal.table(("data set", "folder"), checks.data_sets())
    terminal.say("")
    missing = [check for check in machine if not check.good]
    for check in missing:
        terminal.say(f"{check.name}, {'required' if check.required else 'optional'}: {check.remedy}")
    bad = [check.name for check in missing if check.required]
    if bad:
        raise AccelError(f"not as expected: {', '.join(bad)}; the commands above install what is needed")
    terminal.say("all that is required is here")


@app.command()
def clean() -> None:
    """Remove everything that was generated and built, in hls_projects/; where a symbolic link leads stays."""
    if not PROJECTS.is_dir():
        return
    for entry in PROJECTS.iterdir():
        if entry.is_dir() and not entry.is_symlink():
            with session.alone(entry.name):
                shutil.rmtree(entry)
        elif entry.name != "README.md":
            entry.unlink()


def run(arguments: list[str] | None = None) -> int:
    """Run a command line, by default this process's own.

    Returns:
        the exit status: 0, 2 for what a user can mend, 1 for a fault of accel's own, 128 and a signal's number when
        interrupted: 130 by Ctrl-C, 143 by SIGTERM.
    """
    return session.run(lambda: app(arguments, prog_name="accel", standalone_mode=False))


def main() -> None:
    """The program `accel`."""
    sys.exit(run())
