"""ONNX files that cannot be read: why, in one line."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from accel.data import unpacked
from accel.errors import AccelError
from accel.intake import files
from accel.intake.onnx import checking, recurrent
from tests.intake.onnx.files import node, save, weights

TABLE, IMAGE = ("n", 5), ("n", 3, 6, 8)
GRU = {"W": weights(1, 12, 5), "R": weights(1, 12, 4)}

REFUSED = {
    "all nodes at once": (
        TABLE,
        [node("Erf", "x", "a"), node("Relu", "a", "b"), node("LogSoftmax", "b", "c"), node("Sin", "c", "y")],
        {},
        r"net: 3 nodes of the ONNX graph cannot be read: 'the_a' \(Erf\); 'the_c' \(LogSoftmax\): expected Softmax, or "
        r"neither; 'the_y' \(Sin\)$",
    ),
    "two factors": (
        TABLE,
        [node("Relu", "x", "a"), node("Transpose", "a", "b"), node("MatMul", "x b", "y")],
        {},
        r"'the_y' \(MatMul\): the second factor is computed from the input; expected a constant",
    ),
    "a GRU of another kind": (
        (7, "n", 5),
        [node("GRU", "x W R", "y", hidden_size=4)],
        GRU,
        r"'the_y' \(GRU\): linear_before_reset=0; expected 1, Keras' reset_after=True",
    ),
    "gates of another function": (
        (7, "n", 5),
        [node("GRU", "x W R", "y", hidden_size=4, linear_before_reset=1, activations=["Relu", "Tanh"])],
        GRU,
        r"'the_y' \(GRU\): activations=\['Relu', 'Tanh'\]; expected \['Sigmoid', 'Tanh'\], or HardSigmoid for Sigmoid",
    ),
    "gates of another slope": (
        (7, "n", 5),
        [
            node(
                *("GRU", "x W R", "y"),
                hidden_size=4,
                linear_before_reset=1,
                activations=["HardSigmoid", "Tanh"],
                activation_alpha=[0.25],
            )
        ],
        GRU,
        r"'the_y' \(GRU\): activation_alpha=\[0.25\], activation_beta=\[0.5\]; expected 0.2 or 1/6, and 0.5",
    ),
    "a state to begin with": (
        (7, 1, 5),
        [node("GRU", "x W R - - h", "y", hidden_size=4, linear_before_reset=1)],
        GRU | {"h": np.ones((1, 1, 4), np.float32)},
        r"'the_y' \(GRU\): a state to begin with; expected none, or zeros",
    ),
    "a recurrence backwards": (
        (7, "n", 5),
        [node("GRU", "x W R", "y", hidden_size=4, linear_before_reset=1, direction="bidirectional")],
        GRU,
        r"'the_y' \(GRU\): direction=bidirectional with weights for 1",
    ),
    "a padded mean": (
        IMAGE,
        [node("AveragePool", "x", "y", kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 1, 1])],
        {},
        r"'the_y' \(AveragePool\): pads=\[\[1, 1\], \[1, 1\]\]; expected none",
    ),
    "a maximum, padded by more than half of its kernel": (
        IMAGE,
        [node("MaxPool", "x", "y", kernel_shape=[3, 3], strides=[2, 2], pads=[2, 2, 2, 2])],
        {},
        r"'the_y' \(MaxPool\): pads=\[\[2, 2\], \[2, 2\]\] around numbers that may be negative; expected at most "
        r"half of the kernel, \[3, 3\], or a Relu before it",
    ),
    "parts of other sizes": (
        TABLE,
        [node("Split", "x s", "a b", axis=1), node("Concat", "a b", "y", axis=1)],
        {"s": np.array([2, 2])},
        r"'the_a' \(Split\): parts of \[2, 2\]; expected 2 that are 5 together",
    ),
    "two open sizes": (
        ("n", "t", 5),
        [node("Relu", "x", "y")],
        {},
        r"net.onnx: input 'x' is \(n, t, 5\); expected its batch axis alone open",
    ),
    "an open length": (
        (1, "t", 5),
        [node("Relu", "x", "y")],
        {},
        r"is \(1, t, 5\); expected its batch axis alone open",
    ),
    "a shape for a batch of eight": (
        (8, 3, 6),
        [node("Reshape", "x s", "y")],
        {"s": np.array([8, 18])},
        r"'the_y' \(Reshape\): \(1, 3, 6\) becomes \(8, 18\); expected as many elements, and no batch but 1 in them",
    ),
    "nothing that depends on the input": (
        TABLE,
        [node("Shape", "x", "a"), node("Cast", "a", "y", to=1)],
        {},
        "net: output 'y' is constant",
    ),
    "an endless constant": (
        TABLE,
        [node("ConstantOfShape", "s", "a"), node("Add", "x a", "y")],
        {"s": np.array([1 << 40, 5])},
        r"'the_a' \(ConstantOfShape\): a constant of shape \[1099511627776, 5\]; expected a smaller one",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_network(name: str, tmp_path: Path) -> None:
    shape, nodes, constants, told = REFUSED[name]
    path = save(tmp_path / "net.onnx", shape, nodes, constants)
    with pytest.raises(AccelError, match=told) as caught:
        files.read(path)
    assert "\n" not in str(caught.value)


def test_integers_are_refused(tmp_path: Path) -> None:
    path = save(tmp_path / "net.onnx", TABLE, [node("Neg", "x", "y")], dtype=np.int64)
    with pytest.raises(AccelError, match="input 'x' is of int64; expected floating point"):
        files.read(path)


def test_an_input_that_nothing_reads_is_refused(tmp_path: Path) -> None:
    path = save(tmp_path / "net.onnx", TABLE, [node("Relu", "x", "y")], more={"z": TABLE})
    with pytest.raises(AccelError, match="input 'z' has no part in the outputs; expected an export without it"):
        files.read(path)


def test_a_damaged_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "net.onnx").write_bytes(b"not a model")
    with pytest.raises(AccelError, match="expected an ONNX model, could not load it"):
        files.read(tmp_path / "net.onnx")


def external(folder: Path, location: str) -> Path:
    """A file whose weights lie in another, `location`."""
    import onnx

    path = save(folder / "net.onnx", TABLE, [node("MatMul", "x w", "y")], {"w": weights(5, 4)})
    model = onnx.load(path)
    onnx.save(model, path, save_as_external_data=True, location="net.data", size_threshold=0)
    if location != "net.data":
        model = onnx.load(path, load_external_data=False)
        entry = next(entry for entry in model.graph.initializer[0].external_data if entry.key == "location")
        entry.value = location
        path.write_bytes(model.SerializeToString())
    return path


def test_weights_in_another_file_of_the_folder_are_read(tmp_path: Path) -> None:
    path = external(tmp_path, "net.data")
    assert files.companions(path) == [tmp_path / "net.data"]
    assert files.read(path).model.layers[-1].kernel.shape == (5, 4)


def test_weights_outside_of_the_folder_are_refused(tmp_path: Path) -> None:
    folder = tmp_path / "inner"
    folder.mkdir()
    external(folder, "net.data")
    (tmp_path / "net.data").write_bytes((folder / "net.data").read_bytes())
    path = external(folder, "../net.data")
    with pytest.raises(AccelError, match="could not load it"):
        files.read(path)


def test_tensors_beyond_the_limit_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = save(tmp_path / "net.onnx", TABLE, [node("MatMul", "x w", "y")], {"w": weights(5, 4)})
    monkeypatch.setattr(unpacked, "LARGEST", 79)
    with pytest.raises(AccelError, match="unpacks to 80 bytes; expected at most 79"):
        files.read(path)


def test_a_wrong_reading_is_found_and_its_node_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    nodes = [node("Relu", "x", "r"), node("GRU", "r W R", "a", hidden_size=4, linear_before_reset=1)]
    path = save(tmp_path / "net.onnx", (7, "n", 5), [*nodes, node("Tanh", "a", "y")], GRU)
    files.read(path)
    monkeypatch.setattr(recurrent, "_gates", lambda array, axis, order: array[:, ::-1])
    with pytest.raises(AccelError, match=r"differs from onnxruntime by .*, first at node 'the_a' \(GRU\)"):
        files.read(path)
    monkeypatch.setattr(checking, "TOLERANCE", np.inf)
    files.read(path)
