"""A design's report, built up as far as a command went: converted, planned, simulated."""

from __future__ import annotations

import math
import shlex
from collections.abc import Iterable, Mapping
from dataclasses import astuple, replace
from typing import TYPE_CHECKING

import numpy as np

from accel.data.judging import ACCURACY, Classes, judge
from accel.design import AUTO
from accel.flow import doctor
from accel.flow.conversion import Conversion, Reference
from accel.flow.request import Request
from accel.hls import convert
from accel.intake.reading import outputs_of
from accel.report import ClockRow, Clocks, LayerRow, Report, Resource, Settings, Simulation, SynthesisRow, Timing
from accel.report.facts import MIN_AGREEMENT
from accel.report.layers import edges, hls_rows, planned_rows
from accel.report.measure import compare, scores
from accel.report.size import PREDICTED
from accel.rtl.layers import Instance
from accel.rtl.plan import Plan, Step
from accel.sim import tools
from accel.synth import parts
from accel.synth.estimate import estimate, of_plan
from accel.synth.families import FAMILIES, Resources
from accel.synth.nextpnr import Clock

if TYPE_CHECKING:
    from hls4ml.model.graph import ModelGraph


def commands(
    request: Request,
    simulator: str = tools.VERILATOR,
    frames: int | None = None,
    full: bool = False,
    min_agreement: float = MIN_AGREEMENT,
) -> tuple[str, ...]:
    """What a user types to make this design, and to simulate and judge it as it was."""
    given = "" if request.design is None else f" DESIGN={shlex.quote(request.design)}"
    changes = given + "".join(f" {name.upper()}={shlex.quote(value)}" for name, value in request.changes.items())
    how = "" if simulator == tools.VERILATOR else f" SIM={simulator}"
    how += "" if frames is None else f" N={frames}"
    how += " FULL=1" if full else ""
    enough = "" if min_agreement == MIN_AGREEMENT else f" MIN_AGREEMENT={100 * min_agreement:.12g}"
    own = {"hls": enough, "rtl": "", "cosim": how + enough}
    return tuple(f"make {target} MODEL={shlex.quote(request.model)}{changes}{more}" for target, more in own.items())


def converted(done: Conversion, commands: tuple[str, ...]) -> Report:
    """What is known after the conversion; ``commands`` are what a user types to get the report."""
    design = done.design
    return Report(
        design=done.source.name,
        model=str(done.source.path.name if done.source.folder is None else f"models/{done.source.name}"),
        parameters=done.parameters,
        description=_description(done),
        settings=Settings(
            design.part, design.clock_ns, design.io, design.strategy, design.precision, design.reuse or AUTO
        ),
        layers=hls_rows(done.hls_graph),
        commands=commands,
        notes=(done.reading.told,) if done.reading.told else (),
        versions=doctor.versions(),
    )


def measured(
    report: Report, done: Conversion, known: Reference, witnesses: Mapping[str, np.ndarray], min_agreement: float
) -> Report:
    """The same with witnesses compared with the float model: their outputs (frames, *shape), each of the first frames,
    as numbers by name. ``min_agreement`` is the fraction of them that must agree.
    """
    frames, own = known.frames, judge(done.source.definition(), outputs_of(done.network))
    reference = known.outputs.reshape(len(known.outputs), -1)
    comparisons = [
        compare(
            name,
            outputs.reshape(len(outputs), -1),
            reference[: len(outputs)],
            min(one.type.step for one in known.csim.outputs),
            None if frames.truth is None else frames.truth[: len(outputs)],
            own,
        )
        for name, outputs in witnesses.items()
    ]
    found = scores(own, reference, frames.truth)
    return replace(
        report,
        stimulus=frames.origin,
        noise=frames.noise,
        decides=isinstance(own, Classes),
        alike=own.alike,
        float_accuracy=found.pop(ACCURACY, None),
        float_scores=tuple(found.items()),
        comparisons=tuple(comparisons),
        min_agreement=min_agreement,
    )


def planned(report: Report, plan: Plan) -> Report:
    """The same with the RTL's layers, resources and predicted cycles."""
    part = parts.find(report.settings.part)
    needed = {name: of_plan(plan, family) for name, family in FAMILIES.items()}
    rows = planned_rows(plan, part.family.fabric)
    return replace(
        report,
        layers=tuple(_with_logic(*pair, part) for pair in zip(rows, plan.steps, strict=True)),
        edges=edges(plan),
        resources=_resources(part, needed[part.family.name], "plan", PREDICTED),
        smallest_part=_smallest(needed),
        predicted=Timing(plan.latency, plan.ii),
    )


