"""Verilator to executable: the generated C++ compiled here, linked with a runtime that all designs share.

The runtime (verilated.cpp and the like) is most of the compile time of a small design, so its objects are built once
per compiler and Verilator version. Each design's generated files are joined to a few translation units.
"""

from __future__ import annotations

import os
import tempfile
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from accel import cache
from accel.rtl.folder import RtlFolder
from accel.sim import tools

PREFIX = "Vtop"
_UNIT = 300_000  # bytes of generated C++ in a translation unit


@dataclass(frozen=True)
class Options:
    """How to build.

    ``optimisation`` is the C++ compiler's for the simulated design ('-O1' builds faster, '-O2' runs faster);
    ``defines`` are Verilog macros, ``macros`` C++ ones of the main program; ``public`` names the top's signals that VPI
    must see (none: no VPI); ``waves``: able to write a VCD.
    """

    optimisation: str = "-O2"
    defines: tuple[str, ...] = ()
    macros: tuple[str, ...] = ()
    public: tuple[str, ...] = ()
    waves: bool = False
    link: tuple[str, ...] = ()


def build(rtl: RtlFolder, main: Path, options: Options, folder: Path) -> None:
    """Build ``folder/<top module>``, an executable, from the RTL and the C++ program ``main``, which includes Vtop.h.

    Raises:
        AccelError: Verilator or the C++ compiler refuses; the text ends with its messages.
    """
    top = rtl.interface.top
    with tempfile.TemporaryDirectory(prefix="obj-", dir=folder) as name:
        objects = Path(name)
        log = _generate(rtl, options, objects)
        units = _units(objects, main, options)
        runtime = _globals(objects)
        flags = (*_flags(options.waves), *options.macros, "-I.")
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            shared = [pool.submit(_runtime_object, name) for name in runtime]
            own = [pool.submit(_compile, unit, level, flags, objects) for unit, level in units]
            linked = list(map(str, _results([*own, *shared])))
        command = [str(tools.compiler().path), "-o", str(folder / top), *linked, *options.link, "-pthread"]
        tools.run(command, objects, f"linking {top}")
    (folder / "build.log").write_text(log)


def _results(jobs: list[Future[Path]]) -> list[Path]:
    """What the jobs give; where one fails, or the user gives up, no further one is begun."""
    try:
        return [job.result() for job in jobs]
    finally:
        for job in jobs:
            job.cancel()


def _generate(rtl: RtlFolder, options: Options, objects: Path) -> str:
    """Run Verilator; returns its messages."""
    top, public = rtl.interface.top, objects / "public.vlt"
    names = "".join(f'public_flat_rw -module "{top}" -var "{name}"\n' for name in options.public)
    public.write_text("`verilator_config\n" + names)
    command = [str(tools.verilator().path), "--cc", "-Mdir", str(objects), "--prefix", PREFIX, "--top-module", top]
    command += ["-O3", "--no-timing", "-Wno-fatal", "--x-initial", "unique", "--timescale", "1ns/1ps", "--quiet-stats"]
    command += ["--vpi"] * bool(options.public) + ["--trace-vcd"] * options.waves
    command += [f"-D{define}" for define in options.defines]
    command += [str(public), *map(str, rtl.sources)]
    env = {**os.environ, "VERILATOR_ROOT": str(tools.verilator_root())}
    return tools.run(command, objects, f"Verilator on {top}", env)


def _flags(waves: bool) -> tuple[str, ...]:
    """Compiler flags; the runtime's code does not depend on ``waves``."""
    root = tools.verilator_root() / "include"
    off = [f"-DVM_{name}=0" for name in ("COVERAGE", "SC", "TIMING", "TRACE_FST", "TRACE_SAIF")]
    trace = [f"-DVM_{name}={int(waves)}" for name in ("TRACE", "TRACE_VCD")]
    return ("-std=c++17", "-DVERILATOR=1", *off, *trace, f"-I{root}", f"-I{root / 'vltstd'}")


def _units(objects: Path, main: Path, options: Options) -> list[tuple[Path, str]]:
    """Translation units that include the generated files, and each one's optimisation; the hot ones come first."""
    units = []
    for slow in (False, True):
        group: list[Path] = [] if not slow else [main]
        files = sorted(file for file in objects.glob(f"{PREFIX}*.cpp") if file.stem.endswith("__Slow") == slow)
        for file in files:
            if group and sum(part.stat().st_size for part in group) + file.stat().st_size > _UNIT:
                units.append((group, slow))
                group = []
            group.append(file)
        units.append((group, slow))
    out = []
    for index, (group, slow) in enumerate(units):
        unit = objects / f"unit{index}.cpp"
        unit.write_text("".join(f'#include "{file}"\n' for file in group))
        out.append((unit, options.optimisation if main in group or not slow else "-O0"))
    return out


def _compile(source: Path, level: str, flags: tuple[str, ...], cwd: Path) -> Path:
    """Compile one file to an object beside it."""
    target = source.with_suffix(".o")
    command = [str(tools.compiler().path), level, *flags, "-c", str(source), "-o", str(target)]
    tools.run(command, cwd, f"compiling {source.name}")
    return target


def _globals(objects: Path) -> list[str]:
    """The runtime files that this design needs, as Verilator lists them for make."""
    text = (objects / f"{PREFIX}_classes.mk").read_text().replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line.startswith("VM_GLOBAL_")]
    return [name for line in lines for name in line.split("+=")[1].split()]


def _runtime_object(name: str) -> Path:
    """The object of a runtime file, compiled at its first use and kept in the user's cache."""
    compiler, flags = tools.compiler(), _flags(waves=False)
    key = cache.digest([], tools.verilator().version, compiler.path, compiler.version, *flags)

    def make(folder: Path) -> None:
        unit = folder / f"{name}.cpp"
        unit.write_text(f'#include "{tools.verilator_root() / "include" / f"{name}.cpp"}"\n')
        _compile(unit, "-O2", flags, folder)

    return cache.built(cache.user_cache() / f"verilator-{key}" / name, make) / f"{name}.o"
