"""The whole path, step by step: a model's file to an HLS project, its C simulation, RTL, co-simulation and report."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from accel import assemble, memo
from accel.config import PROJECTS, resolve
from accel.conversion import Conversion, Request, make
from accel.errors import AccelError
from accel.fixed import from_float, to_float
from accel.hls.csim import CSim
from accel.ir import golden
from accel.ir.graph import Graph
from accel.ir.lower import lower
from accel.progress import SILENT, Progress
from accel.report import Report, Simulation
from accel.report import write as report_files
from accel.rtl import project
from accel.rtl.plan import Plan, plan
from accel.sim import bulk, runner, tools
from accel.sim.locate import locate
from accel.sim.result import Mismatch, SimResult

if TYPE_CHECKING:
    from hls4ml.model.graph import ModelGraph

log = logging.getLogger(__name__)

STEPS = ("convert", "compile", "simulate in C", "lower", "plan", "write RTL", "co-simulate", "report")
FRAMES = {tools.VERILATOR: 64, tools.ICARUS: 4}
"""Frames that are co-simulated unless another number is asked for."""
TRACED = {tools.VERILATOR: 2, tools.ICARUS: 1}
"""Frames on which every layer's stream is compared, too."""


@dataclass(frozen=True, eq=False)
class Outcome:
    """What a command made: the design's folder, its report, and where the hardware first differs, if it does.

    ``recalled``: nothing was run, as nothing has changed since the report was made.
    """

    folder: Path
    report: Report
    mismatch: Mismatch | None = None
    graph: Graph | None = field(default=None, repr=False)
    recalled: bool = False

    @property
    def passed(self) -> bool:
        """Whether everything that was simulated agrees."""
        return self.mismatch is None and all(simulation.result.passed for simulation in self.report.simulations)


def hls(request: Request, progress: Progress = SILENT) -> Outcome:
    """The HLS project, its C simulation compared with the float model, and the report of both.

    Raises:
        AccelError: whatever is wrong with the request, the model or the tools, in one line.
    """
    done = make(request, progress, FRAMES[tools.VERILATOR])
    with progress.step("running the C simulation"):
        count = min(len(done.frames.x), FRAMES[tools.VERILATOR])
        outputs = to_float(
            done.csim.predict_raw(done.csim.quantise_input(done.frames.x[:count])), done.csim.output_type
        )
    report = assemble.converted(done, {"C simulation": outputs}, assemble.commands(request))
    try:
        with progress.step("planning the hardware"):
            report = assemble.planned(report, plan(lower(done.hls_graph)))
    except AccelError as error:  # the HLS project is good all the same
        report = replace(report, notes=(f"No RTL of this network: {error}.",))
    return _finished(done.folder, report)


def rtl(request: Request, progress: Progress = SILENT) -> Outcome:
    """The SystemVerilog of a model and its plan; nothing is simulated.

    Raises:
        AccelError: as ``hls``; also for a layer that the RTL does not have.
    """
    done = make(request, progress, FRAMES[tools.VERILATOR])
    graph, planned = _generate(done, progress)
    report = assemble.planned(assemble.converted(done, {}, assemble.commands(request)), planned)
    return replace(_finished(done.folder, report), graph=graph)


def cosim(
    request: Request,
    simulator: str = tools.VERILATOR,
    frames: int | None = None,
    full: bool = False,
    waves: bool = False,
    progress: Progress = SILENT,
) -> Outcome:
    """Co-simulate the RTL against hls4ml's C simulation and compare both with the float model.

    Args:
        simulator: 'verilator' or 'icarus'.
        frames: how many frames the testbench compares; by default 64 with Verilator, 4 with Icarus.
        full: also run the whole test set through the C++ Verilator driver.
        waves: keep the waveforms.

    Raises:
        AccelError: as ``rtl``; a wrong value is no error but the outcome's ``mismatch``.
    """
    tools.find(simulator)
    count = FRAMES[simulator] if frames is None else frames
    if count < 4:
        raise AccelError(f"{count} frames; expected at least 4, so that the initiation interval can be measured")
    state = memo.fingerprint(request, simulator, count, full, waves)
    folder = PROJECTS / resolve(request.model).name
    if known := memo.recall(folder, state):
        return replace(_finished(folder, known), recalled=True)
    done = make(request, progress, count)
    graph, planned = _generate(done, progress)
    raw = done.csim.quantise_input(done.frames.x)
    with progress.step("running the C simulation"):
        compared = len(raw) if full else min(count, len(raw))
        expected = done.csim.predict_raw(raw[:compared])
    with progress.step("running the integer model"):
        _check_golden(graph, done.csim, raw[:compared], expected)
        outputs = golden.predict(graph, raw)
    simulations = _simulate(done.folder, planned, raw, outputs, simulator, min(count, len(raw)), full, waves, progress)
    mismatch = _check_layers(done.folder, graph, planned, raw, outputs, simulations, progress)
    witnesses = {
        "C simulation": to_float(expected, done.csim.output_type),
        "integer model": to_float(outputs, graph.output.type),
    }
    commands = assemble.commands(request, simulator, frames, full)
    report = assemble.simulated(assemble.planned(assemble.converted(done, witnesses, commands), planned), simulations)
    report = replace(report, notes=(_layers_note(planned, mismatch),))
    outcome = replace(_finished(done.folder, report), mismatch=mismatch, graph=graph)
    if outcome.passed:
        memo.remember(folder, state, report)
    return outcome


