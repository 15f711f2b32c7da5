"""Fits the resource model of a family to what Yosys makes of random instances, or measures its error on whole designs.

    python benchmarks/fit_resources.py xc7            # draw, synthesise, fit; writes accel/synth/coefficients/xc7.json
    python benchmarks/fit_resources.py xcup --like xc7 --instances 10    # fewer, where another family is much like it
    python benchmarks/fit_resources.py xc7 --only acc_gru acc_lstm       # modules that changed; all other fits stay
    python benchmarks/fit_resources.py xc7 --check    # designs that the fit never saw, predicted beside synthesised

Every synthesis is kept in hls_projects/.fit/<family>, so that a second run takes seconds.
"""

from __future__ import annotations

import argparse
import itertools
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np

from accel import cache
from accel.cli import session, terminal
from accel.errors import AccelError
from accel.hls import convert, ranges
from accel.intake import files
from accel.intake.rewrite import rewrite
from accel.ir.lower import lower
from accel.places import PROJECTS
from accel.rtl.fabric import Fabric
from accel.source import resolve
from accel.synth import batch, samples
from accel.synth.drawn import Drawn, instances, placed
from accel.synth.estimate import KINDS, Fit, coefficients, estimate
from accel.synth.families import FAMILIES, Family, Resources
from accel.synth.fit import Sample, fit, relative
from accel.synth.formulas import FORMULAS, parts

COEFFICIENTS = Path(__file__).parents[1] / "accel" / "synth" / "coefficients"
SHARES = {"acc_mvau": 3, "acc_fifo": 0.5, "acc_repack": 0.5, "acc_window": 0.75}
"""How many times as many instances as the others a module gets: the more, the more there is in it."""

UNSEEN = 1000
"""Added to the seed for networks that no fit saw."""

CASES = 3
"""Instances of each module whose figures are written beside the coefficients, for the tests."""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("family", choices=sorted(FAMILIES), help="family of FPGAs")
    parser.add_argument("--instances", type=int, default=16, help="of each module; some get more, simple ones fewer")
    parser.add_argument("--seed", type=int, default=1, help="of the random networks")
    parser.add_argument("--like", choices=sorted(FAMILIES), help="a fitted family with the same look-up tables")
    parser.add_argument("--only", nargs="+", choices=sorted(FORMULAS), help="fit these modules, keep all others' fits")
    parser.add_argument("--jobs", type=int, default=2, help="runs of Yosys at a time; 0 takes what was kept only")
    parser.add_argument("--check", action="store_true", help="measure the error on whole designs, fit nothing")
    parser.add_argument("--networks", type=int, default=10, help="random designs that are checked")
    parser.add_argument(
        "--model", action="append", default=[], metavar="NAME:PRECISION", help="checked, too, such as crnn:auto<12>"
    )
    options = parser.parse_args()
    return session.run(lambda: (check if options.check else fitted)(FAMILIES[options.family], options))


def fitted(family: Family, options: argparse.Namespace) -> None:
    """Fit the coefficients, write them and print their errors."""
    wanted = {module: round(options.instances * SHARES.get(module, 1)) for module in options.only or FORMULAS}
    drawn = list(instances(options.seed, wanted, family.fabric))
    taken = synthesised(drawn, family, options.jobs)
    held = [(one, figures) for one, figures in zip(drawn, taken, strict=True) if figures]
    like = coefficients(options.like) if options.like else None
    found = fit((Sample(one.instance.module, parts(one.instance, family), figures) for one, figures in held), like)
    write(family, options, found, held)
    rows = [
        (name, own["lut"].instances, *(f"{x:.1%}" for kind in KINDS for x in (own[kind].median, own[kind].worst)))
        for name, own in found.items()
    ]
    terminal.table(("module", "instances", "LUT median", "LUT worst", "FF median", "FF worst"), rows)


