"""accel: trained Keras networks to verified, bit-exact FPGA hardware."""

from __future__ import annotations

from collections.abc import Iterable
from os import PathLike
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from accel.flow.run import Run

__version__ = "0.1.0"


def run(
    model: str,
    inputs: str | PathLike[str] | Iterable[str | PathLike[str]] = "-",
    *,
    sim: str = "verilator",
    **design: object,
) -> Run:
    """What the float model, the integer model and the simulated RTL say of recordings, pictures or tables.

    Args:
        model: a folder of `models/` or the path of a model file.
        inputs: one file or folder, or several; `-` is a made-up example.
        sim: the simulator, 'verilator' or 'icarus'.
        design: settings that differ from the model's own, as on the command line: ``part``, ``clock_ns``, ...

    Raises:
        accel.errors.AccelError: whatever is wrong with the model, the files or the settings, in one line.
    """
    from accel.flow import run as flow
    from accel.flow.request import Request

    several = [inputs] if isinstance(inputs, str | PathLike) else list(inputs)
    settings = {name: None if value is None else str(value) for name, value in design.items()}
    return flow.run(Request(str(model), **settings), [str(one) for one in several], sim)
