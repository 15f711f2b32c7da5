"""Model files of every kind on their way to hardware: read, inspected, converted, compiled and co-simulated.

    PYTHONPATH=. python benchmarks/intake.py
    PYTHONPATH=. python benchmarks/intake.py --only "*.tflite"
    PYTHONPATH=. python benchmarks/intake.py --log files.jsonl

Takes the files of `tests/intake/fixtures.py` as far as `accel inspect` says that they come: `cosim` for RTL, `hls` for
HLS C++ only. Each row is a line of the log, with which a second call goes on. Exit status 1 where one of these finds a
difference, or cannot do what `inspect` said.
"""

from __future__ import annotations

import argparse
import contextlib
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from accel.cli import session, terminal
from accel.errors import AccelError
from accel.flow import cosim, hls, inspection
from accel.flow.inspection import Hardware, Inspection
from accel.flow.request import Request
from accel.report import Report
from tests.intake import fixtures
from tests.log import Log

COLUMNS = ("file", "read", "layers", "hardware", "integers", "decides as the file's network", "largest error, LSB")


@dataclass(frozen=True)
class Row:
    """What became of a file; ``failed`` where that is less than `inspect` said."""

    cells: Sequence[str | int | float | None]
    failed: bool = False


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", default="*", help="files of such a name, as the shell writes them")
    parser.add_argument("--folder", type=Path, help="keep all that is made here")
    parser.add_argument("--log", type=Path, help="a file for the rows; those that are there are not made again")
    parser.add_argument("--sim", default="verilator", choices=("verilator", "icarus"), help="the simulator")
    parser.add_argument("--frames", type=int, default=4, help="frames that are co-simulated")
    options = parser.parse_args()
    log, rows = Log(options.log and options.log.resolve(), Row), []
    with tempfile.TemporaryDirectory(prefix="accel-intake-") as scratch:
        folder = (options.folder or Path(scratch)).resolve()
        status = session.run(lambda: rows.extend(taken(folder, log, options.only, options.sim, options.frames)))
    terminal.table(COLUMNS, [row.cells for row in rows])
    failed = [row.cells[0] for row in rows if row.failed]
    terminal.say(f"{len(rows)} files, {len(failed)} of them not as inspected: {', '.join(failed) or 'none'}")
    return status or int(bool(failed))


def taken(folder: Path, log: Log[str, Row], pattern: str, simulator: str, frames: int) -> Iterator[Row]:
    """A row for each file, which is also said at once; all that is made is written to `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    made = fixtures.make(folder)
    with contextlib.chdir(folder):
        for path in (*fixtures.stored(), *made):
            if not path.match(pattern):
                continue
            name = fixtures.title(path)
            if name not in log.found:
                log.add(name, followed(path, simulator, frames))
            row = log.found[name]
            terminal.say("  ".join("-" if cell is None else str(cell) for cell in row.cells))
            yield row


def followed(path: Path, simulator: str, frames: int) -> Row:
    """A file as far as it comes."""
    request, seen = Request(str(path)), None
    try:
        seen = inspection.run(request)
        if seen.hardware is Hardware.NONE:
            return Row((*_known(path, seen), None, None, None))
        if seen.hardware is Hardware.HLS:
            return Row((*_known(path, seen), "C simulation only", *_compared(hls.run(request).report)))
        outcome = cosim.run(request, simulator, frames)
    except AccelError as error:
        return Row((*_known(path, seen), f"FAILED: {error}", None, None), failed=True)
    found = sum(simulation.result.mismatches for simulation in outcome.report.simulations)
    exact = outcome.report.exactness
    failed = not outcome.passed or bool(exact and exact.differences)
    told = f"{found} mismatches in {frames} frames" + (f"; {exact.differences} to the file's integers" if exact else "")
    return Row((*_known(path, seen), told, *_compared(outcome.report)), failed)


def _known(path: Path, seen: Inspection | None) -> tuple[str | int | None, ...]:
    """The file, how it was read, its layers, and what they become."""
    if seen is None:
        return fixtures.title(path), None, None, None
    return fixtures.title(path), seen.told or "as Keras reads it", len(seen.rows), seen.hardware.value


def _compared(report: Report) -> tuple[str, float]:
    """The last witness beside the float reference, which is the file's own runtime where it has one."""
    last = report.comparisons[-1]
    return f"{100 * last.agreement:.1f} % of {last.frames}", last.max_error_lsb


if __name__ == "__main__":
    sys.exit(main())