def simulate_rtl(model: ModelGraph, x: np.ndarray) -> np.ndarray:
    """Outputs of the RTL of a converted hls4ml model: float64 (frames, *shape) for floats (frames, *shape)."""
    graph = lower(model)
    planned = plan(graph)
    folder = Path(model.config.get_output_dir()) / "accel" / "rtl"
    project.write(project.generate(planned, project.top_name(graph.name)), folder)
    raw = from_float(np.asarray(x, np.float64).reshape(-1, *graph.input.shape), graph.input.type)
    beats = bulk.simulate(folder, raw.reshape(len(raw), planned.source.beats, planned.source.lanes))
    return to_float(beats.reshape(len(raw), *graph.output.shape), graph.output.type)


def build_report(model: ModelGraph) -> dict:
    """The planned design of a converted hls4ml model, as plain values: layers, multipliers, memories, cycles."""
    return assemble.of_graph(model, plan(lower(model))).to_dict()


def _generate(done: Conversion, progress: Progress) -> tuple[Graph, Plan]:
    """The integer graph, and its RTL written unless it is there already."""
    with progress.step("planning the hardware"):
        graph = lower(done.hls_graph)
        planned = plan(graph)
    with progress.step("writing the RTL"):
        project.write(project.generate(planned, project.top_name(done.source.name)), done.folder / "rtl")
    return graph, planned


def _check_golden(graph: Graph, csim: CSim, raw: np.ndarray, expected: np.ndarray) -> None:
    """The integer model must be the C simulation; where it is not, say in which layer."""
    got = golden.predict(graph, raw)
    wrong = np.argwhere(got != expected.reshape(got.shape))
    if not len(wrong):
        return
    frame = raw[wrong[0][0]][None]
    traced, ours = csim.trace_raw(frame), golden.trace(graph, frame)
    layer = next((n for n in ours if n in traced and np.any(ours[n] != traced[n].reshape(ours[n].shape))), "the output")
    raise AccelError(
        f"the integer model differs from hls4ml's C simulation in {len(wrong)} values, first at frame {wrong[0][0]} in "
        f"{layer}; this is a fault of accel: please report it with the model"
    )


def _beats(values: np.ndarray, stream) -> np.ndarray:
    return values.reshape(len(values), stream.beats, stream.lanes)


def _simulate(folder, planned, raw, outputs, simulator, count, full, waves, progress) -> tuple[Simulation, ...]:
    """cocotb on the first ``count`` frames; with ``full``, the C++ driver on all."""
    rtl_dir = folder / "rtl"
    inputs, expected = _beats(raw, planned.source), _beats(outputs, planned.output)
    with progress.step(f"co-simulating {count} frames with cocotb and {simulator}"):
        if simulator == tools.VERILATOR:
            bench = {"patterns": 1, "reset": 1, "all_vectors": count}
        else:  # slow: full rate only
            bench = {"back_to_back": count, "patterns": 0, "reset": 0}
        done = runner.cosimulate(rtl_dir, inputs[:count], expected[:count], simulator, waves=waves, **bench)
    simulations = [Simulation("cocotb", done)]
    if full:
        with progress.step(f"simulating all {len(inputs)} frames with the C++ driver"):
            simulations.append(Simulation("C++", bulk.check(rtl_dir, inputs, expected)))
    return tuple(simulations)


def _check_layers(folder, graph, planned, raw, outputs, simulations, progress) -> Mismatch | None:
    """The first place where a layer's stream differs from the integer model's.

    The frames are those up to the first wrong one; without one, a few all the same: a fault can hide behind a table.
    """
    simulator = simulations[0].result.simulator
    red: SimResult | None = next((s.result for s in simulations if not s.result.passed), None)
    count = min(
        len(raw), red.first.frame + 1 if red and red.first and red.first.frame is not None else TRACED[simulator]
    )
    traced = golden.trace(graph, raw[:count])
    streams = {step.node.name: step.instances[-1].output for step in planned.steps if step.instances}
    layers = {name: _beats(traced[name], stream) for name, stream in streams.items()}
    with progress.step(f"comparing every layer on {count} frames"):
        inputs, expected = _beats(raw[:count], planned.source), _beats(outputs[:count], planned.output)
        found = locate(folder / "rtl", inputs, expected, layers, simulator, optimisation="-O1")
    return found or (red.first if red else None)


def _layers_note(planned: Plan, mismatch: Mismatch | None) -> str:
    if mismatch is not None:
        return f"First difference: {mismatch}."
    return (
        f"The streams of all {sum(bool(step.instances) for step in planned.steps)} layers are the integer model's, too."
    )


def _finished(folder: Path, report: Report) -> Outcome:
    report_files.write(report, folder)
    return Outcome(folder, report)