def _with_logic(row: LayerRow, step: Step, part: parts.Part) -> LayerRow:
    """The row with the look-up tables and flip-flops that are predicted."""
    taken = sum((estimate(instance, part.family) for instance in step.instances), Resources())
    return row if math.isnan(taken.lut) else replace(row, lut=taken.lut, ff=taken.ff)


def synthesised(report: Report, plan: Plan, counted: Mapping[str, Resources], whole: Resources | None) -> Report:
    """The same with what Yosys made of each instance of the plan, by its name, or of the `whole` in one run."""
    part = parts.find(report.settings.part)
    rows = []
    for step in plan.steps if counted else ():
        if step.instances:
            own = sum((counted[instance.name] for instance in step.instances), Resources())
            rows.append(_synthesis_row(step.node.name, step.instances, part, own))
    total = whole or sum(counted.values(), Resources())
    rows.append(_synthesis_row("in one run" if whole else "sum", plan.instances, part, total))
    return replace(
        report,
        synthesis=tuple(rows),
        resources=(*report.resources, *_resources(part, total, "Yosys", "Yosys")),
        smallest_part=_smallest({part.family.name: total}),
    )


def _synthesis_row(name: str, instances: Iterable[Instance], part: parts.Part, taken: Resources) -> SynthesisRow:
    expected = sum((estimate(instance, part.family) for instance in instances), Resources())
    planned = (None if math.isnan(figure) else figure for figure in astuple(expected))
    return SynthesisRow(name, *planned, *astuple(taken))


def clocked(report: Report, plan: Plan, tool: str, found: Mapping[str, Clock]) -> Report:
    """The same with the clock that ``tool`` found of each instance of the plan, by its name."""
    rows = [ClockRow(one.name, one.module, *astuple(found[one.name])) for one in plan.instances]
    return replace(report, clocks=Clocks(tool, tuple(rows)))


def _resources(part: parts.Part, taken: Resources, counted: str, logic: str) -> tuple[Resource, ...]:
    """What is known of it: multipliers and block RAMs `counted` by one, look-up tables and flip-flops by another."""
    names, sources = ("LUT", "FF", "DSP", part.family.bram), (logic, logic, counted, counted)
    rows = zip(names, astuple(taken), astuple(part.has), sources, strict=True)
    return tuple(Resource(*row) for row in rows if not math.isnan(row[1]))


def _smallest(needed: Mapping[str, Resources]) -> str | None:
    part = parts.smallest(needed)
    return part.name if part else None


def judged(report: Report, sqnr: Mapping[str, float | None]) -> Report:
    """The same with each layer's signal-to-quantisation-noise ratio, by its name."""
    return replace(report, layers=tuple(replace(row, sqnr=sqnr.get(row.name)) for row in report.layers))


def simulated(report: Report, simulations: tuple[Simulation, ...]) -> Report:
    """The same with what the simulators found. Where every integer agreed, the RTL's errors are the integer model's."""
    exact = [simulation.result.frames for simulation in simulations if simulation.result.passed]
    rows = [replace(row, name="RTL") for row in report.comparisons if row.name == "C simulation" and exact]
    return replace(report, simulations=simulations, comparisons=(*report.comparisons, *rows))


def of_graph(model: ModelGraph, plan: Plan) -> Report:
    """The report of a hls4ml ModelGraph that did not come from a file."""
    config = model.config
    report = Report(
        design=config.get_project_name(),
        model=config.get_project_name(),
        parameters=convert.parameters(model),
        description="Converted with hls4ml's backend Accel.",
        settings=Settings(
            str(config.get_config_value("Part")),
            float(config.get_config_value("ClockPeriod")),
            str(config.get_config_value("IOType")),
            str(config.model_strategy),
            str(config.model_precision.get("default", "per layer")),
            int(config.model_rf or 1),
        ),
        layers=hls_rows(model),
        versions=doctor.versions(),
    )
    return planned(report, plan)


def _description(done: Conversion) -> str:
    definition = done.source.definition()
    text = (definition.__doc__ or "").strip() if definition else ""
    return text.split("\n\n")[0].replace("\n", " ") or f"The model of {done.source.path.name}."
