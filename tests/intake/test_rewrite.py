"""Rewritten networks compute what they did before, in layers that are not refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import pytest

from accel.errors import AccelError
from accel.hls import faults
from accel.intake.rewrite import rewrite

if TYPE_CHECKING:
    import keras


def network(shape: tuple[int | None, ...], build: Callable, seed: int = 1) -> keras.Model:
    """A model of `build(layers, ops, x)` with random weights."""
    import keras

    keras.utils.set_random_seed(seed)
    inputs = keras.Input(shape, name="given")
    model = keras.Model(inputs, build(keras.layers, keras.ops, inputs), name="net")
    rng = np.random.default_rng(seed)
    for weight in model.weights:
        weight.assign(rng.uniform(0.2, 1.5, weight.shape))
    return model


def dense_behind(layers, x):
    """A network's end."""
    return layers.Dense(3, name="end")(layers.Flatten(name="flat")(x))


def nested(layers, ops, x):
    import keras

    inner = keras.Sequential(
        [keras.Input((6, 4)), layers.Dense(4, name="end"), layers.ReLU(name="inner")], name="block"
    )
    return dense_behind(layers, inner(inner(x)))


def normalised(layers, ops, x):
    layer = layers.Normalization(name="normal", mean=[1, 2, 3, 4], variance=[4, 9, 16, 25])
    return dense_behind(layers, layer(x / 2.0))


