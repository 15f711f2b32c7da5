from __future__ import annotations

from pathlib import Path

import pytest

from accel.errors import AccelError
from accel.intake import onnx_file


def test_a_damaged_onnx_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "net.onnx").write_bytes(b"not a model")
    with pytest.raises(AccelError, match="expected an ONNX model, could not load it"):
        onnx_file.load(tmp_path / "net.onnx")


def test_onnx_without_its_packages_is_refused_in_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "onnx", None)
    (tmp_path / "net.onnx").write_bytes(b"\\x08")
    with pytest.raises(AccelError, match=r"needs the package onnx; install it with: pip install hls4ml\[onnx\]"):
        onnx_file.load(tmp_path / "net.onnx")
