"""Whole vector sets through the RTL, without cocotb: a C++ driver on Verilator, a plain testbench on Icarus."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from accel import cache
from accel.errors import AccelError
from accel.rtl.folder import RtlFolder
from accel.rtl.interface import Interface
from accel.sim import plain, tools, vectors, verilate
from accel.sim.compare import Beats, compare
from accel.sim.drive import Pace, Run, patience, port_macros
from accel.sim.result import SimResult

_DRIVER = Path(__file__).with_name("bulk_driver.cpp")
_TRACE = "ACC_TRACE"


def simulate(rtl: RtlFolder, inputs: np.ndarray, simulator: str = tools.VERILATOR, **options) -> np.ndarray:
    """Outputs of the RTL, int64 (frames, beats, lanes), for raw inputs int64 (frames, beats, lanes).

    Args:
        options: those of ``run``.

    Raises:
        AccelError: the RTL does not build, or what comes out is not whole frames of known values, with stable data and
            TLAST in place.
    """
    return whole(rtl, run(rtl, inputs, simulator, **options).beats, len(inputs))


def whole(rtl: RtlFolder, beats: Beats, frames: int) -> np.ndarray:
    """The values of so many frames, int64 (frames, beats, lanes).

    Raises:
        AccelError: as ``simulate``.
    """
    interface = rtl.interface
    due = (frames, interface.output.beats, interface.output.lanes)
    values = np.zeros(due, np.int64).reshape(-1, due[2])
    n = min(len(values), len(beats.values))
    values[:n] = beats.values[:n]
    faults = compare(beats, values.reshape(due))
    if faults.count:
        raise AccelError(
            f"{interface.top} breaks the stream's rules in {faults.count} places, the first at {faults.first[0]}"
        )
    return values.reshape(due)


def check(
    rtl: RtlFolder, inputs: np.ndarray, expected: np.ndarray, simulator: str = tools.VERILATOR, **options
) -> SimResult:
    """Run ``inputs`` and compare every output with ``expected``, both int64 (frames, beats, lanes).

    Latency and II are measured at full rate only; ``options`` are those of ``run``.

    Raises:
        AccelError: the RTL does not build or run, or the arrays are not of the streams' shapes.
    """
    interface = rtl.interface
    vectors.check(expected, interface.output)
    if len(inputs) != len(expected):
        raise AccelError(
            f"{len(inputs)} frames of inputs came with {len(expected)} of expected outputs; expected as many"
        )
    done = run(rtl, inputs, simulator, **options)
    found = compare(done.beats, expected)
    beats, timed = interface.output.beats, options.get("pace", Pace()) == Pace()
    return SimResult(
        simulator,
        len(expected),
        found.count,
        found.first[0] if found.first else None,
        done.beats.latency(beats) if timed else None,
        done.beats.ii(beats) if timed else None,
        done.cycles,
        done.seconds,
    )


def run(
    rtl: RtlFolder,
    inputs: np.ndarray,
    simulator: str = tools.VERILATOR,
    *,
    pace: Pace = Pace(),
    trace: bool = False,
    optimisation: str = "-O2",
    builds: Path | None = None,
) -> Run:
    """Build the RTL, unless a build of the same digest exists, and stream ``inputs`` through it.

    Args:
        trace: define ACC_TRACE and return what every ``acc_stream_trace`` wrote.
        optimisation: the C++ compiler's; '-O1' or '-O0' where the build takes longer than the run.
        builds: folder for the builds, by default ``sim`` beside the RTL.

    Raises:
        AccelError: the simulator is missing, the RTL does not build, stops with an error or does not fit the inputs.
    """
    interface = rtl.interface
    words = vectors.pack_stream(inputs, interface.input)
    builds = Path(builds or rtl.builds).resolve()
    defines = (_TRACE,) if trace else ()
    totals = [len(inputs), interface.input.beats, interface.output.beats]
    settings = [*totals, pace.idle, pace.stall, pace.seed, patience(interface, pace)]
    if tools.find(simulator).name == tools.ICARUS:
        build = plain.build(rtl, defines, builds)
    else:
        build = _build(rtl, defines, optimisation, builds)
    with cache.scratch(builds) as folder:
        rtl.link_memories(build, folder)
        if tools.find(simulator).name == tools.ICARUS:
            beats, cycles, seconds = plain.drive(build, folder, interface, words, settings)
        else:
            beats, cycles, seconds = _drive(build / interface.top, folder, interface, words, settings)
        traces = {file.stem: tuple(file.read_text().splitlines()) for file in folder.glob("*.beats")}
    return Run(beats, cycles, seconds, traces)


def _build(rtl: RtlFolder, defines: tuple[str, ...], optimisation: str, builds: Path) -> Path:
    """The folder with the verilated design and its driver."""
    interface = rtl.interface
    macros = port_macros(interface)
    macros |= {
        "IN_WORDS": str(vectors.stream_words(interface.input)),
        "OUT_WORDS": str(vectors.stream_words(interface.output)),
    }
    cxx = tuple(f"-D{name}={value}" for name, value in macros.items())
    options = verilate.Options(optimisation, defines, cxx)
    key = cache.digest(
        [], rtl.digest, interface.top, options, _DRIVER.read_text(), tools.verilator().version, tools.compiler().version
    )

    def make(folder: Path) -> None:
        rtl.copy_memories(folder)
        verilate.build(rtl, _DRIVER, options, folder)

    return cache.built(builds / f"{tools.VERILATOR}-{key}", make)


def _drive(
    program: Path, folder: Path, interface: Interface, words: np.ndarray, settings: list[int]
) -> tuple[Beats, int, float]:
    """Run the C++ driver in ``folder``; returns beats, cycles and seconds."""
    words.tofile(folder / "in.bin")
    command = [str(program), "in.bin", "out.bin", *map(str, settings)]
    report = tools.run(command, folder, f"simulating {interface.top} with Verilator").split()
    stream = interface.output
    out_words = vectors.stream_words(stream)
    raw = np.fromfile(folder / "out.bin", "<u4").reshape(-1, out_words + 3)
    flags = raw[:, out_words]
    beats = Beats(
        values=vectors.unpack_stream(raw[:, :out_words], stream),
        unknown=np.zeros(len(raw), bool),
        last=(flags & 1).astype(bool) if interface.port(stream, "last") else None,
        unstable=(flags & 2).astype(bool),
        cycles=np.ascontiguousarray(raw[:, -2:]).view("<i8")[:, 0],
    )
    at = report.index("cycles")
    return beats, int(report[at + 1]), int(report[at + 3]) * 1e-9
