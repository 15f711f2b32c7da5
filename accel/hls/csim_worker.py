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
    """Do what `job.json` says, with the `input0.npy`, ... beside it; write `output0.npy`, ..., or `<layer>.trace.npy`
    for each.

    The job: `library`, `top` (the function), `inputs` (how many), `outputs` (shapes) and `layers` (shapes by name;
    none: no trace). Inputs are float64 (frames, *shape), what is written is float64 (frames, *shape), too.
    """
    folder = job_file.parent
    job = json.loads(job_file.read_text())
    inputs = [np.load(folder / f"input{number}.npy") for number in range(job["inputs"])]
    library = ctypes.CDLL(job["library"])
    top = getattr(library, job["top"])
    top.restype = None
    pointer = np.ctypeslib.ndpointer(np.float64, flags="C_CONTIGUOUS")
    top.argtypes = [pointer] * (len(inputs) + len(job["outputs"]))
    if job["layers"]:
        _trace(library, top, inputs, job["outputs"], job["layers"], folder)
        return
    made = [np.empty((len(inputs[0]), *shape), np.float64) for shape in job["outputs"]]
    for frame in zip(*inputs, *made, strict=True):
        top(*frame)
    for number, out in enumerate(made):
        np.save(folder / f"output{number}.npy", out)


def _trace(
    library: ctypes.CDLL,
    top: object,
    inputs: list[np.ndarray],
    outputs: list[list[int]],
    layers: dict[str, list[int]],
    folder: Path,
) -> None:
    traced: dict[str, list[np.ndarray]] = {name: [] for name in layers}
    results = [np.empty(shape, np.float64) for shape in outputs]
    entries = (_TraceEntry * len(traced))()
    library.allocate_trace_storage(ctypes.c_size_t(8))
    for frame in zip(*inputs, strict=True):
        top(*frame, *results)
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
