"""Operators, alone or with what they stand beside, as files, against onnxruntime."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from accel.intake import files
from tests.intake.onnx.files import Shape, kinds, node, run, save

BATCH = 3
IMAGE, WAVE, TABLE = ("n", 3, 6, 8), ("n", 2, 12), ("n", 5)


@dataclass(frozen=True)
class Case:
    """A file's input and nodes, and the Keras layers that are expected."""

    shape: Shape
    nodes: list
    layers: str
    constants: dict = field(default_factory=dict)
    settings: dict = field(default_factory=dict)
    sequences: bool = False  # what comes out has the batch where the input has it


def one(shape: Shape, kind: str, layers: str, constants: dict | None = None, opset: int = 18, **attributes) -> Case:
    """A single node; its constants are read in their order, `-` where one is left out."""
    constants = constants or {}
    nodes = [node(kind, " ".join(["x", *constants]), "y", **attributes)]
    return Case(shape, nodes, layers, {k: v for k, v in constants.items() if not k.startswith("-")}, {"opset": opset})


def check(case: Case, folder: Path) -> None:
    """What is read has the layers that are expected, and gives what onnxruntime gives."""
    path = save(folder / "net.onnx", case.shape, case.nodes, case.constants, **case.settings)
    reading = files.read(path)
    assert kinds(reading.model) == case.layers.split()
    count = BATCH if "n" in case.shape else case.shape[0]
    batch = case.shape.index("n") if "n" in case.shape else 0
    shape = [count if place == batch else size for place, size in enumerate(case.shape)]
    x = np.random.default_rng(1).uniform(-2, 2, shape).astype(case.settings.get("dtype", np.float32))
    wanted = np.moveaxis(run(path, x), batch if case.sequences else 0, 0)
    given = np.moveaxis(x, batch, 0)
    given = given.transpose(0, *(1 + axis for axis in reading.order)).astype(np.float32)
    ours = reading.model.predict(given, verbose=0)
    wanted = wanted.reshape(len(wanted), *(size for size in wanted.shape[1:] if size > 1))
    ours = ours.transpose(_back(ours.shape, wanted.shape))
    np.testing.assert_allclose(ours, wanted, rtol=1e-4, atol=2e-5)
    np.testing.assert_allclose(reading.outputs(given), reading.model.predict(given, verbose=0), rtol=1e-4, atol=2e-5)


def _back(came: tuple[int, ...], wanted: tuple[int, ...]) -> tuple[int, ...]:
    """The axes in ONNX's order: where they are others, the channels to the front."""
    return tuple(range(len(came))) if came == wanted else (0, len(came) - 1, *range(1, len(came) - 1))
