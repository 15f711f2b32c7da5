"""`accel rtl`: the SystemVerilog of a model and its plan."""

from __future__ import annotations

from dataclasses import dataclass, replace

from accel.flow import assemble, memo
from accel.flow.conversion import Conversion, integers, make
from accel.flow.outcome import Outcome, finished
from accel.flow.request import Request
from accel.ir.graph import Graph
from accel.progress import SILENT, Progress
from accel.rtl import project
from accel.rtl.folder import RtlFolder
from accel.rtl.plan import Plan, plan


@dataclass(frozen=True, eq=False)
class Hardware:
    """The integer graph, its plan and the RTL in the design's folder."""

    graph: Graph
    plan: Plan
    rtl: RtlFolder


def run(request: Request, progress: Progress = SILENT) -> Outcome:
    """The SystemVerilog of a model and its plan; nothing is compiled or simulated.

    Raises:
        AccelError: whatever is wrong with the request or the model, in one line; also a layer that the RTL does not
            have.
    """
    done = make(request, progress)
    made = generate(done, progress)
    report = assemble.planned(assemble.converted(done, assemble.commands(request)), made.plan)
    return replace(finished(done.folder, memo.joined(done.folder, report)), graph=made.graph)


def generate(done: Conversion, progress: Progress) -> Hardware:
    """Plan the converted model's hardware and write its RTL."""
    with progress.step("planning the hardware"):
        graph = integers(done.hls_graph, done.design.part)
        planned = plan(graph)
    with progress.step("writing the RTL"):
        rtl = project.write(project.generate(planned, project.top_name(done.source.name)), done.folder / "rtl")
    return Hardware(graph, planned, rtl)