KINDS = {
    "scales": lambda layers, ops, x: dense_behind(layers, 1 - (2.0 * (x / 255.0 - 0.5) + np.arange(4.0))),
    "rescaling": lambda layers, ops, x: dense_behind(layers, layers.Rescaling(1 / 127.5, -1.0, name="pixels")(x)),
    "normalisation": normalised,
    "functions": lambda layers, ops, x: dense_behind(
        layers, ops.sigmoid(ops.relu(layers.Dense(4)(x))) + ops.tanh(ops.leaky_relu(layers.Dense(4)(x), 0.25))
    ),
    "dilated": lambda layers, ops, x: dense_behind(
        layers, layers.Conv1D(3, 2, dilation_rate=3, padding="causal", activation="relu", name="dilated")(x)
    ),
    "in_groups": lambda layers, ops, x: dense_behind(
        layers, layers.Conv1D(6, 3, groups=2, strides=2, use_bias=False, name="groups")(x)
    ),
    "filters_for_each": lambda layers, ops, x: dense_behind(
        layers, layers.DepthwiseConv1D(3, depth_multiplier=2, padding="same", name="several")(x)
    ),
    "dilated_depthwise": lambda layers, ops, x: dense_behind(
        layers, layers.BatchNormalization()(layers.DepthwiseConv1D(2, dilation_rate=2, name="apart")(x))
    ),
    "dilated_separable": lambda layers, ops, x: dense_behind(
        layers, layers.SeparableConv1D(5, 2, dilation_rate=2, depth_multiplier=3, name="both")(x)
    ),
    "softmax": lambda layers, ops, x: ops.softmax(dense_behind(layers, x)),
    "last step": lambda layers, ops, x: layers.Dense(3)(layers.GRU(3, return_sequences=True)(x)[:, -1, :]),
    "some steps": lambda layers, ops, x: dense_behind(layers, x[:, 1:-1]),
    "one step": lambda layers, ops, x: dense_behind(layers, layers.Dense(2)(x)[:, 2]),
    "some channels": lambda layers, ops, x: dense_behind(
        layers, layers.Concatenate()([layers.Conv1D(2, 2)(x[:, 1:, :3]), layers.Conv1D(3, 2)(x[:, :-1, 3:])])
    ),
    "a part of a vector": lambda layers, ops, x: layers.Dense(3)(layers.Dense(6)(layers.Flatten()(x))[:, 2:5]),
    "a new axis": lambda layers, ops, x: dense_behind(layers, layers.Conv2D(2, 2)(x[..., None])),
    "mean of steps": lambda layers, ops, x: layers.Dense(3)(ops.mean(x, axis=1)),
    "largest of steps": lambda layers, ops, x: layers.Dense(3)(ops.squeeze(ops.max(x, axis=-2, keepdims=True), 1)),
    "mean of one axis": lambda layers, ops, x: dense_behind(
        layers, layers.Conv1D(2, 1)(ops.mean(layers.Conv2D(3, 2)(ops.expand_dims(x, -1)), axis=2))
    ),
    "mean of pixels": lambda layers, ops, x: layers.Dense(3)(
        ops.mean(layers.Conv2D(3, 2)(ops.expand_dims(x, 3)), axis=(1, 2), keepdims=True)[:, 0, 0]
    ),
    "turned around": lambda layers, ops, x: dense_behind(
        layers, ops.flip(layers.GRU(3, return_sequences=True)(x), axis=1)
    ),
    "nothing": lambda layers, ops, x: dense_behind(
        layers, layers.GaussianNoise(0.5)(layers.ActivityRegularization(0.1)(layers.Identity()(layers.Dropout(0.5)(x))))
    ),
    "augmented": lambda layers, ops, x: layers.Dense(3)(
        layers.Flatten()(layers.MixUp()(layers.RandomFlip()(layers.Reshape((6, 2, 2))(x))))
    ),
    "nested": nested,
    "used twice": lambda layers, ops, x: dense_behind(layers, (again := layers.Dense(4, name="again"))(again(x))),
    "depthwise": lambda layers, ops, x: dense_behind(
        layers,
        layers.BatchNormalization(name="bn")(
            layers.Dropout(0.5)(layers.DepthwiseConv1D(3, use_bias=False, name="d")(x))
        ),
    ),
    "depthwise with bias": lambda layers, ops, x: dense_behind(
        layers, layers.BatchNormalization(scale=False, name="bn")(layers.DepthwiseConv1D(3, name="d")(x))
    ),
    "dense over positions": lambda layers, ops, x: dense_behind(
        layers, layers.BatchNormalization(center=False, name="bn")(layers.Dense(5, name="d")(x))
    ),
    "separable": lambda layers, ops, x: dense_behind(
        layers, layers.SeparableConv1D(5, 3, strides=2, padding="same", activation="relu", name="s")(x)
    ),
    "backwards": lambda layers, ops, x: layers.LSTM(3, go_backwards=True, name="l")(
        layers.GRU(4, go_backwards=True, return_sequences=True, name="g")(x)
    ),
    **{
        f"both ways, {mode}": lambda layers, ops, x, mode=mode: dense_behind(
            layers,
            layers.Bidirectional(layers.GRU(3, return_sequences=True), merge_mode=mode, name="b")(x),
        )
        for mode in ("concat", "sum", "mul", "ave")
    },
    "both ways to a vector": lambda layers, ops, x: layers.Bidirectional(
        layers.LSTM(3), backward_layer=layers.GRU(3, go_backwards=True), merge_mode="sum", name="b"
    )(x),
    "relu up to 6": lambda layers, ops, x: dense_behind(layers, layers.ReLU(max_value=6, name="r")(4.0 * x)),
    "relu up to 1": lambda layers, ops, x: dense_behind(layers, layers.ReLU(max_value=1.0, name="r")(x)),
    "hard swish": lambda layers, ops, x: dense_behind(layers, layers.Activation("hard_silu", name="h")(2.0 * x)),
    "hard swish in a layer": lambda layers, ops, x: dense_behind(
        layers, layers.Conv1D(3, 2, dilation_rate=2, activation="hard_swish", name="c")(x)
    ),
    "relu up to 3": lambda layers, ops, x: dense_behind(layers, layers.ReLU(max_value=3, name="r")(2.0 * x)),
    "shared slopes": lambda layers, ops, x: dense_behind(layers, layers.PReLU(shared_axes=[1], name="slopes")(x)),
    "every step": lambda layers, ops, x: dense_behind(layers, layers.TimeDistributed(layers.Dense(5, name="d"))(x)),
    "every step normalised": lambda layers, ops, x: dense_behind(
        layers, layers.TimeDistributed(layers.BatchNormalization(), name="normal")(layers.Dense(5, name="d")(x))
    ),
    "reshape": lambda layers, ops, x: layers.Dense(3)(ops.reshape(x, (-1, 24))),
    "transpose": lambda layers, ops, x: dense_behind(layers, ops.transpose(x, (0, 2, 1))),
    "swapped axes": lambda layers, ops, x: layers.Conv2D(3, 1)(ops.swapaxes(layers.Reshape((2, 3, 4))(x), -1, 1)),
    "moved axis": lambda layers, ops, x: layers.Conv2D(3, 1)(ops.moveaxis(layers.Reshape((2, 3, 4))(x), 1, 3)),
    "merges": lambda layers, ops, x: dense_behind(
        layers, ops.concatenate([ops.maximum(x, layers.Dense(4)(x)), ops.multiply(x, layers.Dense(4)(x))], axis=-1)
    ),
    "maximum": lambda layers, ops, x: dense_behind(layers, ops.maximum(layers.Dense(4)(x), 0.0)),
}


