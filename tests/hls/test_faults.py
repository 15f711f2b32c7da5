from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import pytest

from accel.errors import AccelError
from accel.hls import faults
from tests.hls.conftest import small_net

if TYPE_CHECKING:
    import keras

STEPS, IMAGE = (6, 4), (7, 7, 4)


def stacked(shape: tuple[int, ...], make: Callable[[object], keras.Layer]) -> keras.Model:
    """A model of the one layer that `make` makes from keras.layers."""
    import keras

    inputs = keras.Input(shape)
    return keras.Model(inputs, make(keras.layers)(inputs))


REFUSED = {
    "reset_after=False": (STEPS, lambda k: k.GRU(3, reset_after=False)),
    "go_backwards=True": (STEPS, lambda k: k.LSTM(3, go_backwards=True)),
    "recurrent_activation=softsign": (STEPS, lambda k: k.GRU(3, recurrent_activation="softsign")),
    "activation=softsign": (STEPS, lambda k: k.LSTM(3, activation="softsign")),
    "activation=mish": (STEPS, lambda k: k.Activation("mish")),
    "activation=gelu": (STEPS, lambda k: k.Dense(3, activation="gelu")),
    "activation=hard_silu": (STEPS, lambda k: k.Conv1D(3, 2, activation="hard_silu")),
    "activation=ReLU is": (STEPS, lambda k: k.Dense(3, activation=k.ReLU())),
    "max_value=6": (STEPS, lambda k: k.ReLU(max_value=6)),
    "threshold=1": (STEPS, lambda k: k.ReLU(negative_slope=0.5, threshold=1)),
    "shared_axes=": (IMAGE, lambda k: k.PReLU(shared_axes=[1, 2])),
    "expected BatchNormalization": (STEPS, lambda k: k.LayerNormalization()),
    "strides=(2, 1)": (IMAGE, lambda k: k.Conv2D(3, (1, 3), strides=(2, 1))),
    "target_shape=(3, 4)": ((4, 3), lambda k: k.Reshape((3, 4))),
    "io=io_stream ": (STEPS, lambda k: k.EinsumDense("abc,cd->abd", output_shape=(6, 3))),
    "axis=1": (STEPS, lambda k: k.Softmax(axis=1)),
    "axis=1 ": (IMAGE, lambda k: k.BatchNormalization(axis=1)),
    "reads indices": (STEPS, lambda k: k.Embedding(5, 3)),
    "interpolation=bilinear": (IMAGE, lambda k: k.UpSampling2D(2, interpolation="bilinear")),
    "io=io_stream": (STEPS, lambda k: k.Bidirectional(k.LSTM(3))),
    "under Keras 3": (STEPS, lambda k: k.TimeDistributed(k.Dense(3))),
    "of layer under Keras 3": (IMAGE, lambda k: k.SeparableConv2D(3, 3)),
    "does not convert": (STEPS, lambda k: k.SimpleRNN(3)),
    "does not convert this kind": (STEPS, lambda k: k.Conv1DTranspose(3, 3)),
    "dilation_rate=": (IMAGE, lambda k: k.Conv2D(3, 3, dilation_rate=2)),
    "groups=2": (IMAGE, lambda k: k.Conv2D(4, 3, groups=2)),
    "depth_multiplier=2": (IMAGE, lambda k: k.DepthwiseConv2D(3, depth_multiplier=2)),
    "data_format=channels_first": (IMAGE, lambda k: k.Conv2D(4, 3, data_format="channels_first")),
}


@pytest.mark.parametrize("told", REFUSED)
def test_refused_with_the_layer_and_the_attribute(told: str) -> None:
    shape, make = REFUSED[told]
    model = stacked(shape, make)
    with pytest.raises(AccelError) as caught:
        faults.check(model, "io_stream")
    layer = model.layers[-1]
    assert str(caught.value).startswith(f"layer '{layer.name}' ({type(layer).__name__}): ")
    assert told in str(caught.value)
    assert "\n" not in str(caught.value)


