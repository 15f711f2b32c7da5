"""Models of Brevitas, exported to QONNX, beside what Brevitas made of the same inputs (`make.py`), and single nodes
beside qonnx's own execution of them.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from onnx import TensorProto, helper, load, numpy_helper, save
from qonnx.core.modelwrapper import ModelWrapper
from qonnx.core.onnx_exec import execute_onnx
from qonnx.transformation.channels_last import ConvertToChannelsLastAndClean
from qonnx.transformation.infer_shapes import InferShapes

from accel.errors import AccelError
from accel.intake import files
from accel.intake.quantised import Quantised

HERE = Path(__file__).parent
EXAMPLES = np.load(HERE / "examples.npz")
DOMAIN = "qonnx.custom_op.general"
SIZE = 6


def made_of(name: str) -> tuple[np.ndarray, np.ndarray]:
    """What the network read from `name`.onnx makes of the stored inputs in float64, and what Brevitas made."""
    reading, x = files.read(HERE / f"{name}.onnx"), EXAMPLES[f"{name}_x"]
    x = x.transpose(0, *(1 + axis for axis in reading.order))
    return Quantised(reading.model, reading.types)(x).reshape(len(x), -1), EXAMPLES[f"{name}_y"]


@pytest.mark.parametrize(("name", "error"), [("shifts", 0.0), ("signs", 1e-6), ("scales", 1e-6)])
def test_a_model_gives_what_brevitas_gave(name: str, error: float) -> None:
    made, expected = made_of(name)
    assert made.shape == expected.shape and len(np.unique(expected)) > 10
    assert np.max(np.abs(made - expected)) <= error


def test_types_come_with_it() -> None:
    reading = files.read(HERE / "shifts.onnx")
    assert {name: str(own["result"]) for name, own in reading.types.items()} == {
        "input_layer": "fixed<8,4,RND_CONV,SAT>",
        "relu": "ufixed<5,2,RND_CONV,SAT>",
        "relu_1": "ufixed<4,1,RND_CONV,SAT>",
    }
    assert reading.told.startswith("Read from QONNX, opset 20") and "equal to onnxruntime" in reading.told


def test_weights_of_any_scale_are_whole_numbers_with_the_scale_behind_them() -> None:
    model = files.read(HERE / "scales.onnx").model
    kernel = model.get_layer("conv_1").get_weights()[0]
    assert np.array_equal(kernel, np.round(kernel)) and np.abs(kernel).max() == 7


def written(path: Path, kind: str, given: list[float | np.ndarray], before: str | None = None, **settings) -> Path:
    """A file of one quantiser of a vector, behind an operator `before` it, perhaps."""
    names = [f"c{number}" for number in range(len(given))]
    constants = [numpy_helper.from_array(np.asarray(v, np.float32), n) for v, n in zip(given, names, strict=True)]
    nodes = [helper.make_node(before, ["x"], ["given"])] if before else []
    nodes += [helper.make_node(kind, ["given" if before else "x", *names], ["y"], domain=DOMAIN, **settings)]
    ends = [helper.make_tensor_value_info(name, TensorProto.FLOAT, (1, SIZE)) for name in ("x", "y")]
    graph = helper.make_graph(nodes, "one", ends[:1], ends[1:], constants)
    version = 2 if kind == "Trunc" and len(given) == 5 else 1
    opsets = [helper.make_opsetid("", 13), helper.make_opsetid(DOMAIN, version)]
    save(helper.make_model(graph, opset_imports=opsets, ir_version=8), path)
    return path


VALUES = np.concatenate([np.arange(-24, 24) / 8, np.random.default_rng(1).normal(0, 4, 48)]).astype(np.float32)


@pytest.mark.parametrize(
    ("kind", "given", "settings"),
    [
        ("Quant", [0.25, 0, 4], {"signed": 1, "narrow": 0, "rounding_mode": "ROUND"}),
        ("Quant", [0.25, 0, 4], {"signed": 1, "narrow": 1, "rounding_mode": "ROUND"}),
        ("Quant", [0.5, 0, 3], {"signed": 0, "narrow": 0, "rounding_mode": "FLOOR"}),
        ("Quant", [0.5, 0, 4], {"signed": 1, "narrow": 0, "rounding_mode": "DOWN"}),
        ("Quant", [0.5, 0, 4], {"signed": 1, "narrow": 0, "rounding_mode": "HALF_UP"}),
        ("Quant", [0.5, 0, 4], {"signed": 1, "narrow": 0, "rounding_mode": "HALF_DOWN"}),
        ("Quant", [0.3, 0, 5], {"signed": 1, "narrow": 0, "rounding_mode": "ROUND"}),
        ("Quant", [[[0.5, 0.25, 1, 2, 0.5, 0.3]], 0, 4], {"signed": 1, "narrow": 0, "rounding_mode": "ROUND"}),
        ("Quant", [0.5, 0, 1], {"signed": 1, "narrow": 0, "rounding_mode": "ROUND"}),
        ("IntQuant", [0.125, 0, 6], {"signed": 1, "narrow": 0, "rounding_mode": "ROUND"}),
        ("BipolarQuant", [0.5], {}),
        ("BipolarQuant", [0.3], {}),
        ("Trunc", [0.125, 0, 8, 5], {"rounding_mode": "FLOOR"}),
        ("Trunc", [0.125, 0, 8, 1.0, 4], {"rounding_mode": "FLOOR", "signed": 1, "narrow": 0}),
    ],
)
def test_a_quantiser_does_what_qonnx_does(tmp_path: Path, kind: str, given: list, settings: dict) -> None:
    path = written(tmp_path / "one.onnx", kind, given, **settings)
    reading = files.read(path)
    x = VALUES.reshape(-1, SIZE)
    if kind == "Trunc":
        x = np.round(x / 0.125) * np.float32(0.125)  # it reads what a quantiser made
    model = ModelWrapper(str(path)).transform(InferShapes())
    expected = np.concatenate([execute_onnx(model, {"x": frame[None]})["y"] for frame in x])
    assert len(np.unique(expected)) > 1
    assert np.allclose(Quantised(reading.model, reading.types)(x), expected, rtol=1e-6, atol=0)
    assert np.allclose(reading.outputs(x), expected, rtol=1e-6, atol=0)


@pytest.mark.parametrize(
    ("kind", "given", "settings", "told"),
    [
        ("Quant", [0.25, 3, 4], {"signed": 0}, "a zero point of [3.0]; expected 0"),
        ("Quant", [0.25, 0, 4], {"rounding_mode": "CEIL"}, "rounding_mode=CEIL; expected ROUND"),
        ("Quant", [0.25, 0, 2.5], {"signed": 1}, "[2.5] bits; expected one whole number"),
        ("Quant", [0.25, 0, 4], {"signed": 0, "narrow": 1}, "narrow=1 with signed=0"),
        ("MultiThreshold", [0.25], {}, "expected Quant, as Brevitas exports it"),
    ],
)
def test_what_is_refused(tmp_path: Path, kind: str, given: list, settings: dict, told: str) -> None:
    with pytest.raises(AccelError) as caught:
        files.read(written(tmp_path / "one.onnx", kind, given, **settings))
    assert told in str(caught.value)


def test_a_quantiser_behind_an_activation_is_done_by_it(tmp_path: Path) -> None:
    path = written(tmp_path / "one.onnx", "Quant", [0.25, 0, 4], "Relu", signed=0, narrow=0, rounding_mode="ROUND")
    (own,) = files.read(path).types.values()
    assert str(own["result"]) == "ufixed<4,2,RND_CONV,SAT>"


def test_operators_with_the_channels_last(tmp_path: Path) -> None:
    """As qonnx makes them of a model with the channels first."""
    rng = np.random.default_rng(2)
    constants = {"w": rng.normal(0, 1, (4, 3, 3, 2)), "b": rng.normal(0, 1, 4), "s": 0.25, "zero": 0, "bits": 5}
    constants |= {name: rng.uniform(0.5, 2, 4) for name in ("scale", "shift", "mean", "variance")}
    window = {"dilations": [1, 1], "kernel_shape": [3, 2], "strides": [1, 2], "pads": [1, 0, 1, 0], "group": 1}
    nodes = [
        helper.make_node("Quant", ["w", "s", "zero", "bits"], ["q"], domain=DOMAIN, signed=1, narrow=0),
        helper.make_node("Conv", ["x", "q", "b"], ["c"], **window),
        helper.make_node("Relu", ["c"], ["r"]),
        helper.make_node("MaxPool", ["r"], ["p"], kernel_shape=[2, 2], strides=[2, 2], pads=[0, 0, 0, 0]),
        helper.make_node("BatchNormalization", ["p", "scale", "shift", "mean", "variance"], ["y"]),
    ]
    ends = [helper.make_tensor_value_info(*end) for end in (("x", 1, (1, 3, 6, 8)), ("y", 1, (1, 4, 3, 2)))]
    stored = [numpy_helper.from_array(np.asarray(array, np.float32), name) for name, array in constants.items()]
    opsets = [helper.make_opsetid(*one) for one in (("", 13), (DOMAIN, 1))]
    graph = helper.make_graph(nodes, "net", ends[:1], ends[1:], stored)
    save(helper.make_model(graph, opset_imports=opsets, ir_version=8), tmp_path / "first.onnx")
    first = ModelWrapper(str(tmp_path / "first.onnx")).transform(InferShapes())
    first.transform(ConvertToChannelsLastAndClean(make_input_channels_last=True)).save(str(tmp_path / "last.onnx"))
    domains = {node.domain for node in load(tmp_path / "last.onnx").graph.node}
    assert "qonnx.custom_op.channels_last" in domains
    one, other = (files.read(tmp_path / f"{name}.onnx") for name in ("first", "last"))
    x = rng.normal(0, 1, (3, 6, 8, 3)).astype(np.float32)
    assert other.order == (0, 1, 2) and len(np.unique(one.outputs(x))) > 10
    assert np.allclose(other.outputs(x), one.outputs(x), atol=1e-5)
    assert np.allclose(other.model.predict(x, verbose=0), one.outputs(x), atol=1e-5)