def twin(layers, ops, x):
    """A model inside with two outputs, one of them called as the input is."""
    import keras

    inner = keras.Input((6, 4))
    both = [layers.Dense(4, name="given")(inner), layers.ReLU(name="other")(inner)]
    return dense_behind(layers, layers.Add(name="sum")(keras.Model(inner, both, name="twin")(x)))


KINDS["twin"] = twin


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_function_in_layers_that_are_converted(kind: str) -> None:
    model = network((6, 4), KINDS[kind])
    x = np.random.default_rng(2).uniform(-3, 3, (16, 6, 4)).astype(np.float32)
    with pytest.raises(AccelError):
        faults.check(model, "io_parallel")
    made = rewrite(model)
    faults.check(made, "io_parallel")
    assert made is not model
    np.testing.assert_allclose(made.predict(x, verbose=0), model.predict(x, verbose=0), rtol=2e-5, atol=2e-5)


@pytest.mark.parametrize(
    ("kind", "shapes"),
    [
        ("Multiply", [(6, 5, 4), (1, 1, 4)]),
        ("Add", [(1, 4), (6, 4)]),
        ("Subtract", [(6, 5, 4), (4,)]),
        ("Maximum", [(6, 1, 4), (1, 5, 4)]),
        ("Average", [(6, 4), (1, 4), (6, 4)]),
    ],
)
def test_smaller_inputs_of_a_merge_are_repeated(kind: str, shapes: list[tuple[int, ...]]) -> None:
    import keras

    inputs = [keras.Input(shape, name=f"given_{number}") for number, shape in enumerate(shapes)]
    model = keras.Model(inputs, getattr(keras.layers, kind)(name="merged")(inputs))
    with pytest.raises(AccelError):
        faults.check(model, "io_stream")
    made = rewrite(model)
    faults.check(made, "io_stream")
    x = [np.random.default_rng(2).uniform(-3, 3, (4, *shape)).astype(np.float32) for shape in shapes]
    np.testing.assert_allclose(made(x), model(x), rtol=1e-6)


@pytest.mark.parametrize("rank", [1, 2])
def test_axes_that_a_pooling_keeps_are_a_reshape(rank: int) -> None:
    def build(layers, ops, x):
        means = getattr(layers, f"GlobalAveragePooling{rank}D")(keepdims=True, name="means")(x)
        return layers.Multiply(name="gated")([x, layers.Dense(3, name="gates")(means)])

    model = network((*(4, 5)[:rank], 3), build)
    made = rewrite(model)
    faults.check(made, "io_stream")
    assert made.get_layer("means").output.shape == (None, 3)
    x = np.random.default_rng(2).uniform(-3, 3, (4, *model.input_shape[1:])).astype(np.float32)
    np.testing.assert_allclose(made(x), model(x), rtol=1e-5)


