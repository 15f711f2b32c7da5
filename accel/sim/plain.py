"""The plain Icarus driver: ``plain_bench.sv`` compiled around the design and run by vvp, files in and files out."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np

from accel import cache
from accel.rtl.folder import RtlFolder
from accel.rtl.interface import Interface
from accel.sim import tools, vectors
from accel.sim.compare import Beats
from accel.sim.drive import port_macros

_BENCH = Path(__file__).with_name("plain_bench.sv")
_PLUSARGS = ("frames", "in_beats", "out_beats", "idle", "stall", "seed", "limit")
_PROGRAM = "sim.vvp"


def build(rtl: RtlFolder, defines: tuple[str, ...], builds: Path) -> Path:
    """The folder with the design compiled by Icarus; AccelError if Icarus refuses it."""
    interface = rtl.interface
    sizes = {"TOP": interface.top, "IN_BITS": str(interface.input.bits), "OUT_BITS": str(interface.output.bits)}
    macros = {**port_macros(interface), **sizes, **dict.fromkeys(defines, "1")}
    key = cache.digest([], rtl.digest, macros, _BENCH.read_text(), tools.icarus().version)
    command = [str(tools.icarus().path), "-g2012", "-s", _BENCH.stem, "-o", _PROGRAM]
    command += [f"-D{name}={value}" for name, value in macros.items()]
    command += [str(_BENCH), *map(str, rtl.sources)]

    def make(folder: Path) -> None:
        rtl.copy_memories(folder)
        tools.run(command, folder, f"Icarus on {interface.top}")

    return cache.built(builds / f"{tools.ICARUS}-{key}", make)


def drive(
    build: Path, folder: Path, interface: Interface, words: np.ndarray, settings: list[int]
) -> tuple[Beats, int, float]:
    """Run the bench in ``folder``; ``settings`` in the order of the plusargs. Returns beats, cycles and seconds."""
    (folder / "in.hex").write_text(vectors.to_hex(words))
    command = [str(tools.icarus().path.with_name("vvp")), "-n", str(build / _PROGRAM)]
    command += [f"+{name}={value}" for name, value in zip(_PLUSARGS, settings, strict=True)]
    start = time.perf_counter()
    report = tools.run(command, folder, f"simulating {interface.top} with Icarus").split()
    seconds = time.perf_counter() - start
    stream = interface.output
    columns = list(zip(*(line.split() for line in (folder / "out.txt").read_text().splitlines()), strict=True))
    data, last, unstable, stamps = columns or ([], [], [], [])
    out_words, unknown = vectors.from_hex(list(data), vectors.stream_words(stream))
    beats = Beats(
        values=vectors.unpack_stream(out_words, stream),
        unknown=unknown,
        last=np.array(last) == "1" if interface.port(stream, "last") else None,
        unstable=np.array(unstable) == "1",
        cycles=np.array(stamps, np.int64),
    )
    return beats, int(report[report.index("cycles") + 1]), seconds
