"""How fast the verilated designs run: million clock cycles a CPU second on one core, and that every output is right.

    python benchmarks/simulation.py
    python benchmarks/simulation.py lenet --million 2

The C++ driver streams random inputs at full rate. Only its own run counts, without what was built before.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable

import numpy as np

from accel.cli import terminal
from accel.errors import AccelError
from accel.flow import conversion
from accel.flow.request import Request
from accel.flow.rtl import generate
from accel.ir import golden
from accel.progress import SILENT
from accel.sim import bulk

MODELS = ("crnn", "crnn_raw", "lenet")


def cpu_seconds(step: Callable[[], object]) -> float:
    """Processor time that the processes begun by a step take."""
    before = os.times()
    step()
    after = os.times()
    return sum(getattr(after, kind) - getattr(before, kind) for kind in ("children_user", "children_system"))


def measured(model: str, million: float) -> tuple[str, ...]:
    """A row of the table: what ran, and its rate.

    Raises:
        AccelError: there is no such model, or an output differs from the integer model's.
    """
    made = generate(conversion.make(Request(model), SILENT), SILENT)
    graph, interface = made.graph, made.rtl.interface
    count = max(2, round(million * 1e6 / interface.ii))
    type_ = graph.input.type
    raw = np.random.default_rng(1).integers(type_.lo, type_.hi + 1, (count, *graph.input.shape))
    shapes = [(count, stream.beats, stream.lanes) for stream in (interface.input, interface.output)]
    x, expected = raw.reshape(shapes[0]), golden.predict(graph, raw).reshape(shapes[1])
    bulk.check(made.rtl, x[:1], expected[:1]).require()
    results = []
    seconds = cpu_seconds(lambda: results.append(bulk.check(made.rtl, x, expected).require()))
    cycles = results[0].cycles
    return model, f"{count}", f"{cycles:,}", f"{seconds:.2f}", f"{cycles / 1e6 / seconds:.2f}"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("models", nargs="*", default=MODELS, help="models' names or files; all that are shipped")
    parser.add_argument("--million", type=float, default=1.0, help="million cycles to simulate of each, about")
    arguments = parser.parse_args()
    try:
        rows = [measured(model, arguments.million) for model in arguments.models]
    except AccelError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    terminal.table(("model", "frames", "cycles", "CPU seconds", "million cycles a CPU second"), rows)
    return 0


if __name__ == "__main__":
    sys.exit(main())
