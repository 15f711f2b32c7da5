"""What TensorFlow's converter writes, floats and integers, against TFLite's interpreter."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from accel.intake import files
from accel.intake.tflite import building, checking, exact, loading
from tests.intake.onnx.files import kinds
from tests.intake.tflite.files import powers

FOLDER = Path(__file__).parents[1] / "converted"
LAYERS = {
    "mlp": "Dense Activation Dense Activation Dense Activation",
    "cnn": "Conv2D Activation MaxPooling2D Conv2D Activation AveragePooling2D Flatten Dense",
    "mobile": "Conv2D ReLU DepthwiseConv2D Activation Conv2D Activation GlobalAveragePooling2D Dense",
    "residual": "Conv2D Activation Conv2D Add Activation Conv2D Activation Multiply Concatenate MaxPooling2D Flatten "
    "Dense",
    "wave": "Conv1D Activation MaxPooling1D Conv1D LeakyReLU Flatten Dense Activation",
    "wide": "Conv2D Activation DepthwiseConv2D Activation Flatten Dense",
}
FILES = sorted(FOLDER.glob("*.tflite"))


def interpreted(path: Path, x: np.ndarray) -> np.ndarray:
    """What TFLite's interpreter, used by itself, makes of frames of real numbers."""
    interpreter = loading.interpreter(path.read_bytes())
    interpreter.allocate_tensors()
    (given,), (made,) = interpreter.get_input_details(), interpreter.get_output_details()
    outputs = []
    for frame in x[:, None]:
        scale, zero = given["quantization"]
        integers = np.clip(np.round(frame / (scale or 1)) + zero, -128, 127)
        interpreter.set_tensor(given["index"], integers.astype(np.int8) if scale else frame)
        interpreter.invoke()
        scale, zero = made["quantization"]
        result = interpreter.get_tensor(made["index"])[0]
        outputs.append((result.astype(np.float64) - zero) * scale if scale else result)
    return np.stack(outputs)


@pytest.mark.parametrize("path", FILES, ids=[path.stem for path in FILES])
def test_a_converted_network(path: Path) -> None:
    name, _, kind = path.stem.partition("_")
    reading = files.read(path)
    assert kinds(reading.model) == LAYERS[name].split()
    x = np.random.default_rng(3).uniform(-1, 1, (5, *reading.model.input_shape[1:])).astype(np.float32)
    ours, theirs = reading.outputs(x), interpreted(path, x)
    if kind in ("float", "half"):
        np.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=2e-5)
        np.testing.assert_allclose(reading.model.predict(x, verbose=0), theirs, rtol=1e-4, atol=2e-5)
        assert reading.original and "equal to its interpreter" in reading.told
    else:
        assert 0 < np.abs(ours - theirs).max() < 0.03 * np.abs(theirs).max()
        assert reading.original is None and "dequantised" in reading.told
        assert " of 64 seeded inputs" in reading.told


def test_layers_have_the_names_that_they_had_in_keras() -> None:
    names = [layer.name for layer in files.read(FOLDER / "cnn_float.tflite").model.layers]
    assert names[1:4] == ["conv2d_1", "conv2d_1_relu", "max_pooling2d_1"] and names[-1].startswith("dense")


def test_weights_of_an_integer_file_are_the_integers_times_their_scales() -> None:
    network = loading.load(FOLDER / "cnn_int8.tflite")
    interpreter = loading.interpreter(network.content)
    details = {detail["index"]: detail for detail in interpreter.get_tensor_details()}
    conv = network.needed[0]
    raw = interpreter.get_tensor(conv.inputs[1]).astype(float)
    scales = details[conv.inputs[1]]["quantization_parameters"]["scales"]
    assert len(set(scales)) > 1
    kernel = files.read(FOLDER / "cnn_int8.tflite").model.layers[1].get_weights()[0]
    np.testing.assert_allclose(kernel, (raw * scales[:, None, None, None]).transpose(1, 2, 3, 0), rtol=1e-6)


def test_every_operator_of_an_integer_file_is_compared_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    """A kernel that is wrong by two per cent, within the error of the whole network, is found."""
    network = loading.load(FOLDER / "cnn_int8.tflite")
    built = building.build(network, "net")
    layer = next(layer for layer in built.model.layers if "Conv2D" in type(layer).__name__)
    layer.set_weights([layer.get_weights()[0] * 1.02, layer.get_weights()[1]])
    with pytest.raises(Exception, match=r"\(CONV_2D\) differs from the TFLite interpreter by .* steps of its output"):
        checking.operators(Path("net.tflite"), checking.Runtime(network, built))


def test_a_float_operator_that_is_wrong_is_named() -> None:
    network = loading.load(FOLDER / "mlp_float.tflite")
    built = building.build(network, "net")
    layer = built.model.layers[-2]
    layer.set_weights([array + 0.01 for array in layer.get_weights()])
    with pytest.raises(Exception, match=r"\(FULLY_CONNECTED\) differs from the TFLite interpreter by"):
        checking.operators(Path("net.tflite"), checking.Runtime(network, built))


def test_types_of_scales_that_are_powers_of_two(tmp_path: Path) -> None:
    path = powers(tmp_path / "net.tflite")
    reading = files.read(path)
    found = {name: str(kinds["result"]) for name, kinds in reading.types.items()}
    assert found == {
        "input_layer": "fixed<8,2,RND,SAT>",
        "conv_2d_relu": "ufixed<8,3,RND,SAT>",
        "max_pool_2d": "ufixed<8,3,RND,SAT>",
        "fully_connected": "fixed<8,4,RND,SAT>",
    }
    x = np.random.default_rng(3).uniform(-2, 2, (50, *reading.model.input_shape[1:])).astype(np.float32)
    ours, theirs = reading.outputs(x), interpreted(path, x)
    assert np.all(np.abs(ours - theirs) <= 2.0**-4) and 0.97 < np.mean(ours == theirs) < 1
    assert len(np.unique(theirs)) > 50
    assert "with its types, as all scales are powers of two" in reading.told


def test_one_scale_that_is_no_power_of_two_leaves_no_types(tmp_path: Path) -> None:
    network = loading.load(powers(tmp_path / "net.tflite"))
    built = building.build(network, "net")
    assert exact.types(network, built)
    (given,), (made,) = network.inputs, network.outputs
    for number in (given, network.needed[0].inputs[1], network.needed[0].outputs[0], made):
        tensors = list(network.tensors)
        scale = tensors[number].scale.copy()
        scale[-1] *= 1.01
        tensors[number] = replace(tensors[number], scale=scale)
        assert not exact.types(replace(network, tensors=tuple(tensors)), built)
    tensors[given] = replace(network.tensors[given], zero=np.array([3]))
    assert not exact.types(replace(network, tensors=tuple(tensors)), built)