def test_all_refusals_of_all_layers_are_told() -> None:
    import keras

    layers = [
        keras.layers.Input(IMAGE),
        keras.layers.Conv2D(4, 3, dilation_rate=2, groups=2, name="conv-1"),
        keras.layers.ReLU(max_value=6, name="relu"),
    ]
    told = list(faults.refusals(keras.Sequential(layers), "io_stream"))
    assert [refusal.layer for refusal in told] == ["conv-1", "conv-1", "conv-1", "relu"]
    with pytest.raises(AccelError, match="its name becomes part of names in C"):
        faults.check(keras.Sequential(layers), "io_stream")


@pytest.mark.parametrize(("name", "told"), [("dense-2", "e.g. dense_2"), ("2nd", "e.g. _2nd"), ("schön", "e.g. sch_n")])
def test_a_name_that_is_none_in_c_is_refused(name: str, told: str) -> None:
    with pytest.raises(AccelError, match=rf"layer '{name}' .*: its name becomes part of names in C.*{told}$"):
        faults.check(stacked(STEPS, lambda k: k.Dense(3, name=name)), "io_stream")


@pytest.mark.parametrize("name", "input")
def test_a_name_that_hls4ml_changes_is_refused(name: str) -> None:
    with pytest.raises(AccelError, match=rf"layer '{name}' .* another one, {name}_0; expected e.g. {name}1$"):
        faults.check(stacked(STEPS, lambda k: k.Dense(3, name=name)), "io_stream")
    faults.check(stacked(STEPS, lambda k: k.Dense(3, name="input")), "io_stream")


def test_numbers_that_keras_scaled_are_refused() -> None:
    import keras

    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3, name="dense")])
    model.quantize("int8")
    with pytest.raises(AccelError, match=r"layer 'dense' \(Dense\): .* scales; .* before quantize\('int8'\)"):
        faults.check(model, "io_stream")


def test_a_random_crop_which_cuts_the_middle_out_is_refused() -> None:
    import keras

    model = keras.Sequential([keras.Input((6, 6, 2)), keras.layers.RandomFlip(), keras.layers.RandomCrop(4, 4)])
    (told,) = faults.refusals(model, "io_stream")
    assert "(RandomCrop): hls4ml does not convert" in str(told)


def test_masks_are_refused_by_the_layer_that_makes_them() -> None:
    import keras

    model = keras.Sequential([keras.Input((6, 4)), keras.layers.Masking(name="gaps"), keras.layers.LSTM(3)])
    (told,) = faults.refusals(model, "io_stream")
    assert "layer 'gaps' (Masking): leaves out steps" in str(told)


def test_stateful_is_refused() -> None:
    import keras

    model = keras.Sequential([keras.layers.InputLayer(batch_shape=(1, 6, 4)), keras.layers.GRU(3, stateful=True)])
    with pytest.raises(AccelError, match="stateful=True .* expected stateful=False"):
        faults.check(model, "io_stream")


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (lambda k: k.Bidirectional(k.LSTM(3), merge_mode="sum"), "merge_mode=sum"),
        (lambda k: k.Bidirectional(k.GRU(3)), "layer=GRU"),
    ],
)
def test_bidirectional_in_parallel(make: Callable[[object], keras.Layer], told: str) -> None:
    with pytest.raises(AccelError, match=told):
        faults.check(stacked(STEPS, make), "io_parallel")
    faults.check(stacked(STEPS, lambda k: k.Bidirectional(k.LSTM(3))), "io_parallel")


@pytest.mark.parametrize(
    "make",
    [
        lambda k: k.Conv2D(4, 3, strides=2, padding="same"),
        lambda k: k.MaxPooling2D(7, padding="same"),
        lambda k: k.MaxPooling2D(2),
        lambda k: k.MaxPooling2D(3, strides=2),
        lambda k: k.MaxPooling2D(3, strides=2, padding="same"),
        lambda k: k.AveragePooling2D(3, strides=1),
        lambda k: k.AveragePooling2D(2, padding="same"),
        lambda k: k.DepthwiseConv2D(3, padding="same"),
        lambda k: k.GlobalAveragePooling2D(),
        lambda k: k.BatchNormalization(axis=3),
        lambda k: k.UpSampling2D(2),
        lambda k: k.Conv2D(3, 1, strides=2),
        lambda k: k.Dropout(0.5),
        lambda k: k.Flatten(),
    ],
)
def test_what_hls4ml_does_right_passes(make: Callable[[object], keras.Layer]) -> None:
    faults.check(stacked(IMAGE, make), "io_stream")


