"""Runs a compiled C simulation in a process of its own: `python csim_worker.py job.json`, for `accel.hls.csim`.

An `assert` in hls4ml's headers then ends this process and not the program, and what the C++ prints is read as its own.
"""

from __future__ import annotations

import ctypes
import json
import sys
from pathlib import Path

import numpy as np


class _TraceEntry(ctypes.Structure):
    _fields_ = [("name", ctypes.c_char_p), ("data", ctypes.c_void_p)]


def main(job_file: Path) -> None:
    """Do what `job.json` says, with the `inputs.npy` beside it; write `output.npy`, or `<layer>.trace.npy` for each.

    The job: `library`, `top` (the function), `output` (shape) and `layers` (shapes by name; none: no trace). Inputs are
    float64 (frames, *shape), what is written is float64 (frames, *shape), too.
    """
    folder = job_file.parent
    job = json.loads(job_file.read_text())
    inputs = np.load(folder / "inputs.npy")
    library = ctypes.CDLL(job["library"])
    top = getattr(library, job["top"])
    top.restype = None
    top.argtypes = [np.ctypeslib.ndpointer(np.float64, flags="C_CONTIGUOUS")] * 2
    if job["layers"]:
        _trace(library, top, inputs, job["output"], job["layers"], folder)
        return
    out = np.empty((len(inputs), *job["output"]), np.float64)
    for frame, result in zip(inputs, out, strict=True):
        top(frame, result)
    np.save(folder / "output.npy", out)


def _trace(
    library: ctypes.CDLL, top: object, inputs: np.ndarray, shape: list[int], layers: dict[str, list[int]], folder: Path
) -> None:
    traced: dict[str, list[np.ndarray]] = {name: [] for name in layers}
    result = np.empty(shape, np.float64)
    entries = (_TraceEntry * len(traced))()
    library.allocate_trace_storage(ctypes.c_size_t(8))
    for frame in inputs:
        top(frame, result)
        library.collect_trace_output(entries)
        for entry in entries:
            name = entry.name.decode()
            values = ctypes.cast(entry.data, ctypes.POINTER(ctypes.c_double))
            traced[name].append(np.ctypeslib.as_array(values, tuple(layers[name])).copy())
    library.free_trace_storage()
    for name, values in traced.items():
        np.save(folder / f"{name}.trace.npy", np.stack(values))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
