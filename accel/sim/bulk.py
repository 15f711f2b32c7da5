"""Whole vector sets through the RTL, without cocotb: a C++ driver on Verilator, a plain testbench on Icarus."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from accel import cache
from accel.errors import AccelError
from accel.rtl.folder import RtlFolder
from accel.rtl.interface import Interface, Stream
from accel.sim import plain, tools, vectors, verilate
from accel.sim.compare import Beats, compare_all, measured
from accel.sim.drive import Pace, Run, asserted, patience, port_table
from accel.sim.result import SimResult

_DRIVER = Path(__file__).with_name("bulk_driver.cpp")
_TRACE = "ACC_TRACE"


def simulate(rtl: RtlFolder, inputs: np.ndarray, simulator: str = tools.VERILATOR, **options) -> np.ndarray:
    """Outputs of the RTL, int64 (frames, beats, lanes), for raw inputs int64 (frames, beats, lanes); rows of several
    streams (frames, elements).

    Args:
        options: those of ``run``.

    Raises:
        AccelError: the RTL does not build, or what comes out is not whole frames of known values, with stable data and
            TLAST in place.
    """
    return whole(rtl, run(rtl, inputs, simulator, **options).outputs, len(inputs))


def whole(rtl: RtlFolder, outputs: Sequence[Beats], frames: int) -> np.ndarray:
    """The values of so many frames, int64 (frames, beats, lanes), or rows of several outputs.

    Raises:
        AccelError: as ``simulate``.
    """
    interface = rtl.interface
    made = vectors.beside([_due(own, frames, stream) for own, stream in zip(outputs, interface.outputs, strict=True)])
    faults = compare_all(outputs, made, interface.outputs)
    if faults.count:
        raise AccelError(
            f"{interface.top} breaks the stream's rules in {faults.count} places, the first at {faults.first[0]}"
        )
    return made


def _due(beats: Beats, frames: int, stream: Stream) -> np.ndarray:
    """The values of as many beats as are due, (frames, beats, lanes); those that did not come are 0."""
    made = np.zeros((frames * stream.beats, stream.lanes), np.int64)
    n = min(len(made), len(beats.values))
    made[:n] = beats.values[:n]
    return made.reshape(frames, stream.beats, stream.lanes)


def check(
    rtl: RtlFolder, inputs: np.ndarray, expected: np.ndarray, simulator: str = tools.VERILATOR, **options
) -> SimResult:
    """Run ``inputs`` and compare every output with ``expected``, both int64 (frames, beats, lanes), or
    rows of several streams.

    Latency and II are measured at full rate only; ``options`` are those of ``run``.

    Raises:
        AccelError: the RTL does not build or run, or the arrays are not of the streams' shapes.
    """
    interface = rtl.interface
    for frames, stream in zip(vectors.apart(expected, interface.outputs), interface.outputs, strict=True):
        vectors.check(frames, stream)
    if len(inputs) != len(expected):
        raise AccelError(
            f"{len(inputs)} frames of inputs came with {len(expected)} of expected outputs; expected as many"
        )
    done = run(rtl, inputs, simulator, **options)
    found = compare_all(done.outputs, expected, interface.outputs)
    timed = options.get("pace", Pace()) == Pace()
    return SimResult(
        simulator,
        len(expected),
        found.count,
        found.first[0] if found.first else None,
        *(measured(done.outputs, interface) if timed else (None, None)),
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
    given = zip(vectors.apart(inputs, interface.inputs), interface.inputs, strict=True)
    words = [vectors.pack_stream(frames, stream) for frames, stream in given]
    builds = Path(builds or rtl.builds).resolve()
    defines = (_TRACE,) if trace else ()
    settings = [len(inputs), pace.idle, pace.stall, pace.seed, patience(interface, pace)]
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
    """The folder with the verilated design and its driver, beside which lie the design's ports for it."""
    interface = rtl.interface
    ports, driver = port_table(interface), _DRIVER.read_text()
    macros = {"CLOCK": interface.ports.clock, "RESET": interface.ports.reset, "RESET_ACTIVE": asserted(interface)}
    cxx = tuple(f"-D{name}={value}" for name, value in macros.items())
    options = verilate.Options(optimisation, defines, cxx)
    key = cache.digest(
        [], rtl.digest, interface.top, options, ports, driver, tools.verilator().version, tools.compiler().version
    )

    def make(folder: Path) -> None:
        rtl.copy_memories(folder)
        (folder / "ports.h").write_text(ports)
        (folder / _DRIVER.name).write_text(driver)
        verilate.build(rtl, folder / _DRIVER.name, options, folder)

    return cache.built(builds / f"{tools.VERILATOR}-{key}", make)


def _drive(
    program: Path, folder: Path, interface: Interface, words: list[np.ndarray], settings: list[int]
) -> tuple[tuple[Beats, ...], int, float]:
    """Run the C++ driver in ``folder``; returns each output's beats, cycles and seconds."""
    for number, given in enumerate(words):
        given.tofile(folder / f"in{number}.bin")
    command = [str(program), *map(str, settings)]
    report = tools.run(command, folder, f"simulating {interface.top} with Verilator").split()
    beats = tuple(
        _beats(folder / f"out{number}.bin", stream, bool(interface.port(stream, "last")))
        for number, stream in enumerate(interface.outputs)
    )
    at = report.index("cycles")
    return beats, int(report[at + 1]), int(report[at + 3]) * 1e-9


def _beats(file: Path, stream: Stream, has_last: bool) -> Beats:
    """What the driver wrote of an output."""
    words = vectors.stream_words(stream)
    raw = np.fromfile(file, "<u4").reshape(-1, words + 3)
    flags = raw[:, words]
    return Beats(
        values=vectors.unpack_stream(raw[:, :words], stream),
        unknown=np.zeros(len(raw), bool),
        last=(flags & 1).astype(bool) if has_last else None,
        unstable=(flags & 2).astype(bool),
        cycles=np.ascontiguousarray(raw[:, -2:]).view("<i8")[:, 0],
    )
