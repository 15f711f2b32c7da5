"""hls4ml's C simulation, raw integers in and out: the golden outputs that everything else is compared with.

Each run has a process of its own: the compiled library keeps state in static variables, and may give up on an assert.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import logging
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from accel import cache, rows
from accel.errors import AccelError, Refusal
from accel.fixed import Fixed, to_float
from accel.hls.precision import from_hls

if TYPE_CHECKING:
    from hls4ml.model.graph import ModelGraph
    from hls4ml.model.types import TensorVariable

log = logging.getLogger(__name__)

FOLDER = "csim"  # of a project, for what is compiled from it
LIBRARY = "csim.so"
COMPILER = "g++"
FLAGS = ("-O3", "-fPIC", "-std=c++17", "-fno-gnu-unique", "-w", "-Ifirmware/ap_types")
"""-fno-gnu-unique keeps two designs loaded into one process from sharing their tables."""

SOURCES = ("*.cpp", "firmware/**/*.cpp", "firmware/**/*.h", "firmware/weights/*.txt")
WORKER = Path(__file__).with_name("csim_worker.py")
NONSENSE = ("leftover data", "read while empty")
"""What the stream classes of hls4ml's ac_types and ap_types print when a layer took too few or too many beats."""
EXACT_BITS = 53  # what a double, the type hls4ml's bridge passes values in, keeps


def compile_project(project: Path, name: str) -> Path:
    """Compile a written project's C simulation, unless that was done for the same sources in the same place.

    Returns:
        the library, `<project>/csim/<digest>/csim.so`.

    Raises:
        AccelError: there is no compiler, or it refuses the project.
    """
    return cache.built(project / FOLDER / _digest(project), lambda made: _compile(project, name, made)) / LIBRARY


def _compile(project: Path, name: str, made: Path) -> None:
    if shutil.which(COMPILER) is None:
        raise AccelError(f"the C simulation needs {COMPILER}, which is not on PATH; install it with: apt install g++")
    weights = f'-DWEIGHTS_DIR="{(project / "firmware" / "weights").resolve()}"'
    with tempfile.TemporaryDirectory(dir=made) as objects:
        units = {f"firmware/{name}.cpp": Path(objects) / "top.o", f"{name}_bridge.cpp": Path(objects) / "bridge.o"}
        jobs = [_start(project, [*FLAGS, weights, "-c", unit, "-o", str(out.resolve())]) for unit, out in units.items()]
        _finish(*jobs)
        linked = [str(out.resolve()) for out in units.values()]
        _finish(_start(project, ["-shared", *linked, "-o", str((made / LIBRARY).resolve())]))


