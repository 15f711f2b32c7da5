"""`accel synth`: what Yosys makes of a design, layer by layer or in one run."""

from __future__ import annotations

import os
from dataclasses import replace

from accel.flow import assemble, memo
from accel.flow.conversion import make
from accel.flow.outcome import Outcome, finished
from accel.flow.request import Request
from accel.flow.rtl import generate
from accel.progress import SILENT, Progress
from accel.synth import parts
from accel.synth.yosys import Yosys


def run(request: Request, flat: bool = False, progress: Progress = SILENT) -> Outcome:
    """The RTL of a model, and what it takes of the part: each module synthesised alone, as many at a time as there are
    processors, or all in one ``flat`` run, which takes longer and shares more.

    Results are kept in the design's folder ``synth``, by everything that Yosys reads.

    Raises:
        AccelError: whatever is wrong with the request, the model or the tools, in one line; also where the part's
            family cannot hold a module.
    """
    done = make(request, progress)
    made = generate(done, progress)
    yosys = Yosys(done.folder / "synth", parts.find(done.design.part).family)
    counted, whole = {}, None
    if flat:
        with progress.step("synthesising the whole design with Yosys"):
            whole = yosys.whole(made.rtl)
    else:
        with progress.step(f"synthesising {len(made.plan.instances)} modules with Yosys"):
            counted = yosys.count(made.plan, os.cpu_count() or 1, progress)
    report = assemble.planned(assemble.converted(done, assemble.commands(request)), made.plan)
    report = assemble.synthesised(report, made.plan, counted, whole)
    return replace(finished(done.folder, memo.joined(done.folder, report)), graph=made.graph)
