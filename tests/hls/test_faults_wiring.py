"""Models that are wrong as a whole, or in what follows what."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from accel.design import Design, LayerDesign
from accel.errors import AccelError
from accel.hls import convert, faults, ranges


def chain(shape: tuple[int, ...], *names: str):
    """A model of layers given as `Kind` or `Kind(arguments)`, each named after its kind in small letters."""
    import keras

    made = {
        "Flatten": lambda: keras.layers.Flatten(name="flatten"),
        "Dense": lambda: keras.layers.Dense(3, name="dense"),
        "Relu": lambda: keras.layers.ReLU(name="relu"),
        "Softmax": lambda: keras.layers.Softmax(name="softmax"),
        "Bn": lambda: keras.layers.BatchNormalization(name="bn"),
        "Dropout": lambda: keras.layers.Dropout(0.5, name="dropout"),
        "Nothing": lambda: keras.layers.Activation("linear", name="nothing"),
        "Depthwise1": lambda: keras.layers.DepthwiseConv1D(2, name="depthwise"),
        "Depthwise": lambda: keras.layers.DepthwiseConv2D(2, name="depthwise"),
        "DepthwiseRelu": lambda: keras.layers.DepthwiseConv2D(2, activation="relu", name="depthwise"),
        "Pool": lambda: keras.layers.MaxPooling2D(3, strides=2, padding="same", name="pool"),
        "Pairs": lambda: keras.layers.Reshape((-1, 2), name="pairs"),
        "Threes": lambda: keras.layers.Reshape((-1, 3), name="threes"),
        "Conv": lambda: keras.layers.Conv2D(3, 2, name="conv"),
        "Columns": lambda: keras.layers.Permute((2, 1, 3), name="permute"),
        "Channels": lambda: keras.layers.Permute((3, 1, 2), name="permute"),
    }
    x = inputs = keras.Input(shape)
    for name in names:
        x = made[name]()(x)
    return keras.Model(inputs, x)


@pytest.mark.parametrize(
    "names",
    [
        ("Flatten", "Relu"),
        ("Flatten", "Bn", "Dense"),
        ("Flatten", "Dropout", "Nothing", "Softmax"),
        ("Flatten", "Threes"),
    ],
)
def test_a_flattened_stream_is_for_dense_layers(names: tuple[str, ...]) -> None:
    with pytest.raises(AccelError, match=r"layer 'flatten' \(Flatten\): layer '.*' \(.*\) reads .* io=io_parallel$"):
        faults.check(chain((3, 4, 2), *names), "io_stream")
    faults.check(chain((3, 4, 2), *names), "io_parallel")
    faults.check(chain((1, 1, 6), *names), "io_stream")


@pytest.mark.parametrize("names", [("Flatten",), ("Flatten", "Dropout", "Dense", "Relu"), ("Flatten", "Pairs")])
def test_a_flattened_stream_that_is_right(names: tuple[str, ...]) -> None:
    faults.check(chain((4, 4, 2), *names), "io_stream")


@pytest.mark.parametrize(
    ("shape", "names", "right"),
    [
        ((4, 4, 2), ("Conv", "Columns", "Flatten", "Dense"), False),
        ((4, 4, 2), ("Conv", "Columns", "Flatten", "Relu"), True),
        ((4, 4, 2), ("Conv", "Channels", "Flatten", "Dense"), True),
        ((1, 4, 2), ("Columns", "Pairs"), False),
        ((4, 1, 2), ("Columns", "Pairs"), True),
    ],
)
def test_permutations_that_hls4ml_drops_wrongly_in_parallel(
    shape: tuple[int, ...], names: tuple[str, ...], right: bool
) -> None:
    if right:
        faults.check(chain(shape, *names), "io_parallel")
        return
    with pytest.raises(AccelError, match=r"layer 'permute' \(Permute\): dims=.*; expected io=io_stream$"):
        faults.check(chain(shape, *names), "io_parallel")
    faults.check(chain(shape, *names), "io_stream")


@pytest.mark.parametrize("io", ["io_stream", "io_parallel"])
def test_normalisation_that_is_folded_wrongly(io: str) -> None:
    for shape, names in [((4, 4, 2), ("Depthwise", "Bn")), ((4, 2), ("Depthwise1", "Dropout", "Bn"))]:
        with pytest.raises(AccelError, match=r"layer 'depthwise' \(Dep.*\): followed by layer 'bn' \(Batch.* expected"):
            faults.check(chain(shape, *names), io)
    for names in [("DepthwiseRelu", "Bn"), ("Depthwise", "Relu", "Bn"), ("Bn", "Depthwise"), ("Conv", "Bn")]:
        faults.check(chain((4, 4, 2), *names), io)
    with pytest.raises(
        AccelError, match=r"layer 'dense' \(Dense\): followed by layer 'bn' .* a Conv1D with a kernel of 1"
    ):
        faults.check(chain((4, 2), "Dense", "Bn"), io)
    with pytest.raises(AccelError, match="a Conv2D with a kernel of 1"):
        faults.check(chain((4, 4, 2), "Dense", "Nothing", "Bn"), io)
    for names in [("Dense", "Relu", "Bn"), ("Bn", "Dense"), ("Dense", "Dropout")]:
        faults.check(chain((4, 2), *names), io)
    faults.check(chain((4,), "Dense", "Bn"), io)
    for shape, names in [((4, 4, 2), ("Depthwise", "Bn")), ((4, 2), ("Dense", "Bn"))]:
        faults.check(chain(shape, *names), io, {"bn"})


@pytest.mark.parametrize(
    ("compute", "told"),
    [
        (lambda keras, x: x / 255.0, r"operation '.*' \(TrueDivide\) on 'dense'"),
        (lambda keras, x: keras.ops.relu(x), r"operation '.*' \(Relu\) on 'dense'"),
        (lambda keras, x: x + keras.layers.Dense(3, name="two")(x), r"operation '.*' \(Add\) on 'dense', 'two'"),
    ],
)
def test_operations_that_are_no_layers(compute: Callable, told: str) -> None:
    import keras

    inputs = keras.Input((4,))
    model = keras.Model(inputs, compute(keras, keras.layers.Dense(3, name="dense")(inputs)))
    with pytest.raises(AccelError, match=f"^{told}: .* expected a layer of keras.layers"):
        faults.check(model, "io_stream")


def test_a_layer_called_like_the_activation_of_another() -> None:
    import keras

    layers = keras.layers
    own = [keras.Input((4,)), layers.Dense(3, activation="relu", name="conv"), layers.Dense(2, name="conv_relu")]
    with pytest.raises(AccelError, match=r"^layer 'conv_relu' \(Dense\): hls4ml calls the relu of layer 'conv' .* so;"):
        faults.check(keras.Sequential(own), "io_stream")
    whole = [keras.Input((4,)), layers.Activation("relu", name="a"), layers.Dense(2, name="a_relu")]
    faults.check(keras.Sequential(whole), "io_stream")


def test_models_in_models_unbuilt_and_empty() -> None:
    import keras

    class Own(keras.Model):
        def call(self, x):
            return x

    inputs = keras.Input((4,))
    nested = keras.Model(inputs, chain((4,), "Dense")(inputs))
    for model, told in [
        (nested, r"layer 'functional.*' \(Functional\): a model inside the model"),
        (keras.Sequential([keras.layers.Dense(3)], name="m"), "model 'm': not built"),
        (keras.Sequential(name="m"), "model 'm': no layers"),
        (keras.Model(inputs, inputs, name="m"), "model 'm': no layers but its input"),
        (Own(name="m"), r"model 'm' \(Own\): a subclass"),
    ]:
        with pytest.raises(AccelError, match=f"^{told}"):
            faults.check(model, "io_stream")


@pytest.mark.parametrize(("names", "right"), [(("Relu", "Pool"), False), (("Pool", "Relu"), True)])
def test_padded_pooling_in_parallel_is_for_signed_numbers(names: tuple[str, ...], right: bool, tmp_path: Path) -> None:
    model = chain((4, 4, 2), *names)
    found = ranges.measure(model, np.random.default_rng(0).uniform(-1, 1, (8, 4, 4, 2)).astype(np.float32))
    if right:
        convert.convert(model, Design(io="io_parallel"), found, tmp_path / "out")
        return
    with pytest.raises(AccelError, match=r"^layer 'pool' \(MaxPooling\): padding=same of the unsigned ufixed<"):
        convert.convert(model, Design(io="io_parallel"), found, tmp_path / "out")


@pytest.mark.parametrize(
    ("result", "right"), [("fixed<6,6,RND>", False), ("fixed<6,6>", True), ("fixed<16,6,RND,SAT>", True)]
)
def test_rounding_at_a_bit_that_a_number_has_not(result: str, right: bool, tmp_path: Path) -> None:
    model = chain((4,), "Dense")
    found = ranges.measure(model, np.random.default_rng(0).uniform(-1, 1, (8, 4)).astype(np.float32))
    design = Design(layers={"dense": LayerDesign(precision={"result": result, "accum": "fixed<8,-2>"})})
    if right:
        convert.convert(model, design, found, tmp_path / "out")
        return
    with pytest.raises(
        AccelError, match=r"^layer 'dense' \(Dense\): result .* beyond its highest, .* at least 0 integer"
    ):
        convert.convert(model, design, found, tmp_path / "out")
