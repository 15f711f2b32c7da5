"""`accel rtl`: the SystemVerilog of a model and its plan."""

from __future__ import annotations

from dataclasses import replace

from accel.flow import assemble
from accel.flow.conversion import Conversion, make
from accel.flow.outcome import Outcome, finished
from accel.flow.request import Request
from accel.ir.graph import Graph
from accel.ir.lower import lower
from accel.progress import SILENT, Progress
from accel.rtl import project
from accel.rtl.plan import Plan, plan


def run(request: Request, progress: Progress = SILENT) -> Outcome:
    """The SystemVerilog of a model and its plan; nothing is compiled or simulated.

    Raises:
        AccelError: whatever is wrong with the request or the model, in one line; also a layer that the RTL does not
            have.
    """
    done = make(request, progress)
    graph, planned = generate(done, progress)
    report = assemble.planned(assemble.converted(done, assemble.commands(request)), planned)
    return replace(finished(done.folder, report), graph=graph)


def generate(done: Conversion, progress: Progress) -> tuple[Graph, Plan]:
    """The integer graph and its plan; the RTL is written to the design's folder."""
    with progress.step("planning the hardware"):
        graph = lower(done.hls_graph)
        planned = plan(graph)
    with progress.step("writing the RTL"):
        project.write(project.generate(planned, project.top_name(done.source.name)), done.folder / "rtl")
    return graph, planned
