"""Reading PyTorch: a program of torch.export (.pt2), or a Python file with a module; both by way of ONNX.

PyTorch runs in a process of its own, and only here: nothing else needs it.
"""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from accel.data import unpacked
from accel.errors import AccelError
from accel.intake import onnx
from accel.intake.onnx import loading
from accel.intake.reading import Reading

PACKAGES = ("torch", "onnxscript")


def read(path: Path) -> Reading:
    """Read a .pt2 file, of which nothing is run, or run a .py file, which is the user's own program.

    Raises:
        AccelError: PyTorch is not installed, does not export the network, or there is no such network in the file.
    """
    if missing := [name for name in PACKAGES if importlib.util.find_spec(name) is None]:
        raise AccelError(
            f"{path}: PyTorch is read with the packages {' and '.join(PACKAGES)}, and there is no {missing[0]}; "
            f"install them with: {sys.executable} -m pip install {' '.join(PACKAGES)}"
        )
    if path.suffix == ".pt2":
        _checked(path)
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder) / "network.onnx"
        _export(path, made)
        model = loading.load(made)
    return onnx.of(path, model, "PyTorch through ONNX")


def _checked(path: Path) -> None:
    try:
        if not zipfile.is_zipfile(path):
            raise AccelError(f"{path}: expected a program of torch.export.save, which is a zip archive")
        unpacked.check(path)
    except AccelError:
        raise
    except Exception as error:  # whatever zipfile raises
        raise AccelError(f"{path}: expected a program of torch.export.save, could not open it: {error}") from error


def _export(path: Path, made: Path) -> None:
    """Let a process of its own write the ONNX file `made`."""
    command = [sys.executable, "-P", "-m", "accel.intake.pytorch_export", str(path), str(made)]
    environment = os.environ | {"TORCH_FORCE_WEIGHTS_ONLY_LOAD": "1"} if path.suffix == ".pt2" else None
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode or not made.is_file():
        lines = [line.strip() for line in done.stderr.splitlines() if line.strip()]
        told = lines[-1].removeprefix("accel.errors.AccelError: ") if lines else f"exit status {done.returncode}"
        raise AccelError(f"{path}: {told[:300]}")