class CSim:
    """The C simulation of a written project."""

    def __init__(self, graph: ModelGraph) -> None:
        """Compile (or find compiled) the project that `accel.hls.convert.write` wrote for `graph`.

        Raises:
            AccelError: an input or output is wider than a double; or as `compile_project`.
        """
        self.inputs, self.outputs = (
            tuple(_exact(graph, variable) for variable in ends)
            for ends in (graph.get_input_variables(), graph.get_output_variables())
        )
        self._layers = {
            layer.name: _tensor(layer.get_output_variable())
            for layer in graph.get_layers()
            if layer.get_attr("function_cpp") and layer.get_attr("trace", False)
        }
        name = graph.config.get_project_name()
        self._top = f"{name}_double"
        self._library = compile_project(Path(graph.config.get_output_dir()), name).resolve()

    def quantise_input(self, x: np.ndarray) -> np.ndarray:
        """Floats (frames, *input shape) as raw integers of the inputs' types, rounded as these say."""
        return rows.from_float(x, self.inputs)

    @property
    def input_shape(self) -> tuple[int, ...]:
        """Of a frame: the input's, or one row of all."""
        return rows.shape([one.shape for one in self.inputs])

    def predict_raw(self, x: np.ndarray) -> np.ndarray:
        """Run raw integers (frames, *input shape); returns those of the output's type, (frames, *output shape), or rows
        (frames, elements) of several outputs.
        """
        with self._ran(x, {}) as folder:
            made = [np.load(folder / f"output{number}.npy") for number in range(len(self.outputs))]
        return rows.joined([_raw(values, one.type) for values, one in zip(made, self.outputs, strict=True)])

    def trace_raw(self, x: np.ndarray) -> dict[str, np.ndarray]:
        """Raw integers (frames, *shape) that each layer puts out for raw inputs, by hls4ml's layer names.

        The input itself, layers that hls4ml does not trace (reshapes and padding it inserts) and types wider than a
        double are left out.
        """
        shapes = {name: one.shape for name, one in self._layers.items()}
        exact = {name: one.type for name, one in self._layers.items() if one.type.width <= EXACT_BITS}
        with self._ran(x, shapes) as folder:
            return {name: _raw(np.load(folder / f"{name}.trace.npy"), kind) for name, kind in exact.items()}

    def trace(self, x: np.ndarray) -> dict[str, np.ndarray]:
        """What each layer puts out for floats (frames, *input shape), as numbers; those of `trace_raw`."""
        raw = self.trace_raw(self.quantise_input(x))
        return {name: to_float(values, self._layers[name].type) for name, values in raw.items()}

    @contextlib.contextmanager
    def _ran(self, x: np.ndarray, layers: dict[str, tuple[int, ...]]) -> Iterator[Path]:
        """The folder with a run's results; AccelError where the C++ gave up or computed from what was not there."""
        with cache.scratch(self._library.parents[1]) as folder:
            for number, given in enumerate(self._frames(x)):
                np.save(folder / f"input{number}.npy", given)
            shapes = [one.shape for one in self.outputs]
            job = {"library": str(self._library), "top": self._top, "outputs": shapes, "layers": layers}
            job["inputs"] = len(self.inputs)
            (folder / "job.json").write_text(json.dumps(job))
            command = [sys.executable, "-P", str(WORKER), str((folder / "job.json").resolve())]
            done = subprocess.run(
                command, text=True, errors="replace", stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
            )
            log.debug("C simulation: %s", done.stdout[:2000])
            told = done.stdout.splitlines()
            if done.returncode:
                last = told[-1] if told else "no message"
                raise AccelError(f"hls4ml's C simulation ends with exit status {done.returncode}: {last}")
            if wrong := next((line for line in told if any(text in line for text in NONSENSE)), None):
                raise AccelError(f"hls4ml's C simulation of this network computes nonsense; it says: {wrong.strip()}")
            yield folder

    def _frames(self, x: np.ndarray) -> list[np.ndarray]:
        if x.shape[1:] != self.input_shape or not np.issubdtype(x.dtype, np.integer):
            raise AccelError(
                f"C simulation: expected raw integers (frames, {', '.join(map(str, self.input_shape))}), "
                f"got {x.dtype} {x.shape}"
            )
        return [np.ascontiguousarray(part) for part in rows.of(rows.to_float(x, self.inputs), self.inputs)]


@dataclass(frozen=True)
class _Tensor:
    """One of hls4ml's variables."""

    type: Fixed
    shape: tuple[int, ...]


def _tensor(variable: TensorVariable) -> _Tensor:
    return _Tensor(from_hls(variable.type.precision), tuple(int(n) for n in variable.shape))


def _exact(graph: ModelGraph, variable: TensorVariable) -> _Tensor:
    """As `_tensor`, of a variable whose values come through hls4ml's bridge exactly."""
    made = _tensor(variable)
    if made.type.width > EXACT_BITS:
        layer = next(layer.name for layer in graph.get_layers() if variable in layer.variables.values())
        raise Refusal(
            f"layer '{layer}': the C simulation does not give values of {made.type} exactly; expected a result of at "
            f"most {EXACT_BITS} bits at the network's ends"
        )
    return made


def _raw(values: np.ndarray, kind: Fixed) -> np.ndarray:
    return (values * 2.0**kind.fraction).astype(np.int64)


def _digest(project: Path) -> str:
    """What the library depends on: compiler flags, the place of the weights, and every source."""
    total = hashlib.sha256(f"{FLAGS} {project.resolve()}".encode())
    for file in sorted({file for pattern in SOURCES for file in project.glob(pattern)}):
        total.update(f"{file.relative_to(project).as_posix()}\0".encode())
        total.update(file.read_bytes())
    return total.hexdigest()[:16]


def _start(project: Path, arguments: list[str]) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [COMPILER, *arguments], cwd=project, text=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )


def _finish(*jobs: subprocess.Popen[str]) -> None:
    """Wait for all of them, then speak of the first that failed."""
    told = [job.communicate()[1].splitlines() or ["no message"] for job in jobs]
    for job, lines in zip(jobs, told, strict=True):
        if job.returncode:
            first = next((line for line in lines if "error" in line.lower()), lines[0])
            raise AccelError(f"{COMPILER} refuses the C simulation (exit status {job.returncode}): {first.strip()}")