@pytest.mark.parametrize(
    ("shape", "dims", "kind"),
    [
        ((3, 4), (1, 2), "Reshape"),
        ((3, 1, 4), (1, 3, 2), "Reshape"),
        ((1, 3, 4), (2, 3, 1), "Reshape"),
        ((1, 3, 4), (1, 3, 2), "Permute"),
        ((None, 4), (1, 2), "Permute"),
    ],
)
def test_axes_that_move_no_number_are_a_reshape(
    shape: tuple[int | None, ...], dims: tuple[int, ...], kind: str
) -> None:
    model = network(shape, lambda layers, ops, x: layers.Permute(dims, name="moved")(x))
    made = rewrite(model)
    assert type(made.get_layer("moved")).__name__ == kind
    x = np.random.default_rng(2).normal(size=(4, *(size or 5 for size in shape))).astype(np.float32)
    np.testing.assert_array_equal(made(x), model(x))


def test_an_activation_stands_before_what_flattens() -> None:
    def build(layers, ops, x):
        flat = layers.Flatten(name="flat")(layers.Conv1D(3, 2)(x))
        made = layers.Dropout(0.5)(layers.ReLU(max_value=3, name="relu")(flat))
        return layers.Concatenate()([layers.Dense(3)(made), layers.Dense(2)(layers.Activation("tanh")(flat))])

    model = network((6, 4), build)
    with pytest.raises(AccelError):
        faults.check(model, "io_stream")
    made = rewrite(model)
    faults.check(made, "io_stream")
    x = np.random.default_rng(2).uniform(-3, 3, (16, 6, 4)).astype(np.float32)
    np.testing.assert_allclose(made(x), model(x), rtol=2e-5, atol=2e-5)


def test_what_hls4ml_takes_as_it_is_stays_so() -> None:
    model = network((6, 4), lambda layers, ops, x: dense_behind(layers, layers.ReLU()(layers.Conv1D(3, 2)(x))))
    assert rewrite(model) is model
    longer = rewrite(network((None, 4), lambda layers, ops, x: layers.GRU(2)(x)), (5, 4))
    assert longer.input_shape == (None, 5, 4)
    with pytest.raises(AccelError, match=r"model 'net' does not take inputs of shape \(2, 4\)"):
        rewrite(network((None, 4), lambda layers, ops, x: layers.GRU(2)(layers.Conv1D(2, 3)(x))), (2, 4))


@pytest.mark.parametrize(
    ("compute", "told"),
    [
        (lambda ops, x: ops.maximum(x, 1.0), "Maximum"),
        (lambda ops, x: ops.elu(x, 0.5), "Elu"),
        (lambda ops, x: 1.0 / x, "TrueDivide"),
        (lambda ops, x: ops.softmax(x, axis=1), "Softmax"),
        (lambda ops, x: ops.flip(x, axis=-1), "Flip"),
    ],
)
def test_operations_that_no_layer_is_are_left_and_refused_by_name(compute: Callable, told: str) -> None:
    model = network((6, 4), lambda layers, ops, x: dense_behind(layers, compute(ops, x)))
    with pytest.raises(AccelError, match=rf"^operation '.*' \({told}\) on 'given'"):
        faults.check(rewrite(model), "io_parallel")


def test_states_that_a_layer_gives_beside_its_output_are_followed() -> None:
    def states(layers, ops, x):
        outputs, state = layers.GRU(4, return_state=True, name="gru")(ops.relu(x))
        return layers.Dense(3, name="end")(outputs + state)

    model = network((6, 4), states)
    x = np.random.default_rng(2).uniform(-3, 3, (4, 6, 4)).astype(np.float32)
    np.testing.assert_allclose(rewrite(model).predict(x, verbose=0), model.predict(x, verbose=0), rtol=2e-5, atol=2e-5)
