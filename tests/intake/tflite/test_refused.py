"""TFLite files that are refused, each in one line that says what came and what would work."""

from __future__ import annotations

import contextlib
from pathlib import Path

import numpy as np
import pytest

from accel.errors import AccelError
from accel.intake import files
from tests.intake.tflite.files import Op, Stored, constant, write

VECTOR = (1, 5)
X, Y = Stored(VECTOR), Stored(VECTOR)
RELU = [Op("RELU", "x", "y")]


def refused(path: Path) -> str:
    """The line of the refusal."""
    with pytest.raises(AccelError) as caught:
        files.read(path)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_all_operators_that_cannot_be_read_are_named_at_once(tmp_path: Path) -> None:
    tensors = {name: Stored(VECTOR) for name in ("x", "net/one/Sin", "net/two/Cos", "y")}
    ops = [
        Op("SIN", ["x"], ["net/one/Sin"], {}, ""),
        Op("COS", ["net/one/Sin"], ["net/two/Cos"], {}, "CosOptions"),
        Op("LOG_SOFTMAX", ["net/two/Cos"], ["y"], {}, "LogSoftmaxOptions"),
    ]
    told = refused(write(tmp_path / "net.tflite", tensors, ops))
    for part in ("3 operators", "'one' (SIN)", "'two' (COS)", "(LOG_SOFTMAX): expected SOFTMAX, or neither"):
        assert part in told


def test_an_operator_of_somebody_s_own(tmp_path: Path) -> None:
    path = write(tmp_path / "net.tflite", {"x": X, "y": Y}, [Op("CUSTOM", "x", "y", custom="FlexReadFile")])
    assert "(CUSTOM FlexReadFile)" in refused(path)


SETTINGS = {
    "beta=2.0": (Op("SOFTMAX", "x", "y", {"beta": 2.0}, "SoftmaxOptions"), {}),
    "fused activation 2": (Op("ADD", "xx", "y", {"fusedActivationFunction": 2}, "AddOptions"), {}),
    "weights in another order": (
        Op("FULLY_CONNECTED", "xw", "y", {"weightsFormat": 1}, "FullyConnectedOptions"),
        {"w": constant(np.eye(5))},
    ),
    "the matrix is not stored in the file": (
        Op("FULLY_CONNECTED", "xx", "y", {}, "FullyConnectedOptions"),
        {},
    ),
    "a value other than 0": (
        Op("PADV2", "xpv", "y", {}, "PadV2Options"),
        {"p": constant([[0, 0], [0, 2]], "int32"), "v": constant(1.0)},
    ),
}


@pytest.mark.parametrize("told", SETTINGS)
def test_a_setting(told: str, tmp_path: Path) -> None:
    op, more = SETTINGS[told]
    assert told in refused(write(tmp_path / "net.tflite", {"x": X, "y": Y, **more}, [op]))


def test_an_input_that_nothing_reads(tmp_path: Path) -> None:
    tensors = {name: Stored(VECTOR) for name in "xyz"}
    told = refused(write(tmp_path / "net.tflite", tensors, RELU, "xz"))
    assert "input 'z' has no part in the outputs; expected a file without it" in told


def test_no_output(tmp_path: Path) -> None:
    told = refused(write(tmp_path / "net.tflite", {"x": X, "y": Y}, RELU, "", ""))
    assert "0 inputs and 0 outputs; expected at least one of each" in told


@pytest.mark.parametrize(
    ("shape", "signature", "told"),
    [((1, 1, 3), (-1, -1, 3), "(any, any, 3)"), ((4, 3), None, "(4, 3)"), ((3,), None, "(3)")],
)
def test_sizes_of_the_input(shape: tuple, signature: tuple | None, told: str, tmp_path: Path) -> None:
    tensors = {"x": Stored(shape, signature=signature), "y": Stored(shape)}
    line = refused(write(tmp_path / "net.tflite", tensors, RELU))
    assert f"input 'x' is {told}; expected a batch axis, of 1 or open" in line


def test_an_input_of_plain_integers(tmp_path: Path) -> None:
    tensors = {"x": Stored(VECTOR, dtype="int32"), "y": Stored(VECTOR, dtype="int32")}
    assert "input 'x' is of int32; expected float32 or a quantised type" in refused(
        write(tmp_path / "net.tflite", tensors, RELU)
    )


def test_a_network_that_would_take_gigabytes(tmp_path: Path) -> None:
    tensors = {"x": X, "y": Y, "t": Stored((1, 1 << 15, 1 << 15))}
    assert "unpacks to 4,29" in refused(write(tmp_path / "net.tflite", tensors, RELU))


def test_a_constant_that_does_not_fill_its_shape(tmp_path: Path) -> None:
    tensors = {"x": X, "y": Y, "c": Stored(VECTOR, np.ones(3, np.float32))}
    ops = [Op("ADD", "xc", "y", {}, "AddOptions")]
    assert "expected a TFLite model" in refused(write(tmp_path / "net.tflite", tensors, ops))


def test_an_output_that_no_input_reaches(tmp_path: Path) -> None:
    tensors = {"x": X, "y": Y, "c": constant(np.ones((1, 5)))}
    path = write(tmp_path / "net.tflite", tensors, [Op("RELU", "c", "y")])
    assert "input 'x' has no part in the outputs" in refused(path)
    path = write(tmp_path / "net.tflite", {"x": X, "c": constant(np.ones((1, 5)))}, [], "x", "c")
    assert "input 'x' has no part in the outputs" in refused(path)


@pytest.mark.parametrize("content", [b"", b"hello", b"\x1c\0\0\0TFL3" + b"\xff" * 100])
def test_something_else(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "net.tflite"
    path.write_bytes(content)
    assert "expected a TFLite model" in refused(path)


def test_files_that_are_cut_off_or_changed(tmp_path: Path) -> None:
    """Read, or refused: nothing else, wherever a byte is wrong."""
    whole = (Path(__file__).parents[1] / "converted" / "mlp_int8.tflite").read_bytes()
    path, rng = tmp_path / "net.tflite", np.random.default_rng(0)
    for end in (*range(0, 64, 9), *range(64, len(whole), 401)):
        path.write_bytes(whole[:end])
        assert "expected a TFLite model" in refused(path)
    for place in rng.integers(len(whole), size=60):
        path.write_bytes(whole[:place] + bytes([rng.integers(256)]) + whole[place + 1 :])
        with contextlib.suppress(AccelError):
            files.read(path)