def test_recurrent_dropout_does_not_matter() -> None:
    faults.check(stacked(STEPS, lambda k: k.GRU(3, dropout=0.2, recurrent_dropout=0.2)), "io_stream")
    faults.check(small_net(), "io_stream")


def test_a_sequential_model_passes() -> None:
    import keras

    layers = [keras.layers.Input((4,)), keras.layers.Dense(3), keras.layers.ReLU()]
    faults.check(keras.Sequential(layers), "io_stream")


def test_inputs_and_outputs_of_fixed_size_and_each_once() -> None:
    import keras

    one, two = keras.Input((4,)), keras.Input((4,))
    both = keras.layers.Add(name="both")([one, two])
    faults.check(keras.Model([one, two], [both, keras.layers.Dense(3)(both)]), "io_stream")
    with pytest.raises(AccelError, match="'both' is an input or output more than once; expected each once"):
        faults.check(keras.Model([one, two], [both, both]), "io_stream")
    with pytest.raises(AccelError, match=r"input shape \(None, 4\), expected fixed sizes"):
        faults.check(stacked((None, 4), lambda k: k.GRU(3)), "io_stream")


def test_a_layer_used_twice_is_refused() -> None:
    import keras

    inputs, shared = keras.Input((4,)), keras.layers.Dense(4, name="shared")
    with pytest.raises(AccelError, match=r"layer 'shared' \(Dense\): used more than once"):
        faults.check(keras.Model(inputs, shared(shared(inputs))), "io_stream")


@pytest.mark.parametrize(
    "make",
    [
        lambda k: k.AveragePooling2D(2, padding="same"),
        lambda k: k.MaxPooling2D(3, strides=2, padding="same"),
        lambda k: k.Conv2D(3, (1, 3), strides=(2, 1)),
        lambda k: k.Reshape((14, 14)),
        lambda k: k.ReLU(negative_slope=0.25),
        lambda k: k.PReLU(),
    ],
)
def test_what_is_right_in_parallel_passes(make: Callable[[object], keras.Layer]) -> None:
    faults.check(stacked(IMAGE, make), "io_parallel")


def merged(kind: str, shapes: list[tuple[int, ...]]) -> keras.Model:
    """A model that reshapes one vector to each of `shapes` through Dense layers, and merges them."""
    import keras

    inputs = keras.Input((4,))
    parts = [keras.layers.Reshape(shape)(keras.layers.Dense(int(np.prod(shape)))(inputs)) for shape in shapes]
    return keras.Model(inputs, getattr(keras.layers, kind)(name="merge")(parts))


@pytest.mark.parametrize("kind", ["Add", "Multiply", "Maximum", "Concatenate"])
def test_merges_take_two(kind: str) -> None:
    with pytest.raises(AccelError, match=rf"layer 'merge' \({kind}\): inputs=3 .* chain of {kind} layers"):
        faults.check(merged(kind, [(2, 3)] * 3), "io_stream")
    faults.check(merged(kind, [(2, 3)] * 2), "io_stream")


def test_merges_that_broadcast() -> None:
    for wrong in [(4, 5, 1), (4, 1, 3)]:
        with pytest.raises(AccelError, match=r"layer 'merge' \(Multiply\): shapes=.* e.g. \(1, 1, 3\)"):
            faults.check(merged("Multiply", [wrong, (4, 5, 3)]), "io_parallel")
    for right in [(1, 1, 3), (1, 5, 3), (1, 1, 1)]:
        model = merged("Multiply", [(4, 5, 3), right])
        faults.check(model, "io_parallel")
        with pytest.raises(AccelError, match="equal shapes, or io=io_parallel"):
            faults.check(model, "io_stream")


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_weights_that_are_no_numbers(value: float) -> None:
    model = stacked(STEPS, lambda k: k.Dense(3, name="out"))
    model.layers[-1].set_weights([np.full((4, 3), value), np.zeros(3)])
    with pytest.raises(AccelError, match=rf"layer 'out' \(Dense\): kernel holds 12 of 12 values such as {value}"):
        faults.check(model, "io_stream")
