"""cocotb simulations: the tests of ``testbench/`` on an RTL folder, with Verilator or Icarus."""

from __future__ import annotations

import json
import logging
import os
from pathlib import Path
from xml.etree import ElementTree

import numpy as np

from accel import cache
from accel.errors import AccelError
from accel.rtl.folder import RtlFolder
from accel.sim import tools, verilate
from accel.sim.bench import ENVIRONMENT, Bench
from accel.sim.result import Mismatch, SimResult
from accel.sim.watch import handshake

TESTS = "testbench.tb_top"
log = logging.getLogger(__name__)

_LOG = "sim.log"
_XML = "results.xml"


def cosimulate(
    rtl: RtlFolder,
    inputs: np.ndarray,
    expected: np.ndarray,
    simulator: str = tools.VERILATOR,
    *,
    waves: bool = False,
    builds: Path | None = None,
    tests: str = TESTS,
    **plan,
) -> SimResult:
    """Build the RTL, unless a build of the same digest exists, and run the cocotb tests on it.

    What the run leaves (sim.log, results.xml, results.json, with ``waves`` dump.vcd or <top>.fst) is in the folder
    ``run`` of the build.

    Args:
        inputs, expected: raw integers, int64 (frames, beats, lanes), or rows of several streams.
        builds: folder for the builds, by default ``sim`` beside the RTL.
        tests: the module of cocotb tests.
        plan: fields of ``Bench``: frames per test, patterns, timing, seed.

    Returns:
        the result; red if values, flags or the predicted timing differ, ``first`` naming the earliest mismatch.

    Raises:
        AccelError: the simulator is missing, the RTL does not build, no test ran, or a test failed for another reason
            than a mismatch; the text ends with the log's tail.
    """
    builds = Path(builds or rtl.builds).resolve()
    waves = waves or os.environ.get("WAVES", "0") not in ("", "0")  # cocotb itself obeys the variable
    build = cocotb_build(rtl, simulator, waves=waves, builds=builds)
    with cache.scratch(builds) as drafts:
        folder = drafts / cache.RUN
        folder.mkdir()
        try:
            bench = Bench(rtl.interface, Path("inputs.npy"), Path("expected.npy"), **plan)
            np.save(folder / bench.inputs, inputs)
            np.save(folder / bench.expected, expected)
            (folder / "bench.json").write_text(bench.to_json())
            Bench.load(folder / "bench.json").frames()
            rtl.link_memories(build, folder)
            _simulate(simulator, build, folder, rtl.interface.top, tests, waves)
            return _result(simulator, folder)
        finally:
            cache.replace(folder, build / cache.RUN)


def cocotb_build(rtl: RtlFolder, simulator: str, *, waves: bool, builds: Path) -> Path:
    """The folder with the design built for cocotb; AccelError if the simulator is missing or refuses the design."""
    import cocotb
    from cocotb_tools import config

    interface = rtl.interface
    versions = (tools.find(simulator).version, cocotb.__version__)
    libs = config.libs_dir
    signals = ("data", "valid", "ready", "last")
    ends = (*interface.inputs, *interface.outputs)
    streams = [interface.port(stream, signal) for stream in ends for signal in signals]
    streams += [name for number in range(len(interface.streams)) for name in handshake(number)]
    options = verilate.Options(
        public=(interface.ports.clock, interface.ports.reset, *filter(None, streams)),
        waves=waves,
        link=(f"-Wl,-rpath,{libs}", f"-L{libs}", "-lcocotbvpi_verilator"),
    )
    key = cache.digest([], rtl.digest, "cocotb", interface.top, options, versions, tools.compiler().version)

    def make(folder: Path) -> None:
        rtl.copy_memories(folder)
        if simulator == tools.VERILATOR:
            main = config.share_dir / "lib" / "verilator" / "verilator.cpp"
            verilate.build(rtl, main, options, folder)
        else:
            _build_icarus(rtl, waves, folder)

    return cache.built(builds / f"{simulator}-{key}", make)


def _build_icarus(rtl: RtlFolder, waves: bool, folder: Path) -> None:
    """Compile with cocotb's own runner."""
    from cocotb_tools.runner import get_runner

    messages = folder / "build.log"
    try:
        get_runner(tools.ICARUS).build(
            sources=rtl.sources,
            hdl_toplevel=rtl.interface.top,
            build_dir=folder,
            timescale=("1ns", "1ps"),
            waves=waves,
            log_file=messages,
        )
    except (RuntimeError, SystemExit) as error:
        raise AccelError(f"Icarus refuses {rtl.interface.top} ({error}): {tools.gist(messages.read_text())}") from None


def _simulate(simulator: str, build: Path, folder: Path, top: str, tests: str, waves: bool) -> None:
    """Run the tests in ``folder``; whether they passed is in the results file only."""
    from cocotb_tools.runner import get_runner

    try:
        get_runner(simulator).test(
            test_module=tests,
            hdl_toplevel=top,
            hdl_toplevel_lang="verilog",
            build_dir=build,
            test_dir=folder,
            results_xml=str(folder / _XML),
            log_file=folder / _LOG,
            test_args=["-n"] if simulator == tools.ICARUS else [],  # $stop ends the run instead of waiting for commands
            plusargs=[f"+dumpfile_path={top}.fst"] if simulator == tools.ICARUS and waves else [],
            waves=waves,
            extra_env={ENVIRONMENT: str(folder / "bench.json")},
        )
    except (RuntimeError, SystemExit) as error:
        log.debug("the simulation of %s ended with %s", top, error)


def _result(simulator: str, folder: Path) -> SimResult:
    """Judge results.xml and results.json."""
    output = (folder / _LOG).read_text() if (folder / _LOG).is_file() else ""
    messages = tools.gist("\n".join(line for line in output.splitlines() if " ** " not in line and "*****" not in line))
    cases = _cases(folder / _XML)
    if not cases:
        raise AccelError(f"{simulator}: not one test ran: {messages}")
    failures = [failure for case in cases for failure in (*case.findall("failure"), *case.findall("error"))]
    results = folder / "results.json"
    entries = json.loads(results.read_text()) if results.is_file() else []
    wrong = [entry for entry in entries if entry["mismatches"]]
    if len(failures) > len(wrong):
        reasons = "; ".join(sorted({failure.get("message", "") for failure in failures}))
        raise AccelError(f"{simulator}: {len(failures)} of {len(cases)} tests failed: {reasons}\n{messages}")
    timed = next((entry for entry in entries if entry["test"] == "back_to_back"), {})
    frames = [entry["frames"] for entry in entries]  # of each test, always the first ones
    return SimResult(
        simulator,
        frames=sum(frames),
        mismatches=sum(entry["mismatches"] for entry in entries),
        first=Mismatch.from_dict(wrong[0]["first"]) if wrong else None,
        latency=timed.get("latency"),
        ii=timed.get("ii"),
        cycles=max((entry["cycles"] for entry in entries), default=0),
        seconds=sum(float(case.get("time", 0)) for case in cases),
        tests=len(cases),
        wakeups=sum(entry["wakeups"] for entry in entries),
        stalled=next((entry["stalled"] for entry in entries if entry.get("stalled")), ""),
        repeated=sum(frames) - max(frames, default=0),
    )


def _cases(xml: Path) -> list[ElementTree.Element]:
    """The tests that ran; none where there is no whole results file."""
    try:
        cases = list(ElementTree.parse(xml).getroot().iter("testcase"))
    except (OSError, ElementTree.ParseError):
        return []
    return [case for case in cases if case.find("skipped") is None]
