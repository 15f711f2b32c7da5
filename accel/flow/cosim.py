"""`accel cosim`: the RTL simulated and compared with hls4ml's C simulation, and both with the float model."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from accel import rows
from accel.errors import AccelError
from accel.flow import assemble, evidence, fidelity, memo
from accel.flow.conversion import frames_of, make, reference, settled
from accel.flow.frames import Frames
from accel.flow.outcome import Outcome, finished
from accel.flow.request import Request
from accel.flow.rtl import Hardware, generate
from accel.flow.witnesses import check_golden
from accel.hls.csim import CSim
from accel.ir import golden
from accel.ir.graph import Graph
from accel.places import PROJECTS
from accel.progress import SILENT, Progress
from accel.report import Simulation
from accel.report.facts import MIN_AGREEMENT
from accel.rtl.interface import FEWEST
from accel.rtl.plan import Plan
from accel.sim import bulk, runner, tools
from accel.sim.locate import locate
from accel.sim.result import Mismatch, SimResult
from accel.sim.vectors import framed

FRAMES = {tools.VERILATOR: 64, tools.ICARUS: 4}
"""Frames that are co-simulated unless another number is asked for."""

TRACED = {tools.VERILATOR: 2, tools.ICARUS: 1}
"""Frames on which every layer's stream is compared, too."""

_ENOUGH = "expected at least {}, so that the initiation interval can be measured"


def run(
    request: Request,
    simulator: str = tools.VERILATOR,
    frames: int | None = None,
    full: bool = False,
    waves: bool = False,
    min_agreement: float = MIN_AGREEMENT,
    progress: Progress = SILENT,
) -> Outcome:
    """Co-simulate the RTL against hls4ml's C simulation and compare both with the float model.

    Args:
        simulator: 'verilator' or 'icarus'.
        frames: how many frames the testbench compares; by default 64 with Verilator, 4 with Icarus.
        full: also run the whole test set through the C++ Verilator driver.
        waves: keep the waveforms.
        min_agreement: the fraction of frames that must agree with floating point; the report says where it is missed.

    Raises:
        AccelError: as ``rtl``; a wrong value is no error but the outcome's ``mismatch``.
    """
    count = _count(simulator, frames)
    source, _ = settled(request)
    folder = PROJECTS / source.name
    state = memo.fingerprint(request, simulator, count, full, waves, min_agreement)
    if verified := memo.recall(folder, state):
        return replace(finished(folder, memo.joined(folder, verified)), recalled=True)
    done = make(request, progress)
    made = generate(done, progress)
    graph, planned = made.graph, made.plan
    count = max(count, planned.frames)
    known = reference(done, _enough(frames_of(done, progress, count), planned.frames), progress)
    csim = known.csim
    generated = memo.generated(done.folder)
    raw = csim.quantise_input(known.frames.x)
    count = min(count, len(raw))
    expected, outputs = _witnessed(csim, graph, raw, len(raw) if full else count, progress)
    simulations = _simulate(made, raw, outputs, simulator, count, full, waves, progress)
    mismatch = _check_layers(made, raw, outputs, simulations, progress)
    witnesses = {
        "C simulation": rows.to_float(expected, csim.outputs),
        "integer model": rows.to_float(outputs, graph.outputs),
    }
    report = assemble.converted(done, assemble.commands(request, simulator, frames, full, min_agreement))
    report = assemble.planned(assemble.measured(report, done, known, witnesses, min_agreement), planned)
    report = evidence.added(report, done, known, planned, witnesses["integer model"], progress)
    notes = (*report.notes, _layers_note(planned, mismatch), *_stalls(simulations))
    exactness = fidelity.exactness(done, graph, known.frames.x[:count], raw[:count], progress)
    report = replace(assemble.simulated(report, simulations), notes=notes, exactness=exactness, mismatch=mismatch)
    outcome = replace(finished(done.folder, memo.joined(done.folder, report)), mismatch=mismatch, graph=graph)
    if outcome.passed:
        memo.remember(folder, state, generated, report)
    return outcome


def _count(simulator: str, frames: int | None) -> int:
    """How many frames the testbench compares."""
    tools.find(simulator)
    count = FRAMES[simulator] if frames is None else frames
    if count < FEWEST:
        raise AccelError(f"{count} frames; {_ENOUGH.format(FEWEST)}")
    return count


def _enough(frames: Frames, least: int) -> Frames:
    """The frames, where there are as many as show the design's pace."""
    if len(frames.x) < least:
        raise AccelError(f"{len(frames.x)} frames ({frames.origin}); {_ENOUGH.format(least)}: bring more examples")
    return frames


def _witnessed(csim: CSim, graph: Graph, raw, count: int, progress: Progress) -> tuple[np.ndarray, np.ndarray]:
    """Raw outputs of the C simulation for the first ``count`` frames, and of the integer model, which must be the same,
    for all.
    """
    with progress.step("running the C simulation"):
        expected = csim.predict_raw(raw[:count])
    with progress.step("running the integer model"):
        outputs = golden.predict(graph, raw)
        check_golden(graph, csim, raw[:count], expected, outputs[:count])
    return expected, outputs


def _simulate(made: Hardware, raw, outputs, simulator, count, full, waves, progress) -> tuple[Simulation, ...]:
    """cocotb on the first ``count`` frames; with ``full``, the C++ driver on all."""
    inputs, expected = framed(raw, made.plan.sources), framed(outputs, made.plan.outputs)
    with progress.step(f"co-simulating {count} frames with cocotb and {simulator}"):
        more = int(simulator == tools.VERILATOR)  # others are slow: full rate only
        bench = {"back_to_back": count, "patterns": more, "reset": more}
        done = runner.cosimulate(made.rtl, inputs[:count], expected[:count], simulator, waves=waves, **bench)
    simulations = [Simulation("cocotb", done)]
    if full:
        with progress.step(f"simulating all {len(inputs)} frames with the C++ driver"):
            simulations.append(Simulation("C++", bulk.check(made.rtl, inputs, expected)))
    return tuple(simulations)


def _check_layers(made: Hardware, raw, outputs, simulations, progress) -> Mismatch | None:
    """The first place where a layer's stream differs from the integer model's.

    The frames are those up to the first wrong one; without one, a few all the same: a fault can hide behind a table.
    """
    simulator = simulations[0].result.simulator
    red: SimResult | None = next((s.result for s in simulations if not s.result.passed), None)
    count = min(
        len(raw), red.first.frame + 1 if red and red.first and red.first.frame is not None else TRACED[simulator]
    )
    traced = golden.trace(made.graph, raw[:count])
    layers = {name: framed(traced[name], [stream]) for name, stream in made.plan.made.items()}
    with progress.step(f"comparing every layer on {count} frames"):
        inputs, expected = framed(raw[:count], made.plan.sources), framed(outputs[:count], made.plan.outputs)
        found = locate(made.rtl, inputs, expected, layers, simulator, optimisation="-O1")
    return found or (red.first if red else None)


def _layers_note(planned: Plan, mismatch: Mismatch | None) -> str:
    if mismatch is not None:
        return f"First difference: {mismatch}."
    return f"The streams of all {len(planned.made)} layers are the integer model's, too."


def _stalls(simulations: tuple[Simulation, ...]) -> list[str]:
    """What the streams waited for where nothing moved any more."""
    return [f"Nothing moves any more: {s.result.stalled}." for s in simulations if s.result.stalled]
