"""`python -m accel.intake.pytorch_export network.pt2 network.onnx`: PyTorch's own export to ONNX, a batch of one.

The only module that needs PyTorch; `accel.intake.pytorch` runs it.
"""

from __future__ import annotations

import pickle
import runpy
import sys
from pathlib import Path
from typing import Any, NoReturn

import numpy as np

from accel.errors import AccelError

EXPECTED = "expected `model`, a torch.nn.Module, or `build()` that gives one, and `example_inputs`, a tensor or several"
PICKLE = "a part of it is a pickle, which runs code when it is read; expected plain tensors alone"
TOLERANCE = 1e-3
"""The largest error of the exported network, as a share of the largest output."""


def main(source: Path, target: Path) -> None:
    """Export the network in `source` and check what onnxruntime makes of it.

    Raises:
        AccelError: there is none, or the export differs.
    """
    import torch

    network, inputs = _program(source) if source.suffix == ".pt2" else _module(source)
    with torch.no_grad():
        torch.onnx.export(network, inputs, target, dynamo=True, external_data=False, verbose=False)
        runnable = network if isinstance(network, torch.nn.Module) else network.module()
        _check(target, inputs, runnable(*inputs))


def _module(path: Path) -> tuple[Any, tuple[Any, ...]]:
    """The module of a Python file, which runs, and its first example: a tensor for each input."""
    import torch

    sys.path.insert(0, str(path.parent))
    found = runpy.run_path(str(path))
    model = found["build"]() if "build" in found and "model" not in found else found.get("model")
    inputs = found.get("example_inputs")
    tensors = tuple(inputs) if isinstance(inputs, tuple | list) else (inputs,)
    batched = tensors and all(isinstance(one, torch.Tensor) and one.ndim for one in tensors)
    if not isinstance(model, torch.nn.Module) or not batched:
        came = f"`model` is {type(model).__name__}, `example_inputs` {type(inputs).__name__}"
        raise AccelError(f"{came}; {EXPECTED}")
    return model.eval(), tuple(one[:1] for one in tensors)


def _program(path: Path) -> tuple[Any, tuple[Any, ...]]:
    """A program of torch.export and inputs of its shapes; what would be unpickled is refused."""
    import torch

    pickle.load = pickle.loads = torch._C._pickle_load_obj = _refuse
    try:
        program = torch.export.load(path)
    except pickle.UnpicklingError as error:  # with weights_only, which the environment asks for
        raise AccelError(PICKLE) from error
    names = set(program.graph_signature.user_inputs)
    shapes = [node.meta["val"].shape for node in program.graph.nodes if node.op == "placeholder" and node.name in names]
    sizes = [[size if isinstance(size, int) else 1 for size in shape] for shape in shapes]
    return program, tuple(map(torch.zeros, sizes))


def _refuse(*_: Any, **__: Any) -> NoReturn:
    raise AccelError(PICKLE)


def _check(target: Path, inputs: tuple[Any, ...], wanted: Any) -> None:
    import onnxruntime

    session = onnxruntime.InferenceSession(target, providers=["CPUExecutionProvider"])
    names = [given.name for given in session.get_inputs()]
    made = session.run(None, dict(zip(names, (one.numpy() for one in inputs), strict=True)))
    theirs = [one.numpy() for one in (wanted if isinstance(wanted, tuple | list) else [wanted])]
    for ours, their in zip(made, theirs, strict=True):
        if not np.abs(ours - their).max() <= TOLERANCE * max(np.abs(their).max(), 1e-30):
            raise AccelError("PyTorch's export to ONNX gives other numbers than PyTorch itself")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