def synthesised(drawn: Sequence[Drawn], family: Family, jobs: int) -> list[Resources | None]:
    """What Yosys makes of each instance."""
    with (
        session.started("fit_resources") as progress,
        progress.step(f"synthesising {len(drawn)} modules with Yosys"),
    ):
        alone = [(one.instance, one.sources) for one in drawn]
        return batch.synthesise(alone, family, PROJECTS / ".fit" / family.name, jobs, progress.advance)


def write(
    family: Family,
    options: argparse.Namespace,
    found: dict[str, dict[str, Fit]],
    held: Sequence[tuple[Drawn, Resources]],
) -> None:
    """Write the coefficients, their errors, and some of the instances with what they took.

    Raises:
        AccelError: modules that are kept were fitted to other networks.
    """
    cases = [
        {"network": one.network, "name": one.instance.name, "module": module, "lut": figures.lut, "ff": figures.ff}
        for module in found
        for one, figures in [pair for pair in held if pair[0].instance.module == module][:CASES]
    ]
    modules = {name: {kind: asdict(one) for kind, one in own.items()} for name, own in found.items()}
    file = COEFFICIENTS / f"{family.name}.json"
    if options.only:
        before = json.loads(file.read_text())
        if before["seed"] != options.seed:
            raise AccelError(f"seed {options.seed}; expected {before['seed']}, that of the fits that are kept")
        modules = before["modules"] | modules
        cases = [case for case in before["cases"] if case["module"] not in found] + cases
    stored = {"seed": options.seed, "modules": modules, "cases": cases}
    cache.write(file, json.dumps(stored, indent=1) + "\n")


def check(family: Family, options: argparse.Namespace) -> None:
    """Print whole designs as predicted and as synthesised, and the errors over all that were."""
    rows, errors = [], []
    for name, drawn in designs(options, family.fabric):
        taken = synthesised(drawn, family, options.jobs)
        told = sum((estimate(one.instance, family) for one in drawn), Resources())
        if not all(taken):  # not kept, or not held by the family
            rows.append(
                (name, len(drawn), *(x for kind in KINDS for x in (getattr(told, kind), None, None)), None, None)
            )
            continue
        real = sum(taken, Resources())
        off = [float(relative(np.array(getattr(told, kind)), np.array(getattr(real, kind)))) for kind in KINDS]
        same = told.dsp == real.dsp, told.bram == real.bram
        errors.append((*off, *same))
        rows.append((name, len(drawn), told.lut, real.lut, f"{off[0]:.1%}", told.ff, real.ff, f"{off[1]:.1%}", *same))
    head = ("LUT", "Yosys", "off", "FF", "Yosys", "off", "DSP exact", f"{family.bram} exact")
    terminal.table(("design", "modules", *head), rows)
    if errors:
        lut, ff, dsp, bram = zip(*errors, strict=True)
        figures = (f"{x:.1%}" for kind in (lut, ff) for x in (np.median(kind), max(kind)))
        head = ("designs", "LUT median", "LUT worst", "FF median", "FF worst", "DSP exact", f"{family.bram} exact")
        terminal.table(head, [(len(errors), *figures, sum(dsp), sum(bram))])


def designs(options: argparse.Namespace, fabric: Fabric) -> Iterator[tuple[str, list[Drawn]]]:
    """Networks that the fit never saw, by name: random ones, and models at the precisions that are asked for."""
    for number, graph in enumerate(itertools.islice(samples.networks(options.seed + UNSEEN), options.networks)):
        yield f"random {number}", placed(graph, number, fabric)
    for asked in options.model:
        name, _, precision = asked.partition(":")
        source = resolve(name)
        reading = files.read(source.path)
        network, design = rewrite(reading.model), source.design().changed({"precision": precision} if precision else {})
        hls = convert.convert(network, design, ranges.of(source, reading, network), PROJECTS / source.name / "hls")
        yield asked, placed(lower(hls), 0, fabric)


if __name__ == "__main__":
    sys.exit(main())
