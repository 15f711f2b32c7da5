"""`accel fmax`: the clock that each module of a design can have on an ECP5, and what limits it."""

from __future__ import annotations

import os
from dataclasses import replace

from accel.flow import assemble, memo
from accel.flow.conversion import make, settled
from accel.flow.outcome import Outcome, finished
from accel.flow.request import Request
from accel.flow.rtl import generate
from accel.places import PROJECTS
from accel.progress import SILENT, Progress
from accel.synth.nextpnr import Nextpnr


def run(request: Request, progress: Progress = SILENT) -> Outcome:
    """The RTL of a model, and the clock of each module, placed and routed alone; as many at a time as there are
    processors.

    Results are kept in the design's folder ``synth``, by everything that the tools read.

    Raises:
        AccelError: whatever is wrong with the request, the model or the tools, in one line; also where the part is no
            ECP5, before anything is converted.
    """
    source, design = settled(request)
    nextpnr = Nextpnr(PROJECTS / source.name / "synth", design.part)
    done = make(request, progress)
    made = generate(done, progress)
    report = assemble.planned(assemble.converted(done, assemble.commands(request)), made.plan)
    with progress.step(f"placing and routing {len(made.plan.instances)} modules with nextpnr"):
        found = nextpnr.clocks(made.plan, report.settings.mhz, os.cpu_count() or 1, progress)
    report = assemble.clocked(report, made.plan, nextpnr.title, found)
    return replace(finished(done.folder, memo.joined(done.folder, report)), graph=made.graph)
