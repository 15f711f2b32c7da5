"""PyTorch's files: what happens without PyTorch, with a process that fails, and, where it is installed, with it."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from accel import formats
from accel.errors import AccelError
from accel.intake import files, pytorch

NET = """
import torch

model = torch.nn.Sequential(torch.nn.Conv1d(2, 4, 3), torch.nn.ReLU(), torch.nn.Flatten(), torch.nn.Linear(40, 3))
example_inputs = torch.randn(8, 2, 12)
"""

PROGRAM = """
import io, pathlib, torch, zipfile

layers = torch.nn.Sequential(torch.nn.Linear(5, 4), torch.nn.ReLU())
batch = ({0: torch.export.Dim("batch")},)
torch.export.save(torch.export.export(layers, (torch.zeros(2, 5),), dynamic_shapes=batch), "net.pt2")


class Evil:
    def __reduce__(self):
        return pathlib.Path.touch, (pathlib.Path("ran").absolute(),)


pickled = io.BytesIO()
torch.save(Evil(), pickled)
with zipfile.ZipFile("net.pt2") as given, zipfile.ZipFile("evil.pt2", "w") as made:
    for name in given.namelist():
        made.writestr(name, pickled.getvalue() if "sample_inputs" in name else given.read(name))
"""
TWO = """
import torch


class Two(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.image, self.row = torch.nn.Conv2d(3, 4, 3), torch.nn.Linear(5, 4)

    def forward(self, x, row):
        mean = self.image(x).relu().mean((2, 3))
        return mean + self.row(row), mean


model, example_inputs = Two(), (torch.randn(4, 3, 6, 8), torch.randn(4, 5))
"""
TORCH = pytest.mark.skipif(importlib.util.find_spec("torch") is None, reason="the extra [torch] is not installed")


@pytest.fixture
def net(tmp_path: Path) -> Path:
    (tmp_path / "net.py").write_text(NET)
    return tmp_path / "net.py"


def test_without_pytorch_its_command_is_told(net: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "torch" else name)
    with pytest.raises(AccelError, match=r"there is no torch; install them with: .* -m pip install torch onnxscript$"):
        files.read(net)


def test_the_last_word_of_a_failed_export_is_told(net: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "python"
    program.write_text("#!/bin/sh\necho 'Traceback:' >&2\necho 'ValueError: no such layer' >&2\nexit 1\n")
    program.chmod(0o755)
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: name)
    monkeypatch.setattr(sys, "executable", str(program))
    with pytest.raises(AccelError, match=r"net\.py: ValueError: no such layer$"):
        pytorch.read(net)


def test_a_file_that_is_no_archive_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "net.pt2").write_bytes(b"nothing")
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: name)
    with pytest.raises(AccelError, match=r"net\.pt2: expected a program of torch\.export\.save"):
        files.read(tmp_path / "net.pt2")


def test_nothing_is_recalled_of_a_program() -> None:
    assert formats.of(Path("net.py")).program
    assert not any(formats.of(Path(f"net{suffix}")).program for suffix in formats.SUFFIXES if suffix != ".py")


@TORCH
def test_a_module_is_exported_and_read(net: Path) -> None:
    reading = files.read(net)
    assert reading.model.input_shape == (None, 12, 2) and reading.model.output_shape == (None, 3)
    x = np.random.default_rng(0).normal(size=(4, 12, 2)).astype(np.float32)
    np.testing.assert_allclose(reading.model.predict(x, verbose=0), reading.outputs(x), rtol=1e-4, atol=2e-5)


@TORCH
def test_several_inputs_and_outputs(tmp_path: Path) -> None:
    (tmp_path / "net.py").write_text(TWO)
    program = "torch.export.save(torch.export.export(model, tuple(one[:1] for one in example_inputs)), 'net.pt2')"
    subprocess.run([sys.executable, "-c", TWO + program], cwd=tmp_path, check=True)
    for name in ("net.py", "net.pt2"):
        reading = files.read(tmp_path / name)
        assert [tuple(one.shape[1:]) for one in reading.model.inputs] == [(6, 8, 3), (5,)]
        assert len(reading.model.outputs) == 2 and "equal to onnxruntime" in reading.told


@TORCH
def test_a_program_of_torch_export_is_read_and_no_pickle_in_it(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-c", PROGRAM], cwd=tmp_path, check=True)
    assert files.read(tmp_path / "net.pt2").model.output_shape == (None, 4)
    with pytest.raises(AccelError, match="a part of it is a pickle, which runs code when it is read"):
        files.read(tmp_path / "evil.pt2")
    assert not (tmp_path / "ran").exists()


@TORCH
def test_a_program_without_a_module_is_refused(tmp_path: Path) -> None:
    (tmp_path / "net.py").write_text("model = 3\n")
    with pytest.raises(AccelError, match=r"`model` is int, `example_inputs` NoneType; expected `model`"):
        files.read(tmp_path / "net.py")
