"""What a folder of RTL says about itself: ``rtl.json``, beside ``filelist.f``, the .sv files and the .mem files.

The generator writes it, the simulators read it. Another source's RTL with the same streams (Vitis HLS's, say) needs
only such a file with other port names.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from accel.errors import AccelError

FILE = "rtl.json"

FEWEST = 4
"""Frames back to back on which an initiation interval can be measured."""

_INTERVALS = 3
"""Between frames that end unevenly, how many in a row are looked at."""


@dataclass(frozen=True)
class Ports:
    """Names of the ports; a stream's are its prefix followed by these suffixes. ``last`` is empty where there is no
    TLAST.
    """

    clock: str = "clk_i"
    reset: str = "rst_ni"
    reset_active_low: bool = True
    data: str = "_tdata"
    valid: str = "_tvalid"
    ready: str = "_tready"
    last: str = "_tlast"


@dataclass(frozen=True)
class Stream:
    """One AXI4-Stream: ``beats`` a frame, ``lanes`` a beat, lane k in bits ``[k*lane_bits +: lane_bits]``.

    ``lane_bits`` is ``width`` padded to bytes; ``fraction`` of the ``width`` bits are right of the binary point. An
    input's padding is ignored; an output's repeats the sign (or is zero), and that is checked, where ``extended``.
    """

    prefix: str
    lanes: int
    lane_bits: int
    width: int
    fraction: int
    signed: bool
    beats: int
    extended: bool = True

    @property
    def bits(self) -> int:
        """Bits of one beat."""
        return self.lanes * self.lane_bits


@dataclass(frozen=True)
class LayerStream:
    """The stream a layer sends on: unpadded lanes of ``width`` bits, lane 0 lowest; ``beats`` a frame."""

    name: str
    lanes: int
    width: int
    signed: bool
    beats: int


def timing(ends: np.ndarray) -> tuple[int | None, int | None]:
    """Latency and initiation interval of frames back to back that end so, int64 (outputs, frames): cycles up to the end
    of the first one, None if there is none; and between the ends of two, None below `FEWEST`.

    Frames may follow one another unevenly: it is the longest of the last intervals, at the slowest output, as parts
    that share no tensor do not wait for each other. It counts neither the first interval nor that of the last
    frame, which nothing behind it holds up.
    """
    frames = ends.shape[1]
    intervals = np.diff(ends)[:, 1:-1][:, -_INTERVALS:]
    return int(ends[:, 0].max()) if frames else None, int(intervals.max()) if frames >= FEWEST else None


@dataclass(frozen=True)
class Interface:
    """The top module, its streams in the order of the model, and what is predicted of them.

    ``latency``: clock cycles from the transfer of a frame's first input beat to that of its last output beat, after
    reset, with inputs always valid and outputs always ready. ``ii``: cycles between the last output beats of frames
    that follow one another, in the steady state (`timing`), which ``frames`` back to back show. Both are None where
    nothing is predicted. ``digest`` names the generated text. ``streams`` says who makes each stream inside, whose
    signals are ``s0_valid``, ``s0_ready``, ``s1_valid`` and so on.
    """

    top: str
    inputs: tuple[Stream, ...]
    outputs: tuple[Stream, ...]
    layers: tuple[LayerStream, ...] = ()
    streams: tuple[str, ...] = ()
    latency: int | None = None
    ii: int | None = None
    frames: int = FEWEST
    digest: str = ""
    ports: Ports = Ports()

    @property
    def input(self) -> Stream:
        """That of a design of one."""
        (only,) = self.inputs
        return only

    @property
    def output(self) -> Stream:
        """That of a design of one."""
        (only,) = self.outputs
        return only

    def port(self, stream: Stream, signal: str) -> str:
        """The name of ``signal`` ('data', 'valid', 'ready' or 'last') of ``stream``; empty where there is none."""
        suffix = getattr(self.ports, signal)
        return stream.prefix + suffix if suffix else ""

    def to_json(self) -> str:
        """Text of ``rtl.json``: the same for the same interface."""
        return json.dumps(asdict(self), indent=2) + "\n"

    @classmethod
    def from_json(cls, text: str) -> Interface:
        """The inverse of ``to_json``; KeyError, TypeError or ValueError where the text is not such an interface."""
        fields = json.loads(text)
        streams = {name: tuple(Stream(**stream) for stream in fields.pop(name)) for name in ("inputs", "outputs")}
        layers = tuple(LayerStream(**layer) for layer in fields.pop("layers", ()))
        ports, inside = Ports(**fields.pop("ports", {})), tuple(fields.pop("streams", ()))
        return cls(**fields, **streams, layers=layers, streams=inside, ports=ports)

    @classmethod
    def load(cls, rtl_dir: Path) -> Interface:
        """Read ``rtl_dir/rtl.json``.

        Raises:
            AccelError: the file is missing or is not such an interface.
        """
        path = Path(rtl_dir) / FILE
        try:
            return cls.from_json(path.read_text())
        except OSError:
            raise AccelError(
                f"{rtl_dir} has no {FILE}; expected a folder of generated RTL, as `make rtl` writes it"
            ) from None
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise AccelError(f"{path} does not describe an RTL folder ({error}); `make rtl` writes it anew") from None
