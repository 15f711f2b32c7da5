"""Networks that users bring and papers measure, from the Keras model to the simulated hardware: `docs/networks.md`.

    PYTHONPATH=. python benchmarks/networks.py
    PYTHONPATH=. python benchmarks/networks.py --only "quickdraw*"
    PYTHONPATH=. python benchmarks/networks.py --folder /tmp/networks --write    # goes on with a run that ended early

Takes the networks of `tests/networks/every.py`. Times are those of one processor, of all processes together: what the
plan takes, and what verilating and compiling the design takes. Exit status 1 where an integer differs or a frame takes
other cycles than were predicted.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from accel import cache
from accel.cli import session, terminal
from accel.flow import conversion, cosim
from accel.flow.rtl import generate
from accel.progress import SILENT
from accel.report import Report
from accel.report.write import count, table
from accel.rtl import depths
from accel.rtl.plan import plan
from accel.sim import runner, tools
from tests.networks.every import NETWORKS, Network

DOCS = Path(__file__).parents[1] / "docs" / "networks.md"
HEAD = """# Networks

Networks that users bring and papers measure, from the Keras model to the simulated hardware.
`python benchmarks/networks.py --write` wrote this table; `tests/networks/` has the networks. Weights are random, of a
fixed seed (`models/kws` and `models/cifar_class` are a DS-CNN and a classifier of the same pictures as ResNet-8 that
were trained). All integers of all frames were compared with hls4ml's C simulation, those of every layer with the
integer model, and latency and initiation interval (II) with the plan.

Reuse factors are chosen by accel for the part, but those of the designs at R=1, where every product has a multiplier.
Top quark tagging has hls4ml's own type; under `auto`, which rounds and limits, LSTM and GRU take 198 cycles each.
Multipliers count products at a time; busy is the share of cycles in which they work on a frame, when frames follow
each other. LUT are predicted ([resources.md](resources.md)). `make fmax` says for a design which clock is confirmed.
Seconds are processor time: for the plan on one core, for Verilator and the compiler the sum over all cores.

"""
COLUMNS = (
    *("network", "part", "precision", "parameters", "multipliers", "busy", "memory, kbit", "LUT"),
    *("latency, cycles", "II, cycles", "frames per second", "frames", "mismatches", "cycles as planned"),
    *("planning, s", "compiling, s"),
)


@dataclass(frozen=True)
class Row:
    """What was measured of a network."""

    name: str
    title: str
    part: str
    precision: str
    parameters: int
    multipliers: int
    busy: float
    memory_bits: int
    lut: float
    latency: int
    ii: int
    mhz: float
    frames: int
    mismatches: int
    exact: bool
    timed: bool
    planning: float
    compiling: float

    def cells(self) -> tuple[str | None, ...]:
        """A line of the table."""
        rate = 1e6 * self.mhz / self.ii
        return (
            *(self.title, self.part, self.precision, count(self.parameters), count(self.multipliers)),
            *(f"{self.busy:.0%}", count(round(self.memory_bits / 1024)), count(round(self.lut))),
            *(count(self.latency), count(self.ii), f"{count(round(rate))} at {self.mhz:g} MHz", count(self.frames)),
            *(count(self.mismatches), "yes" if self.timed else "NO", f"{self.planning:.2f}", f"{self.compiling:.0f}"),
        )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default="*", help="networks of such a name, as the shell writes them")
    parser.add_argument("--folder", type=Path, help="keep all that is made, and what was measured, here")
    parser.add_argument("--frames", type=int, default=4, help="frames that are co-simulated in each test")
    parser.add_argument("--write", action="store_true", help="write docs/networks.md")
    options = parser.parse_args()
    rows: list[Row] = []
    with tempfile.TemporaryDirectory(prefix="accel-networks-") as scratch:
        folder = (options.folder or Path(scratch)).resolve()
        status = session.run(lambda: rows.extend(measured(folder, options.only, options.frames)))
    text = table(COLUMNS, [row.cells() for row in rows])
    terminal.say(text)
    if options.write and not status:
        cache.write(DOCS, f"{HEAD}{text}\n")
    return status or int(not all(row.exact and row.timed for row in rows))


def measured(folder: Path, pattern: str, frames: int) -> Iterator[Row]:
    """A row for each network; all is written to `folder`, where rows that are there serve."""
    known = folder / "rows.jsonl"
    folder.mkdir(parents=True, exist_ok=True)
    found = [Row(**json.loads(line)) for line in known.read_text().splitlines()] if known.exists() else []
    rows = {row.name: row for row in found}
    with contextlib.chdir(folder):
        for network in NETWORKS:
            if not Path(network.name).match(pattern):
                continue
            if (row := rows.get(network.name)) is None:
                row = followed(network, frames)
                with known.open("a") as file:
                    file.write(json.dumps(asdict(row)) + "\n")
            terminal.note("  ".join(f"{name} {value}" for name, value in asdict(row).items()))
            yield row


def followed(network: Network, frames: int) -> Row:
    """A network as far as the simulation of its hardware.

    Raises:
        AccelError: it does not come as far.
    """
    request = network.request(network.saved(Path.cwd()))
    done = conversion.make(request, SILENT)
    graph = conversion.integers(done.hls_graph, done.design.part)
    depths.least.cache_clear()  # the reuse factors were chosen by plans
    planning = seconds(lambda: plan(graph))
    rtl = generate(done, SILENT).rtl
    builds = rtl.builds.resolve()
    shutil.rmtree(builds, ignore_errors=True)  # those of a run that ended early
    compiling = seconds(lambda: runner.cocotb_build(rtl, tools.VERILATOR, waves=False, builds=builds))
    report = cosim.run(request, frames=frames).report
    return Row(network.name, network.title, *figures(report), planning, compiling)


def seconds(step: Callable[[], object]) -> float:
    """Processor time that a step takes, with all processes that it begins."""
    before = os.times()
    step()
    return sum(os.times()[:4]) - sum(before[:4])


def figures(report: Report) -> tuple[str | int | float | bool, ...]:
    """What a report says, in the order of `Row`."""
    layers = [layer for layer in report.layers if layer.multipliers is not None]
    multipliers = sum(layer.multipliers for layer in layers)
    results = [simulation.result for simulation in report.simulations]
    return (
        *(report.settings.part, report.settings.precision, report.parameters, multipliers),
        sum(layer.multipliers * layer.busy for layer in layers) / max(1, multipliers),
        *(sum(layer.memory_bits for layer in layers), sum(layer.lut for layer in layers)),
        *(report.predicted.latency, report.predicted.ii, report.settings.mhz),
        *(sum(result.frames for result in results), sum(result.mismatches for result in results)),
        *(report.exact and report.mismatch is None, report.timed),
    )


if __name__ == "__main__":
    sys.exit(main())
