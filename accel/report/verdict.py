"""The verdicts on a design: whether it is exact, like floating point, fits, and which clock is confirmed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from accel.report.facts import Report

GOOD, BAD, OPEN = "good", "bad", "open"


@dataclass(frozen=True)
class Verdict:
    """One verdict: a question's answer in short, whether that is good, bad or open, and a sentence."""

    title: str
    mood: str
    words: str


def verdicts(report: Report) -> Iterator[Verdict]:
    """All of them, in the order of what matters."""
    yield _exact(report)
    yield _faithful(report)
    yield _fitting(report)
    yield _clock(report)


def _exact(report: Report) -> Verdict:
    if not report.simulations:
        return Verdict("Not simulated", OPEN, "make cosim compares the RTL with the C simulation.")
    if not report.exact or report.mismatch:
        where = report.mismatch or next((s.result.first for s in report.simulations if s.result.first), None)
        return Verdict("NOT exact", BAD, f"The RTL differs from the C simulation: {where}.")
    most = max((simulation.result for simulation in report.simulations), key=lambda result: result.different)
    equal = f"Every integer of {most.counted} is the C simulation's"
    if not report.timed:
        return Verdict("Exact, at other cycles", BAD, f"{equal}, but not in the predicted cycles.")
    return Verdict("Exact", GOOD, f"{equal}, in exactly the predicted cycles.")


def _faithful(report: Report) -> Verdict:
    if not report.comparisons:
        return Verdict("Not compared with floating point", OPEN, "make hls or make cosim does.")
    row = min(report.comparisons, key=lambda one: (one.agreement, -one.frames))
    first = "the first " if row.frames < max(one.frames for one in report.comparisons) else ""
    found = f"{100 * row.agreement:.2f} % of {first}{row.counted} are {report.alike}"
    if not report.astray:
        return Verdict("Like floating point", GOOD, f"{found}; {report.stimulus}.")
    lost = f"; it is lost in layer {report.lost_in.name}" if report.lost_in else ""
    return Verdict("NOT like floating point", BAD, f"{found}; expected {100 * report.min_agreement:g} %{lost}.")


def _fitting(report: Report) -> Verdict:
    if not report.resources:
        return Verdict("Size not known", OPEN, "There is no RTL of this network.")
    found = ", ".join(resource.told for resource in report.too_large or report.size)
    part = report.settings.part
    return Verdict("Does NOT fit", BAD, f"{part}: {found}.") if report.too_large else Verdict(
        "Fits", GOOD, f"{part}: {found}."
    )  # fmt: skip


def _clock(report: Report) -> Verdict:
    asked = report.settings.mhz
    rate = f"{report.predicted.frames_per_second(asked):,.0f} frames per second at it." if report.predicted else ""
    if report.clocks is None or report.clocks.slowest.mhz is None:
        return Verdict("Clock not confirmed", OPEN, f"{asked:g} MHz are asked for; no tool has confirmed it. {rate}")
    slowest = report.clocks.slowest
    limit = f"{report.clocks.tool}: {slowest.mhz:.1f} MHz, limited by {slowest.name}"
    found = f"{limit}; {asked:g} MHz are asked for. {rate}"
    confirmed = report.clocks.confirms(asked)
    return Verdict("Clock confirmed" if confirmed else "Clock NOT confirmed", GOOD if confirmed else BAD, found)
