"""What a stranger may send: files that would fill the memory, hold code, or are damaged; one line, and nothing runs."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import helper

from accel.errors import AccelError
from accel.intake import files, limits, pytorch
from accel.intake.onnx import constants, loading
from tests.intake.onnx.files import node, save


def refusal(path: Path) -> str:
    """The one line that `path` is refused with."""
    with pytest.raises(AccelError) as caught:
        files.read(path)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def keras_file(path: Path, change: Callable[[dict[str, Any]], object] = lambda config: None, **parts: bytes) -> Path:
    """A network of Keras 3 with another configuration, or other parts."""
    import keras

    whole = path.with_name("whole.keras")
    keras.Sequential([keras.Input((4,)), keras.layers.Dense(3, name="first")]).save(whole)
    with zipfile.ZipFile(whole) as given, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        config = json.loads(given.read("config.json"))
        change(config["config"])
        stored = {name: given.read(name) for name in given.namelist()} | {"config.json": json.dumps(config)} | parts
        for name, content in stored.items():
            made.writestr(name, content)
    return path


def test_a_layer_of_ten_billion_units(tmp_path: Path) -> None:
    import keras

    path = keras_file(tmp_path / "net.keras", lambda config: config["layers"][1]["config"].update(units=10**10))
    assert "variable.shape=(4, 10000000000)" in refusal(path)
    with keras.StatelessScope():  # makes all variables that still wait
        pass


def test_weights_that_are_declared_and_not_there(tmp_path: Path) -> None:
    config = {"class_name": "Sequential", "config": {"name": "net", "layers": []}, "keras_version": "3.1"}
    given = {"class_name": "InputLayer", "config": {"batch_shape": [None, 4], "name": "x"}}
    config["config"]["layers"] = [given, {"class_name": "Dense", "config": {"units": 10**10, "name": "first"}}]
    for layer in config["config"]["layers"]:
        layer |= {"module": "keras.layers", "registered_name": None}
    keras_file(tmp_path / "x.keras")
    with zipfile.ZipFile(tmp_path / "x.keras") as file:
        (tmp_path / "net.weights.h5").write_bytes(file.read("model.weights.h5"))
    (tmp_path / "net.json").write_text(json.dumps(config | {"module": "keras", "registered_name": None}))
    with pytest.raises(AccelError, match="its weights would take 200,000,000,000 bytes"):
        files.read(tmp_path / "net.json", tmp_path / "net.weights.h5")


def test_a_configuration_that_unpacks_to_much(tmp_path: Path) -> None:
    path = keras_file(tmp_path / "net.keras", **{"metadata.json": b" " * (limits.CONFIGURATION + 1)})
    assert "a configuration of 67,108,865 bytes; expected at most 67,108,864" in refusal(path)


@pytest.mark.parametrize(
    ("module", "kind", "settings"),
    [
        ("keras.layers", "Lambda", {"function": {"class_name": "__lambda__", "config": {"code": "4wE="}}}),
        ("keras.layers", "TFSMLayer", {"filepath": "folder"}),
        ("keras.layers", "TorchModuleWrapper", {"module": {"class_name": "__bytes__", "value": "gASV"}}),
        ("keras.utils", "get_file", {"fname": "ran", "origin": "file:///etc/hostname", "cache_dir": "."}),
        ("os", "system", {"command": "touch ran"}),
        ("builtins", "exec", {"source": "open('ran', 'w')"}),
    ],
)
def test_code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, module: str, kind: str, settings: dict) -> None:
    monkeypatch.chdir(tmp_path)
    layer = {"module": module, "class_name": kind, "config": {"name": "evil", **settings}, "registered_name": None}
    path = keras_file(tmp_path / "net.keras", lambda config: config["layers"].append(layer))
    before = sorted(tmp_path.rglob("*"))
    assert refusal(path).startswith(str(path))
    assert sorted(tmp_path.rglob("*")) == before


def test_layers_that_put_out_too_much(tmp_path: Path) -> None:
    scales = {"s": np.float32([1, 1, 30000, 30000])}
    path = save(tmp_path / "net.onnx", ("n", 1, 4, 4), [node("Resize", "x - s", "y")], scales)
    assert (
        refusal(path) == "model 'net': its layers put out 28,800,000,016 numbers a frame; expected at most 268,435,456"
    )


@pytest.mark.parametrize(
    ("nodes", "given", "shape"),
    [
        (
            [node("Range", "s l d", "m")],
            {"s": np.float32(0), "l": np.float32(3e10), "d": np.float32(1)},
            "[30000001024]",
        ),
        ([node("MatMul", "a b", "m")], {"a": np.ones((100000, 1)), "b": np.ones((1, 100000))}, "[100000, 100000]"),
        ([node("Pad", "a p", "m")], {"a": np.ones(4), "p": np.array([10**10, 0])}, "[10000000004]"),
    ],
)
def test_constants_that_grow(tmp_path: Path, nodes: list, given: dict, shape: str) -> None:
    rest = [node("ReduceMax", "m", "r", keepdims=0), node("Add", "x r", "y")]
    given = {name: array.astype(np.int64 if name == "p" else np.float32) for name, array in given.items()}
    path = save(tmp_path / "net.onnx", ("n", 5), nodes + rest, given)
    assert f"a constant of shape {shape}; expected a smaller one" in refusal(path)


def test_a_constant_that_doubles(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(constants, "LARGEST", 1 << 16)
    nodes = [node("Concat", f"a{i} a{i}", f"a{i + 1}", axis=0) for i in range(30)]
    nodes += [node("ReduceMax", "a30", "r", keepdims=0), node("Add", "x r", "y")]
    path = save(tmp_path / "net.onnx", ("n", 5), nodes, {"a0": np.ones(16, np.float32)})
    assert "'the_a11' (Concat): a constant of shape [32768]" in refusal(path)


def test_functions_that_call_each_other_twice(tmp_path: Path) -> None:
    opsets = [helper.make_opsetid("", 18), helper.make_opsetid("d", 1)]

    def function(name: str, *called: str) -> onnx.FunctionProto:
        names = ["a", *(f"t{i}" for i in range(len(called) - 1)), "b"]
        inner = [helper.make_node(kind, [names[i]], [names[i + 1]], domain="d") for i, kind in enumerate(called)]
        return helper.make_function("d", name, ["a"], ["b"], inner, opsets)

    last = helper.make_function("d", "f20", ["a"], ["b"], [helper.make_node("Relu", ["a"], ["b"])], opsets)
    made = [*(function(f"f{i}", f"f{i + 1}", f"f{i + 1}") for i in range(20)), last]
    ends = [helper.make_tensor_value_info(name, 1, ["n", 5]) for name in "xy"]
    graph = helper.make_graph([helper.make_node("f0", ["x"], ["y"], domain="d")], "net", ends[:1], ends[1:])
    path = tmp_path / "net.onnx"
    onnx.save(helper.make_model(graph, functions=made, opset_imports=opsets, ir_version=9), path)
    assert f"1,048,576 nodes with all that its functions call; expected at most {loading.MOST_NODES:,}" in refusal(path)


@pytest.mark.parametrize("sizes", [(-5, -4), (50, 4)])
def test_a_weight_of_other_sizes_than_it_has(tmp_path: Path, sizes: tuple[int, int]) -> None:
    path = save(tmp_path / "net.onnx", ("n", 5), [node("MatMul", "x w", "y")], {"w": np.ones((5, 4), np.float32)})
    model = onnx.load(path)
    model.graph.initializer[0].dims[:] = sizes
    onnx.save(model, path)
    assert "weight 'w' is damaged" in refusal(path)


def test_weights_that_are_no_numbers(tmp_path: Path) -> None:
    path = save(
        tmp_path / "net.onnx", ("n", 5), [node("MatMul", "x w", "y")], {"w": np.full((5, 4), np.nan, np.float32)}
    )
    assert "its outputs are not finite in onnxruntime" in refusal(path)


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("models/model.json", "{\"expr_str\": \"open('ran', 'w')\"}", "a size is \"open('ran', 'w')\"; expected a sum"),
        ("models/model.json", '{"a": [{"expr_str": "Symbol(\'s1\').func"}]}', "a size is"),
        ("models/model.json", '{"expr_str": "sympify(\'s1\')"}', "a size is"),
        ("models/model.json", '{"expr_str": "2*Max(1, Symbol(\'s31\', positive=True)) + s2"}', None),
        ("data/aotinductor/net/evil.so", "", "holds compiled code, data/aotinductor/net/evil.so"),
    ],
)
def test_what_pytorch_would_run(tmp_path: Path, name: str, content: str, told: str | None) -> None:
    path = tmp_path / "net.pt2"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(name, content)
    if told is None:
        pytorch._checked(path)
        return
    with pytest.raises(AccelError) as caught:
        pytorch._checked(path)
    assert told in str(caught.value)
