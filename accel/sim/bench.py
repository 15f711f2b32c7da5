"""``bench.json``: what a cocotb testbench is to do; written on the host, read in the simulator."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from accel.errors import AccelError
from accel.rtl.interface import FEWEST, Interface
from accel.sim import vectors

ENVIRONMENT = "ACCEL_BENCH"  # names the file
PATTERNS = ("none", "random", "bursts", "alternate")


@dataclass(frozen=True)
class Bench:
    """The interface, the vectors and the frames of each test.

    ``inputs`` and ``expected`` are .npy files, int64 (frames, beats, lanes), or rows of several streams. Frames per
    test: ``back_to_back`` (as many as the interface says, to measure II), ``patterns`` for each pair of ``idle`` and
    ``backpressure`` patterns, ``reset`` after a reset in mid-frame; 0 leaves a test out. ``timing``: whether a wrong
    prediction of latency or II is a failure.
    """

    interface: Interface
    inputs: Path
    expected: Path
    back_to_back: int = FEWEST
    patterns: int = 2
    reset: int = 1
    idle: tuple[str, ...] = PATTERNS
    backpressure: tuple[str, ...] = PATTERNS
    timing: bool = True
    seed: int = 1

    def frames(self) -> tuple[list[np.ndarray], np.ndarray]:
        """The vectors: each input's, int64 (frames, beats, lanes), and those expected as they are in the file.

        Raises:
            AccelError: they do not fit the streams, or a test wants more frames than there are.
        """
        inputs, expected = np.load(self.inputs), np.load(self.expected)
        given = vectors.apart(inputs, self.interface.inputs)
        made = vectors.apart(expected, self.interface.outputs)
        for frames, stream in zip((*given, *made), (*self.interface.inputs, *self.interface.outputs), strict=True):
            vectors.check(frames, stream)
        most = max(self.back_to_back, self.patterns, self.reset)
        if not len(inputs) == len(expected) >= most:
            raise AccelError(
                f"{len(inputs)} inputs and {len(expected)} outputs came; expected {most} or more frames of both"
            )
        return given, expected

    def to_json(self) -> str:
        """Text of ``bench.json``."""
        fields = {**asdict(self), "inputs": str(self.inputs), "expected": str(self.expected)}
        fields["interface"] = json.loads(self.interface.to_json())
        return json.dumps(fields, indent=2) + "\n"

    @classmethod
    def load(cls, path: Path) -> Bench:
        """Read a bench.json; relative .npy files are looked up beside it.

        Raises:
            AccelError: it is missing or is not a bench.
        """
        path = Path(path)
        try:
            fields = json.loads(path.read_text())
            fields["interface"] = Interface.from_json(json.dumps(fields["interface"]))
            fields |= {name: path.parent / fields[name] for name in ("inputs", "expected")}
            fields |= {name: tuple(fields[name]) for name in ("idle", "backpressure") if name in fields}
            return cls(**fields)
        except (OSError, KeyError, TypeError, ValueError) as error:
            raise AccelError(f"{path} is not a bench ({error}); accel.sim.bench.Bench.to_json writes one") from None
