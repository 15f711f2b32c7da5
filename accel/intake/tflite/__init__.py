"""Reading TFLite files: the network as a Keras model of real numbers, and TFLite's interpreter beside it.

`loading` gives the tensors and operators, `operators` and `recurrent` have a function for each kind of the latter,
`building` walks through them; `checking` compares.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from accel import rows
from accel.data.judging import decisions
from accel.intake import limits
from accel.intake.quantised import Quantised
from accel.intake.reading import Reading, outputs_of
from accel.intake.tflite import building, checking, exact, loading
from accel.source import identifier


def read(path: Path) -> Reading:
    """Read a .tflite file: floats as they are, integers as the real numbers that they stand for.

    Raises:
        AccelError: it is damaged, too large, or has operators that cannot be read.
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
    known = " and ".join(f"{low:.4g} to {high:.4g}" for low, high in checking.bounds(network))
    where = f"; inputs {known}" if known else ""
    return f"a file of {tensor.dtype}, read as a float model of its dequantised weights{where}"


def _integers(runtime: checking.Runtime, made: Quantised) -> str:
    """How many of the interpreter's integers are those of the network with its types, on seeded inputs."""
    x = checking.inputs(runtime.network, runtime.built, checking.DECISIONS)
    outputs = runtime.built.model.outputs
    types = [made.types[tensor._keras_history.operation.name]["result"] for tensor in outputs]
    steps = [np.full((1, *tensor.shape[1:]), type_.step) for tensor, type_ in zip(outputs, types, strict=True)]
    far = np.abs(made(x) - runtime(x)) / rows.joined(steps)
    equal = (
        f"its interpreter, which rounds ties otherwise, puts out the same in {np.sum(far == 0)} of {far.size} numbers"
    )
    return f"{equal} of {len(x)} seeded inputs, and at most {far.max():.0f} steps from it"


def _decisions(runtime: checking.Runtime) -> str:
    """How the interpreter decides beside the model, on seeded inputs."""
    x = checking.inputs(runtime.network, runtime.built, checking.DECISIONS)
    theirs = runtime(x)
    ours, theirs = (array.reshape(len(x), -1) for array in (Reading(runtime.built.model).outputs(x), theirs))
    error = float(np.abs(ours - theirs).max())
    far = f"outputs are at most {error:.2g} from those of its interpreter"
    if ours.shape[1] == 1 or len(runtime.network.outputs) > 1:
        return f"{far}, on {len(x)} seeded inputs"
    shapes = outputs_of(runtime.built.model)
    same = decisions(ours, shapes) == decisions(theirs, shapes)
    each = f"{same.shape[1]} decisions on each of " if same.ndim > 1 else ""
    return f"{far}, which decides alike in {same.sum()} of {each}{len(x)} seeded inputs"
