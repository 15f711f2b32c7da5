"""The plain Icarus driver: ``plain_bench.sv`` compiled around the design and run by vvp, files in and files out."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from accel import cache
from accel.rtl.folder import RtlFolder
from accel.rtl.interface import Interface, Stream
from accel.sim import tools, vectors
from accel.sim.compare import Beats
from accel.sim.drive import asserted

_BENCH = Path(__file__).with_name("plain_bench.sv")
_PLUSARGS = ("frames", "idle", "stall", "seed", "limit")
_PROGRAM = "sim.vvp"
_STREAMS = "streams.svh"


def build(rtl: RtlFolder, defines: tuple[str, ...], builds: Path) -> Path:
    """The folder with the design compiled by Icarus; AccelError if Icarus refuses it."""
    streams = _streams(rtl.interface)
    macros = {"RESET_ACTIVE": str(asserted(rtl.interface)), "STREAMS": f'"{_STREAMS}"', **dict.fromkeys(defines, "1")}
    key = cache.digest([], rtl.digest, streams, macros, _BENCH.read_text(), tools.icarus().version)
    command = [str(tools.icarus().path), "-g2012", "-s", _BENCH.stem, "-o", _PROGRAM, "-I."]
    command += [f"-D{name}={value}" for name, value in macros.items()]
    command += [str(_BENCH), *map(str, rtl.sources)]

    def make(folder: Path) -> None:
        rtl.copy_memories(folder)
        (folder / _STREAMS).write_text(streams)
        tools.run(command, folder, f"Icarus on {rtl.interface.top}")

    return cache.built(builds / f"{tools.ICARUS}-{key}", make)


def _streams(interface: Interface) -> str:
    """What stands inside the bench: wires, a source or sink for each stream, and the design."""
    ports = interface.ports
    connected, lines = [f".{ports.clock}(clock)", f".{ports.reset}(reset)"], []
    for end, module, streams in (("in", "source", interface.inputs), ("out", "sink", interface.outputs)):
        lines.append(f"wire [{len(streams) - 1}:0] {end}_moves, {end}_done;\n")
        for number, stream in enumerate(streams):
            name = f"{end}{number}"
            lines += _end(name, module, number, stream, bool(interface.port(stream, "last")))
            signals = ("data", "valid", "ready", "last")
            connected += [f".{port}({name}_{s})" for s in signals if (port := interface.port(stream, s))]
    return "".join(lines) + f"{interface.top} dut ({', '.join(connected)});\n"


def _end(name: str, module: str, number: int, stream: Stream, has_last: bool) -> Iterator[str]:
    """A stream's wires and what drives or takes it."""
    end = name.rstrip("0123456789")
    file = f"{name}.hex" if module == "source" else f"{name}.txt"
    parameters = f'.File("{file}"), .Bits({stream.bits}), .Beats({stream.beats}), .Index({number})'
    signals = [f".{signal}({name}_{signal})" for signal in ("valid", "ready", "data", "last")]
    shared = [f".{signal}({end}_{signal}[{number}])" for signal in ("moves", "done")]
    given = [".clock(clock)", ".running(running)", *([".first(first)"] if module == "sink" else [])]
    yield f"wire {name}_valid, {name}_ready, {name}_last; wire [{stream.bits - 1}:0] {name}_data;\n"
    if module == "sink" and not has_last:
        yield f"assign {name}_last = 1'b0;\n"
    yield f"plain_{module} #({parameters}) u_{name} ({', '.join([*given, *signals, *shared])});\n"


def drive(
    build: Path, folder: Path, interface: Interface, words: list[np.ndarray], settings: list[int]
) -> tuple[tuple[Beats, ...], int, float]:
    """Run the bench in ``folder``; ``settings`` in the order of the plusargs. Returns each output's beats, cycles and
    seconds.
    """
    for number, given in enumerate(words):
        (folder / f"in{number}.hex").write_text(vectors.to_hex(given))
    command = [str(tools.icarus().path.with_name("vvp")), "-n", str(build / _PROGRAM)]
    command += [f"+{name}={value}" for name, value in zip(_PLUSARGS, settings, strict=True)]
    start = time.perf_counter()
    report = tools.run(command, folder, f"simulating {interface.top} with Icarus").split()
    seconds = time.perf_counter() - start
    beats = tuple(
        _beats(folder / f"out{number}.txt", stream, bool(interface.port(stream, "last")))
        for number, stream in enumerate(interface.outputs)
    )
    return beats, int(report[report.index("cycles") + 1]), seconds


def _beats(file: Path, stream: Stream, has_last: bool) -> Beats:
    """What the bench wrote of an output."""
    columns = list(zip(*(line.split() for line in file.read_text().splitlines()), strict=True))
    data, last, unstable, stamps = columns or ([], [], [], [])
    words, unknown = vectors.from_hex(list(data), vectors.stream_words(stream))
    return Beats(
        values=vectors.unpack_stream(words, stream),
        unknown=unknown,
        last=np.array(last) == "1" if has_last else None,
        unstable=np.array(unstable) == "1",
        cycles=np.array(stamps, np.int64),
    )
