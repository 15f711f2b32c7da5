"""A toy design in a folder like the generator's, with its golden model."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from accel.rtl.folder import FILELIST, RtlFolder
from accel.rtl.interface import FILE, Interface, LayerStream, Stream

_TRACE = Path(__file__).parents[2] / "accel" / "rtl" / "lib" / "acc_stream_trace.sv"
_SOURCE = Path(__file__).parent / "rtl" / "toy.sv"
CONSTANTS = (5, -7, 100)


@dataclass(frozen=True)
class Toy:
    """The folder, its interface, and frames with what every layer makes of them: int64 (frames, beats, lanes)."""

    folder: Path
    interface: Interface
    inputs: np.ndarray
    layers: dict[str, np.ndarray]

    @property
    def rtl(self) -> RtlFolder:
        """The folder as it is now."""
        return RtlFolder.read(self.folder)

    @property
    def expected(self) -> np.ndarray:
        return self.layers["pair"]


def write_toy(folder: Path, fault: int = 0, frames: int = 6, seed: int = 0) -> Toy:
    """Write ``folder/rtl``; ``fault`` as toy.sv numbers them."""
    rtl = folder / "rtl"
    rtl.mkdir()
    shutil.copy(_TRACE, rtl)
    (rtl / "toy.sv").write_text(_SOURCE.read_text().replace("Fault   = 0", f"Fault   = {fault}"))
    (rtl / "toy.mem").write_text("".join(f"{value & 1023:03x}\n" for value in CONSTANTS))
    (rtl / FILELIST).write_text("acc_stream_trace.sv\ntoy.sv\n")
    interface = Interface(
        top="toy",
        inputs=(Stream("s_axis", 3, 16, 10, 4, True, 8),),
        outputs=(Stream("m_axis", 3, 16, 12, 4, True, 4),),
        layers=(LayerStream("add", 3, 11, True, 8), LayerStream("pair", 3, 12, True, 4)),
        latency=9,
        ii=8,
    )
    (rtl / FILE).write_text(interface.to_json())
    inputs = np.random.default_rng(seed).integers(-512, 512, (frames, 8, 3))
    added = inputs + np.array(CONSTANTS)
    return Toy(rtl, interface, inputs, {"add": added, "pair": added[:, 0::2] + added[:, 1::2]})


@pytest.fixture
def toy(tmp_path: Path):
    """``toy(fault)``: the folder of that variant."""
    return lambda fault=0, **options: write_toy(tmp_path, fault, **options)
