"""What a shipped model takes of its FPGA: multipliers and block RAMs as planned, next to what Yosys makes of every layer.

    python benchmarks/resources.py crnn

Each module is synthesised alone for the 7 series; results are kept in hls_projects/<model>/synth, so a second run takes seconds.
"""

from __future__ import annotations

import argparse
import logging
import os
import sys

from accel.command import QUIET
from accel.config import PROJECTS, resolve
from accel.errors import AccelError
from accel.hls import convert, ranges
from accel.ir.lower import lower
from accel.rtl.plan import Plan, plan
from accel.synth import parts
from accel.synth.yosys import Resources, Yosys

HEAD = ("layer", "multipliers", "DSP", "planned BRAM36", "BRAM36", "LUT", "FF")
WIDTHS = (12, 12, 6, 15, 8, 8, 8)


def planned(model: str) -> tuple[Plan, parts.Part]:
    """The plan of a model's design, and its part. No file is written, nothing is compiled."""
    source = resolve(model)
    design = source.design()
    graph = convert.convert(source, design, ranges.of(source), PROJECTS / source.name / "hls")
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


def line(values: tuple[object, ...]) -> str:
    """One line of the table: the name to the left, figures to the right."""
    return "".join(str(value).rjust(width) if i else str(value).ljust(width) for i, (value, width) in enumerate(zip(values, WIDTHS)))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model", help="a folder of models/ or the path of a model's file")
    parser.add_argument("--jobs", type=int, default=2, help="modules synthesised at a time")
    options = parser.parse_args()
    os.environ.update(QUIET)
    logging.basicConfig(format="%(message)s")
    logging.getLogger("accel.synth").setLevel(logging.INFO)
    try:
        made, part = planned(options.model)
        cache = PROJECTS / resolve(options.model).name / "synth"
        counted = Yosys(cache).count(made, options.jobs)
    except AccelError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    for values in (HEAD, *rows(made, counted), row(part.name, part.dsp, part.bram36, Resources(part.lut, part.ff, part.dsp, part.bram36))):
        print(line(values))
    return 0


if __name__ == "__main__":
    sys.exit(main())
