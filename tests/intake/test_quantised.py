from __future__ import annotations

import numpy as np
import pytest

from accel.fixed import Fixed
from accel.intake.quantised import Quantised, settled
from accel.intake.rewrite import rewrite

CAST = Fixed.parse("fixed<4,2,RND_CONV,SAT>")
OTHER = Fixed.parse("ufixed<2,1,TRN,WRAP>")


@pytest.fixture(scope="module")
def model():
    import keras
    from keras import layers

    x = given = keras.Input((3,), name="given")
    x = layers.Activation("linear", name="cast")(x)
    x = layers.Dense(2, name="dense")(x)
    x = layers.Activation("linear", name="between")(x)
    x = layers.Activation("linear", name="again")(x)
    network = keras.Model(given, x)
    network.get_layer("dense").set_weights([np.array([[1.0, 0.5], [0.25, -1.0], [0.0, 2.0]]), np.array([0.125, 0.0])])
    return network


def test_each_tensor_is_brought_into_its_type(model) -> None:
    x = np.array([[0.3, 1.9, -9.0], [0.125, -0.25, 0.0]])
    made = Quantised(model, {"given": {"result": CAST}, "between": {"result": OTHER}}).tensors(x)
    assert made["given"].tolist() == [[0.25, 1.75, -2.0], [0.0, -0.25, 0.0]]
    assert made["dense"].tolist() == [[0.8125, -5.625], [0.0625, 0.25]]
    assert made["between"].tolist() == [[0.5, 0.0], [0.0, 0.0]]


def test_numbers_are_exact_beyond_single_precision(model) -> None:
    x = np.array([[1.0, 2.0**-30, 0.0]])
    assert Quantised(model, {})(x)[0, 0] == 1.125 + 2.0**-32


def test_quantisers_are_taken_by_what_is_before_them(model) -> None:
    types = {"cast": {"result": CAST}, "between": {"result": OTHER}, "again": {"result": CAST}}
    network, moved = settled(model, types)
    assert moved == {"given": {"result": CAST}, "dense": {"result": OTHER}, "again": {"result": CAST}}
    assert [layer.name for layer in rewrite(network, folding=False).layers] == ["given", "dense", "again"]
    x = np.random.default_rng(0).normal(0, 2, (20, 3))
    assert np.array_equal(Quantised(model, types)(x), Quantised(network, moved)(x))


def test_a_tensor_that_others_read_keeps_its_numbers(model) -> None:
    import keras
    from keras import layers

    x = given = keras.Input((3,), name="given")
    both = layers.Add(name="sum")([layers.Activation("linear", name="cast")(x), x])
    types = {"cast": {"result": CAST}}
    assert settled(keras.Model(given, both), types)[1] == types
