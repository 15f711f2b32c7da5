"""Every file of the list is read, and looked at for hardware; `benchmarks/intake.py` takes them there."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from accel.flow import inspection
from accel.flow.inspection import Hardware
from accel.flow.request import Request
from tests.intake import fixtures

RTL = (
    *("keras2_*_small.h5", "keras2_*_split.json", "keras2_*_archive.keras", "keras2_*_folder"),
    *("keras3_images*", "keras3_steps*", "onnx_opset_*", "*backwards*"),
    *("architecture.json", "binary.h5", "convolution.h5", "dense.h5", "normalised.h5", "ternary.h5"),
    *("keras2_15_0_depthwise.h5", "mobile_*.tflite", "wave_int8.tflite", "wave_script.onnx"),
    *("qkeras/archive.keras", "hgq/*.keras", "shifts.onnx", "signs.onnx", "scales.onnx", "torch_*"),
    *("qkeras/folded.h5", "mobile_*.onnx"),
    *("mlp_*", "crnn_*", "steps_*", "twice_*", "cnn_program*", "cnn_script*", "cnn_*.tflite", "wave_1*", "powers_*"),
    *("keras2_hard.h5", "both_*", "residual_*", "onnx_two*", "onnx_joined*", "onnx_mixer*", "two_int8*"),
)
"""Names of networks that are hardware altogether; of the others some layers may not be."""


COMPARED = {
    **dict.fromkeys(("keras2_*", "keras2_15_0_folder"), ("tf_keras", "its outputs equal those of tf_keras")),
    "*.onnx": ("onnxruntime", "equal to onnxruntime."),
    **dict.fromkeys(("torch_*.py", "torch_*.pt2"), ("torch", "equal to onnxruntime.")),
    **dict.fromkeys(("*_float.tflite", "*_half.tflite"), ("tensorflow", "equal to its interpreter, layer by layer.")),
    **dict.fromkeys(("*_int8.tflite", "*_dynamic.tflite"), ("tensorflow", "its interpreter")),
    "hgq/softmax.keras": ("hgq", "its softmax, softmax, is Keras' own, which is within 0.12 of HGQ2's tables"),
    "hgq/*.keras": ("hgq", "it gives what HGQ2 gives"),
}
"""What reading a file says once the file's own runtime, a package, has given the same outputs for seeded inputs; others
are compared with outputs that are stored (`test_old_keras.py`, `qkeras`), or are Keras 3's own.
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The files that are made for a test, by name."""
    return {path.name: path for path in fixtures.make(tmp_path_factory.mktemp("fixtures"))}


def looked_at(path: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    found = inspection.run(Request(str(path)))
    assert found.rows and "\n" not in found.told
    assert bool(found.told) == (not path.name.startswith("keras3"))
    told = next((pair for pattern, pair in COMPARED.items() if path.match(pattern)), None)
    assert told is not None or path.match("keras[13]*") or path.match("qkeras/*")
    if told and importlib.util.find_spec(told[0]):
        assert told[1] in found.told
    assert (found.hardware is Hardware.RTL) == (not found.refused and not found.missing)
    if any(path.match(pattern) for pattern in RTL):
        assert found.hardware is Hardware.RTL, (found.refused, found.missing)


@pytest.mark.parametrize("path", fixtures.stored(), ids=fixtures.title)
def test_a_stored_file(path: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    looked_at(path, monkeypatch, tmp_path)


def test_files_made_now(made: dict[str, Path], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for path in made.values():
        looked_at(path, monkeypatch, tmp_path)
    assert len(made) + len(fixtures.stored()) >= 60
