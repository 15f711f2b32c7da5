"""What the sink received, as ``accel.sim.compare`` judges it, and the results file."""

from __future__ import annotations

import json
import os
from dataclasses import asdict
from pathlib import Path

import numpy as np

from accel.rtl.interface import Stream
from accel.sim import vectors
from accel.sim.compare import Beats, Difference
from testbench.streams import Beat


def collect(received: list[Beat], stream: Stream, has_last: bool, start: int) -> Beats:
    """The sink's beats as arrays, with cycles counted from ``start``."""
    words = vectors.from_ints([beat.data or 0 for beat in received], vectors.stream_words(stream))
    return Beats(
        values=vectors.unpack_stream(words, stream),
        unknown=np.array([beat.data is None for beat in received], bool),
        last=np.array([beat.last for beat in received], bool) if has_last else None,
        unstable=np.array([beat.unstable for beat in received], bool),
        cycles=np.array([beat.cycle - start for beat in received], np.int64),
    )


def results_path() -> Path:
    """``results.json`` next to cocotb's results.xml (of the same stem)."""
    return Path(os.environ.get("COCOTB_RESULTS_FILE", "results.xml")).with_suffix(".json")


def begin() -> None:
    """Forget the figures of an earlier simulation in the same folder."""
    results_path().unlink(missing_ok=True)


def record(entry: dict, difference: Difference) -> None:
    """Append one test's figures to the results file."""
    path = results_path()
    entries = json.loads(path.read_text()) if path.is_file() else []
    first = asdict(difference.first[0]) if difference.first else None
    entries.append({**entry, "mismatches": difference.count, "first": first})
    temporary = path.with_suffix(".tmp")
    temporary.write_text(json.dumps(entries, indent=2) + "\n")
    temporary.replace(path)
