"""Reading TFLite files: the network as a Keras model of real numbers, and TFLite's interpreter beside it.

`loading` gives the tensors and operators, `operators` has a function for each kind of the latter, `building` walks
through them; `checking` compares.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from accel.intake import limits
from accel.intake.quantised import Quantised
from accel.intake.reading import Reading
from accel.intake.tflite import building, checking, exact, loading
from accel.source import identifier


def read(path: Path) -> Reading:
    """Read a .tflite file: floats as they are, integers as the real numbers that they stand for.

    Raises:
        AccelError: it is damaged, too large, of several inputs or outputs, or has operators that cannot be read.
    """
    network = loading.load(path)
    built = building.build(network, identifier(path.stem))
    limits.check_run(built.model)
    runtime = checking.Runtime(network, built)
    checking.operators(path, runtime)
    if types := exact.types(network, built):
        made = Quantised(built.model, types)
        told = f"Read from TFLite with its types, as all scales are powers of two; {_integers(runtime, made)}."
        return Reading(built.model, told, made, types=types, bounds=checking.bounds(network))
    if any(tensor.quantised for tensor in network.computed):
        told = f"Read from TFLite: {_scaled(network)}; {_decisions(runtime)}."
        return Reading(built.model, told, bounds=checking.bounds(network))
    if any(tensor.quantised for tensor in network.used):
        words = "weights of 8 bits dequantised, and inputs of layers not brought to 8 bits"
        return Reading(built.model, f"Read from TFLite: {words}; {_decisions(runtime)}.")
    half = any(tensor.dtype == np.float16 for tensor in network.used)
    words = "weights of float16" if half else "floating point"
    return Reading(built.model, f"Read from TFLite: {words}; equal to its interpreter, layer by layer.", runtime)


def _scaled(network: loading.Network) -> str:
    """What an integer file was, and where its inputs lie."""
    tensor = next(tensor for tensor in network.computed if tensor.quantised)
    known = checking.bounds(network)
    where = f"; inputs {known[0]:.4g} to {known[1]:.4g}" if known else ""
    return f"a file of {tensor.dtype}, read as a float model of its dequantised weights{where}"


def _integers(runtime: checking.Runtime, made: Quantised) -> str:
    """How many of the interpreter's integers are those of the network with its types, on seeded inputs."""
    x = checking.inputs(runtime.network, runtime.built, checking.DECISIONS)
    last = runtime.built.model.outputs[0]._keras_history.operation.name
    far = np.abs(made(x) - runtime(x)) / made.types[last]["result"].step
    equal = (
        f"its interpreter, which rounds ties otherwise, puts out the same in {np.sum(far == 0)} of {far.size} numbers"
    )
    return f"{equal} of {len(x)} seeded inputs, and at most {far.max():.0f} steps from it"


def _decisions(runtime: checking.Runtime) -> str:
    """How the interpreter decides beside the model, on seeded inputs."""
    x = checking.inputs(runtime.network, runtime.built, checking.DECISIONS)
    theirs = runtime(x)
    ours = np.asarray(runtime.built.model(x), np.float64)
    rows = [array.reshape(len(x), -1) for array in (ours, theirs)]
    error = float(np.abs(rows[0] - rows[1]).max())
    far = f"outputs are at most {error:.2g} from those of its interpreter"
    if rows[0].shape[1] == 1:
        return f"{far}, on {len(x)} seeded inputs"
    same = int(np.sum(rows[0].argmax(1) == rows[1].argmax(1)))
    return f"{far}, which decides alike in {same} of {len(x)} seeded inputs"
