"""`accel hls`: the HLS project, and its C simulation beside the integer model and the float model."""

from __future__ import annotations

from dataclasses import replace

from accel import rows
from accel.errors import AccelError
from accel.flow import assemble, evidence, fidelity
from accel.flow.conversion import frames_of, integers, make, reference
from accel.flow.outcome import Outcome, finished
from accel.flow.request import Request
from accel.flow.witnesses import check_golden
from accel.ir import golden
from accel.progress import SILENT, Progress
from accel.report.facts import MIN_AGREEMENT
from accel.rtl.plan import plan

FRAMES = 64


def run(request: Request, min_agreement: float = MIN_AGREEMENT, progress: Progress = SILENT) -> Outcome:
    """The HLS project, its C simulation compared with the integer model and the float model, and the report.

    Args:
        min_agreement: the fraction of frames that must agree with floating point; the report says where it is missed.

    Raises:
        AccelError: whatever is wrong with the request, the model or the tools, in one line; also where the integer
            model differs from the C simulation.
    """
    done = make(request, progress)
    known = reference(done, frames_of(done, progress, FRAMES), progress)
    raw = known.csim.quantise_input(known.frames.x[:FRAMES])
    with progress.step("running the C simulation"):
        outputs = known.csim.predict_raw(raw)
    witnesses = {"C simulation": rows.to_float(outputs, known.csim.outputs)}
    report = assemble.converted(done, assemble.commands(request, min_agreement=min_agreement))
    report = assemble.measured(report, done, known, witnesses, min_agreement)
    compared = fidelity.layers(done, known, progress)
    ratios, own = compared.ratios, witnesses["C simulation"]
    report = replace(report, evidence=evidence.gathered(done, known, compared, own, report.decides))
    try:
        with progress.step("planning the hardware"):
            graph = integers(done.hls_graph, done.design.part)
            report = assemble.judged(assemble.planned(report, plan(graph)), ratios)
    except AccelError as error:  # the HLS project is good all the same
        note = f"No RTL of this network: {error}. Its C simulation was compared with the float model only."
        return finished(done.folder, replace(assemble.judged(report, ratios), notes=(*report.notes, note)))
    with progress.step("running the integer model"):
        check_golden(graph, known.csim, raw, outputs, golden.predict(graph, raw))
    note = f"The integer model equals the C simulation on all {len(raw)} frames."
    exactness = fidelity.exactness(done, graph, known.frames.x[: len(raw)], raw, progress)
    return finished(done.folder, replace(report, notes=(*report.notes, note), exactness=exactness))
