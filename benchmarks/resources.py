"""What a shipped model takes of its FPGA: multipliers and block RAMs as planned, next to what Yosys makes of every
layer.

    python benchmarks/resources.py crnn

Each module is synthesised alone for the 7 series; results are kept in hls_projects/<model>/synth, so a second run takes
seconds.
"""

from __future__ import annotations

import argparse
import sys

from accel.cli import session, terminal
from accel.hls import convert, ranges
from accel.intake import keras_file
from accel.intake.rewrite import rewrite
from accel.ir.lower import lower
from accel.places import PROJECTS
from accel.rtl.plan import Plan, plan
from accel.source import resolve
from accel.synth import parts
from accel.synth.yosys import Resources, Yosys

HEAD = ("layer", "multipliers", "DSP", "planned BRAM36", "BRAM36", "LUT", "FF")


def planned(model: str) -> tuple[Plan, parts.Part]:
    """The plan of a model's design, and its part. No file is written, nothing is compiled."""
    source = resolve(model)
    design = source.design()
    model = keras_file.load(source.path)
    network = rewrite(model)
    graph = convert.convert(network, design, ranges.of(source, model, network), PROJECTS / source.name / "hls")
    return plan(lower(graph)), parts.find(design.part)


def rows(made: Plan, counted: dict[str, Resources]) -> list[tuple[object, ...]]:
    """A row for each layer that computes something, and their sum."""
    found = []
    for step in made.steps:
        if step.instances:
            taken = sum((counted[instance.name] for instance in step.instances), Resources())
            found.append(row(step.node.name, step.multipliers, step.bram36, taken))
    return [*found, row("sum", made.multipliers, made.bram36, sum(counted.values(), Resources()))]


def row(name: str, multipliers: int, bram36: float, taken: Resources) -> tuple[object, ...]:
    return name, multipliers, taken.dsp, bram36, taken.bram36, taken.lut, taken.ff


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model", help="a folder of models/ or the path of a model's file")
    parser.add_argument("--jobs", type=int, default=2, help="modules synthesised at a time")
    options = parser.parse_args()
    return session.run(lambda: table(options.model, options.jobs))


def table(model: str, jobs: int) -> None:
    """Synthesise what was not synthesised before, and print the table."""
    name = resolve(model).name
    with session.started("resources", name) as progress:
        with progress.step("planning the hardware"):
            made, part = planned(model)
        with progress.step(f"synthesising {len(made.instances)} modules with Yosys"):
            counted = Yosys(PROJECTS / name / "synth").count(made, jobs)
    there = row(part.name, part.dsp, part.bram36, Resources(part.lut, part.ff, part.dsp, part.bram36))
    terminal.table(HEAD, (*rows(made, counted), there))


if __name__ == "__main__":
    sys.exit(main())
