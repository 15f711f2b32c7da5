"""What the commands print of a design."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accel.cli import terminal
from accel.errors import AccelError
from accel.report.facts import HTML, MARKDOWN, NOT_MEASURED

if TYPE_CHECKING:
    from accel.flow.outcome import Outcome
    from accel.report import Comparison, Report
    from accel.report.answers import Answer


def layers(report: Report) -> None:
    """The table of layers and what is to be said of the design."""
    header = (
        "layer",
        "kind",
        "output",
        "weights",
        "accumulator",
        "result",
        "SQNR dB",
        "reuse",
        "DSP",
        "cycles",
        "busy",
    )
    rows = []
    for row in report.layers:
        shape = "x".join(map(str, row.shape))
        types = row.weight_type, row.accum_type, row.output_type
        ratio = None if row.sqnr is None else f"{row.sqnr:.1f}"
        busy = None if row.busy is None else f"{100 * row.busy:.0f} %"
        rows.append((row.name, row.kind, shape, *types, ratio, row.reuse, row.dsp, row.cycles, busy))
    terminal.table(header, rows)
    terminal.say("")
    if report.predicted and report.bottleneck:
        multipliers = sum(row.multipliers or 0 for row in report.layers)
        terminal.say(
            f"II {report.predicted.ii:,} cycles, set by '{report.bottleneck.name}'; latency "
            f"{report.predicted.latency:,} cycles; {multipliers:,} multipliers"
        )
    for note in report.notes:
        terminal.say(note)


def synthesis(report: Report) -> None:
    """What Yosys made of every layer, beside what was planned, and what the part has."""
    has = {resource.name: resource.available for resource in report.resources}
    lut, ff, dsp, bram = (has[name] for name in ("LUT", "FF", "DSP", next(name for name in has if "BRAM" in name)))
    rows = [
        (r.name, r.planned_dsp, r.dsp, r.planned_bram, r.bram, r.planned_lut, r.lut, r.planned_ff, r.ff)
        for r in report.synthesis
    ]
    head = ("layer", "DSP planned", "DSP", "BRAM planned", "BRAM", "LUT predicted", "LUT", "FF predicted", "FF")
    terminal.table(head, [*rows, (report.settings.part, dsp, dsp, bram, bram, lut, lut, ff, ff)])


def clocks(report: Report) -> None:
    """The fastest clock of every module, and whether the one asked for is confirmed."""
    found, asked = report.clocks, report.settings.mhz
    rows = [(row.name, row.module, "-" if row.mhz is None else f"{row.mhz:.1f}", row.limit) for row in found.rows]
    terminal.table(("module", "kind", "MHz", "limited by"), rows)
    slowest = found.slowest
    reached = "is not placed" if slowest.mhz is None else f"has {slowest.mhz:.1f} MHz"
    verdict = "confirms" if found.confirms(asked) else "does NOT confirm"
    terminal.say(f"{found.tool} {verdict} {asked:g} MHz: '{slowest.name}' {reached}")


def decisions(report: Report) -> None:
    """How the witnesses compare with the float model, and the integer model with the quantised one that the file is."""
    if report.exactness:
        terminal.say(f"{report.exactness}")
    for row in report.comparisons:
        terminal.say(
            f"{row.name}: {100 * row.agreement:.2f} % of {row.counted} {report.alike}, "
            f"error at most {row.max_error:.2g} ({row.max_error_lsb:.1f} LSB){_scores(report, row)}"
        )


def _scores(report: Report, row: Comparison) -> str:
    """How right a witness is, behind a comma."""
    if report.decides:
        return f", accuracy {NOT_MEASURED if row.accuracy is None else f'{100 * row.accuracy:.2f} %'}"
    return "".join(f", {name} {score:.4g}" for name, score in row.scores)


def warnings(report: Report) -> None:
    """A line for each thing that is exact and yet not what anybody wants."""
    for row in report.astray[:1]:
        lost = report.lost_in
        where = f"; it is lost in layer '{lost.name}' (SQNR {lost.sqnr:.1f} dB, {lost.output_type})" if lost else ""
        terminal.say(
            f"WARNING: {100 * row.agreement:.2f} % of {row.counted} only are {report.alike}{where}; expected "
            f"at least {100 * report.min_agreement:g} %: give it wider types (PRECISION=auto<18>), or say what is "
            "enough (MIN_AGREEMENT=)"
        )
    if report.noise:
        terminal.say(
            "WARNING: types were chosen on noise between -1 and 1, and measured on it; give DATA= (.npz, .npy or .csv)"
        )
    if report.too_large:
        most = ", ".join(resource.told for resource in report.too_large)
        part = report.smallest_part
        larger = f"a larger part (PART={part})" if part else "no part of the table is large enough"
        smaller = "a slower pace (II=)" if report.settings.folded else "larger reuse factors (REUSE=)"
        terminal.say(
            f"WARNING: the design does not fit {report.settings.part}: {most}; expected {smaller}, narrower types "
            f"(PRECISION=) or {larger}"
        )


def verdict(outcome: Outcome) -> None:
    """What the simulations found; an AccelError where it is not what was expected."""
    report = outcome.report
    if outcome.recalled:
        terminal.say(f"Nothing has changed since this was simulated; remove {outcome.folder} to simulate it anew.")
    for note in report.notes:
        terminal.say(note)
    for simulation in report.simulations:
        found = simulation.result
        timing = "" if found.ii is None else f"; latency {found.latency:,} cycles, II {found.ii:,} cycles"
        compared = f"{found.counted}, {found.mismatches:,} mismatches"
        terminal.say(f"{found.simulator}, {simulation.driver}: {compared}{timing}")
    decisions(report)
    terminal.say(f"page: {outcome.folder / HTML}")
    terminal.say(f"report: {outcome.folder / MARKDOWN}")
    warnings(report)
    if not outcome.passed:
        raise AccelError(f"FAIL: the RTL differs from the C simulation, first at {outcome.mismatch}")
    if not report.timed:
        predicted = report.predicted
        raise AccelError(f"FAIL: predicted were latency {predicted.latency:,} cycles and II {predicted.ii:,} cycles")
    doubt = "; types were chosen on noise: give DATA=" if report.noise else ""
    terminal.say(f"PASS: {report.design} equals the C simulation bit for bit, in exactly the predicted cycles{doubt}")


def answer(found: Answer, mhz: float) -> None:
    """What was heard or seen, and what the witnesses say of it, side by side."""
    from accel.report.answers import FEW, RTL, WITNESSES

    given, means = found.given, found.meaning
    terminal.say(f"{given.name}: {'; '.join(given.told)}")
    several = given.starts is not None
    if several:
        rows = [
            (f"{start:.2f}", *(means.told(found.outputs[witness][at]) for witness in WITNESSES))
            for at, start in enumerate(given.starts)
        ]
        terminal.table(("second", *WITNESSES), rows)
    values = [found.overall(witness).reshape(-1) for witness in WITNESSES]
    if values[0].size <= FEW and values[0].size == len(means.names):
        cells = [[f"{100 * v:.2f} %" if means.classes else f"{v:.5g}" for v in row] for row in values]
        rows = [tuple(row) for row in zip(means.names, *cells, strict=True)]
        terminal.table(("mean of all windows" if several else "", *WITNESSES), rows)
    if 1 < means.steps <= FEW and not means.words:
        by_step = [found.overall(witness).reshape(means.steps, -1) for witness in WITNESSES]
        rows = [(at, *(means.chosen(step) for step in row)) for at, row in enumerate(zip(*by_step, strict=True))]
        terminal.table(("step", *WITNESSES), rows)
    terminal.say(f"answer: {found.decided(RTL)}" + ("" if found.agreed else "; floating point decides otherwise"))
    frames = len(given.x)
    how = "every integer is the integer model's" if not found.wrong else f"{found.wrong:,} integers are WRONG"
    many = f" for {frames} frames" if frames > 1 else ""
    terminal.say(f"RTL: {found.cycles:,} cycles{many}, {found.microseconds:,.1f} us at {mhz:g} MHz; {how}")
    terminal.say(f"picture: {found.picture}")
    terminal.say("")
