"""Chains of Reshape and Transpose, which move no number in the Keras tensor until a layer needs it."""

from __future__ import annotations

import math

import numpy as np
import pytest

from accel.intake.onnx.layout import Layers, Value, flat, sizes, whole
from accel.intake.onnx.refusal import Unreadable


def as_onnx(value: Value, stored: np.ndarray) -> np.ndarray:
    """The numbers of the Keras tensor `stored` as ONNX has them."""
    given, wanted = flat(value.stored), flat(value.axes)
    parts = stored.reshape([atom.size for atom in given])
    return parts.transpose([given.index(atom) for atom in wanted]).reshape(value.shape)


def shapes(size: int, rng: np.random.Generator) -> tuple[int, ...]:
    """Any shape of so many elements."""
    found = []
    while size > 1:
        divisors = [d for d in range(2, size + 1) if size % d == 0]
        found.append(int(rng.choice(divisors)))
        size //= found[-1]
    at = int(rng.integers(0, len(found) + 1))
    return (*found[:at], 1, *found[at:])


@pytest.mark.parametrize("seed", range(25))
def test_a_chain_computes_what_numpy_does(seed: int) -> None:
    import keras

    rng = np.random.default_rng(seed)
    axes = whole((4, 6, 10))
    inputs = keras.Input((4, 6, 10))
    value, layers = Value(axes, axes, lambda: inputs), Layers()
    x = rng.normal(size=(4, 6, 10)).astype(np.float32)
    wanted = x
    for _ in range(4):
        order = rng.permutation(wanted.ndim)
        shape = shapes(math.prod(wanted.shape), rng)
        wanted = wanted.transpose(order).reshape(shape)
        value = layers.reshaped(value.transposed(order), shape)
        assert value.shape == shape
    made = layers.stored(value, tuple(axis for axis in value.axes if axis))
    model = keras.Model(inputs, made.make())
    np.testing.assert_array_equal(as_onnx(made, model.predict(x[None], verbose=0)[0]), wanted)
    assert sizes(made.stored) == tuple(size for size in wanted.shape if size > 1)


def test_a_reshape_that_only_moves_edges_makes_no_layer() -> None:
    value, layers = Value(axes := whole((6, 4)), axes, lambda: pytest.fail("made")), Layers()
    back = layers.reshaped(layers.reshaped(value, (2, 3, 1, 4)), (6, 4))
    assert back.shape == (6, 4) and sizes(back.stored) == (6, 4)
    with pytest.raises(Unreadable, match=r"\(6, 4\) becomes \(5, 5\); expected as many elements"):
        layers.reshaped(value, (5, 5))
