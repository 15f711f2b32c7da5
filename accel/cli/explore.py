"""The commands that look for designs: `accel sweep`, `accel tune`."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

import typer

from accel.cli import session, terminal
from accel.cli.options import REQUEST, gathered
from accel.errors import AccelError
from accel.flow.request import Request
from accel.sweep.options import Options

if TYPE_CHECKING:
    from accel.flow.tune import Tuned
    from accel.sweep.result import SweepResult
    from accel.sweep.search import State

Space = Annotated[str | None, typer.Option(metavar="FILE", help="What may vary: a YAML file, as docs/sweep.md says.")]
Bits = Annotated[
    str | None, typer.Option(metavar="BITS", help="Bits of weights and activations that are tried, e.g. 6..16.")
]
Factors = Annotated[str | None, typer.Option(metavar="N,N", help="Reuse factors of all layers that are tried.")]
Intervals = Annotated[
    str | None, typer.Option("--ii", metavar="N,N", help="Initiation intervals to which reuse factors are chosen.")
]
Objectives = Annotated[str | None, typer.Option(metavar="NAME,NAME", help="What is to be good: accuracy,usage,ii.")]
Sampler = Annotated[str | None, typer.Option(metavar="NAME", help="tpe, nsga2, random or grid.")]
Trials = Annotated[int | None, typer.Option(metavar="N", min=1, help="Designs to measure in all.", show_default="200")]
Minutes = Annotated[
    float | None,
    typer.Option(metavar="N", min=0, help="Time to measure designs.", show_default="7 unless TRIALS is given"),
]
MaxDrop = Annotated[
    float | None, typer.Option(metavar="PERCENT", min=0, max=100, help="Accuracy that may be lost, in points.")
]
MaxIi = Annotated[int | None, typer.Option("--max-ii", metavar="CYCLES", min=1, help="Largest initiation interval.")]
MaxLatency = Annotated[int | None, typer.Option(metavar="CYCLES", min=1, help="Largest latency.")]
Store = Annotated[str | None, typer.Option(metavar="URL", help="Database of the study; by default an SQLite file.")]
StudyName = Annotated[str | None, typer.Option(metavar="NAME", help="The study's name.")]
Scheduler = Annotated[str | None, typer.Option(metavar="URL", help="A Dask scheduler, e.g. tcp://host:8786.")]
Workers = Annotated[int | None, typer.Option(metavar="N", min=1, help="Processes of this machine; one a core.")]
Seed = Annotated[int, typer.Option(metavar="N", min=0, help="Of the sampler.")]
Confirm = Annotated[
    int,
    typer.Option(metavar="N", min=0, help="Designs of the front to simulate, the best first."),
]
TuneDrop = Annotated[
    float, typer.Option("--max-drop", metavar="PERCENT", min=0, max=100, help="Accuracy that may be lost, in points.")
]
TuneTrials = Annotated[int, typer.Option("--trials", metavar="N", min=1, help="Designs that the search draws.")]
Apply = Annotated[bool, typer.Option("--apply", help="Make the design found the model's own.")]


Synthesise = Annotated[
    int,
    typer.Option("--synth", metavar="N", min=0, help="Designs of the front to synthesise, minutes each."),
]

SEARCH = {
    "space": Space,
    "precision": Bits,
    "reuse": Factors,
    "ii": Intervals,
    "objectives": Objectives,
    "sampler": Sampler,
    "trials": Trials,
    "minutes": Minutes,
    "max_drop": MaxDrop,
    "max_ii": MaxIi,
    "max_latency": MaxLatency,
    "confirm": Confirm,
    "synth": Synthesise,
    "store": Store,
    "study": StudyName,
    "scheduler": Scheduler,
    "workers": Workers,
    "seed": Seed,
}
"""How to search, by the names that `Options` has."""

SWEPT = {name: hint for name, hint in REQUEST.items() if name not in ("precision", "reuse", "ii", "fps")}
TUNED = {name: hint for name, hint in REQUEST.items() if name not in ("precision", "reuse", "io")}


@gathered(request=(Request, SWEPT), options=(Options, SEARCH))
def sweep(request: Request, options: Options) -> None:
    """Measure many designs of a model, precision by reuse, and show those that no other one beats."""
    from accel.source import resolve

    with session.started("sweep", resolve(request.model).name) as progress:
        from accel.flow import sweep as searching

        found = searching.run(request, options, _shown(progress), progress)
    show(found.result)
    terminal.say(f"page: {found.page}")
    if not found.result.front:
        raise AccelError("no design is within the limits; expected a larger MAX_DROP, part, or space")


@gathered(request=(Request, TUNED))
def tune(
    request: Request,
    max_drop: TuneDrop = 1.0,
    trials: TuneTrials = 100,
    apply: Apply = False,
    store: Store = None,
    scheduler: Scheduler = None,
    workers: Workers = None,
) -> None:
    """Find how few bits each tensor of a model needs, and write the design that has no more."""
    from accel.source import resolve

    with session.started("tune", resolve(request.model).name) as progress:
        from accel.flow import tune as tuning

        found = tuning.run(request, max_drop, trials, apply, store, workers, scheduler, _shown(progress), progress)
    _show_tuned(found)


def _show_tuned(found: Tuned) -> None:
    from accel.sweep import table

    terminal.table(
        ("tensor", "what it needs", "agreement"),
        [(need.parameter.removesuffix(".bits"), need.value, table.percent(need.agreement)) for need in found.needs],
    )
    terminal.say("")
    terminal.table(table.HEADER, [table.row(row, found.clock_ns) for row in found.rows])
    terminal.say(f"{found.evaluated:,} designs measured in {terminal.duration(found.seconds)}")
    terminal.say(f"design: {found.applied or found.path}")


def show(result: SweepResult) -> None:
    """The front as a table, and what the search was."""
    from accel.sweep import page, table

    terminal.say(page.summary(result))
    for reason, count in table.reasons(result)[:3]:
        terminal.say(f"{count:,} without figures: {reason}")
    terminal.table(table.HEADER, table.rows(result))
    for command in result.commands:
        terminal.say(command)


def _shown(progress: terminal.Bars | terminal.Lines) -> Callable[[State], None]:
    """What shows how far a search is: its bar, and a line for each better design and each tenth of the way."""
    last: State | None = None

    def told(state: State) -> None:
        nonlocal last
        progress.advance(state.done, state.total)
        further = last is None or 10 * state.done // state.total > 10 * last.done // state.total
        if further or state.best != last.best:
            progress.message(_told(state))
            last = state

    return told


def _told(state: State) -> str:
    """`40 of 200 designs, 1 failed; best 91.2 %, 54 % of dsp, II 36,864; 2:10 min left`."""
    said = f"{state.done:,} of {state.total:,} designs, {state.failed:,} failed"
    if state.best:
        known = state.best.figures
        score = known.agreement if known.accuracy is None else known.accuracy
        said += f"; best {100 * score:.1f} %, {100 * known.usage:.0f} % of {known.limit}, II {known.ii:,}"
    return said if state.left is None else f"{said}; {terminal.duration(state.left)} left"
