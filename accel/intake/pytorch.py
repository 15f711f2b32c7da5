"""Reading PyTorch: a program of torch.export (.pt2), or a Python file with a module; both by way of ONNX.

PyTorch runs in a process of its own, and only here: nothing else needs it.
"""

from __future__ import annotations

import ast
import importlib.util
import json
import os
import re
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from accel.data import unpacked
from accel.errors import AccelError
from accel.intake import onnx
from accel.intake.onnx import loading
from accel.intake.reading import Reading

PACKAGES = ("torch", "onnxscript")

SYMBOL = re.compile(r"[a-z_]{0,12}\d+")
"""What torch.export calls the sizes that are open."""

FUNCTIONS = (
    *("Symbol", "Integer", "Rational", "Add", "Mul", "Pow", "Mod", "PythonMod", "Max", "Min", "FloorDiv", "CeilDiv"),
    *("CleanDiv", "IntTrueDiv", "ModularIndexing", "Eq", "Ne", "Lt", "Le", "Gt", "Ge", "And", "Or", "Not"),
)
"""What may be called in an expression of sizes."""

ARITHMETIC = (
    *(ast.Expression, ast.Call, ast.Name, ast.Constant, ast.keyword, ast.BinOp, ast.UnaryOp, ast.Compare, ast.Load),
    *(ast.operator, ast.unaryop, ast.cmpop),
)


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
        with zipfile.ZipFile(path) as archive:
            _check_content(path, archive)
    except AccelError:
        raise
    except Exception as error:  # whatever zipfile raises
        raise AccelError(f"{path}: expected a program of torch.export.save, could not open it: {error}") from error


def _check_content(path: Path, archive: zipfile.ZipFile) -> None:
    """Refuse what PyTorch would run: compiled code, and sizes that are text for `sympy.sympify`, which evaluates it."""
    for name in archive.namelist():
        if "aotinductor" in name or name.endswith((".so", ".cubin", ".cpp", ".py")):
            raise AccelError(f"{path}: holds compiled code, {name}; expected a program of torch.export.save alone")
        if name.endswith(".json"):
            for text in _sizes(json.loads(archive.read(name))):
                if not _plain(text):
                    raise AccelError(
                        f"{path}: a size is {text[:80]!r}; expected a sum or product of symbols and numbers"
                    )


def _sizes(value: Any) -> Iterator[str]:
    """All expressions of sizes in what JSON holds."""
    if isinstance(value, dict):
        if "expr_str" in value:
            yield str(value["expr_str"])
        for one in value.values():
            yield from _sizes(one)
    elif isinstance(value, list):
        for one in value:
            yield from _sizes(one)


def _plain(text: str) -> bool:
    """Whether an expression has symbols, numbers, arithmetic and functions of `FUNCTIONS` alone."""
    try:
        parts = list(ast.walk(ast.parse(text, mode="eval")))
    except SyntaxError:
        return False
    names = [part.id for part in parts if isinstance(part, ast.Name)]
    words = [part.value for part in parts if isinstance(part, ast.Constant) and isinstance(part.value, str)]
    called = all(isinstance(part.func, ast.Name) for part in parts if isinstance(part, ast.Call))
    known = all(name in FUNCTIONS or SYMBOL.fullmatch(name) for name in names) and all(map(SYMBOL.fullmatch, words))
    return called and known and all(isinstance(part, ARITHMETIC) for part in parts)


def _export(path: Path, made: Path) -> None:
    """Let a process of its own write the ONNX file `made`."""
    command = [sys.executable, "-P", "-m", "accel.intake.pytorch_export", str(path), str(made)]
    environment = os.environ | {"TORCH_FORCE_WEIGHTS_ONLY_LOAD": "1"} if path.suffix == ".pt2" else None
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode or not made.is_file():
        lines = [line.strip() for line in done.stderr.splitlines() if line.strip()]
        told = lines[-1].removeprefix("accel.errors.AccelError: ") if lines else f"exit status {done.returncode}"
        raise AccelError(f"{path}: {told}")
