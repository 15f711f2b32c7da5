"""What lowering makes of layers that hls4ml adds or splits off, and what it refuses while the HLS project
still has it.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable

import numpy as np
import pytest

from accel.design import Design, LayerDesign
from accel.fixed import Fixed
from accel.hls import convert, ranges
from accel.ir import golden
from accel.ir.graph import Cast, Pad
from accel.ir.lower import Unsupported, lower


@pytest.fixture
def converted(tmp_path) -> Callable:
    """``converted(shape, build, design)``: hls4ml's graph of the network that ``build(keras.layers, x)`` makes."""

    def make(shape, build, design=Design()):
        import keras

        keras.utils.set_random_seed(5)
        inputs = keras.Input(shape, name="first")
        model = keras.Model(inputs, build(keras.layers, inputs))
        model.save(tmp_path / "net.keras")
        noise = np.random.default_rng(0).uniform(-1, 1, (4, *shape)).astype(np.float32)
        return convert.convert(model, design, ranges.measure(model, noise), tmp_path / "hls")

    return make


IMAGE = (6, 6, 3)
REFUSED = {}


@pytest.mark.parametrize("kind", REFUSED)
def test_converted_by_hls4ml_but_refused_by_name(kind, converted):
    graph = converted(*REFUSED[kind])
    with pytest.raises(Unsupported, match="layer 'odd'"):
        lower(graph)


def test_forks_and_joins(converted):
    """A residual block, a skip past it, and the input once more: who reads what, whatever hls4ml put between."""

    def build(layers, x):
        a = layers.Conv2D(3, 3, padding="same", activation="relu", name="a")(x)
        b = layers.Add(name="b")([x, layers.Conv2D(3, 3, padding="same", name="conv")(a)])
        return layers.Concatenate(name="c", axis=2)([a, layers.Subtract(name="d")([b, x])])

    graph = lower(converted(IMAGE, build))
    assert {node.name: [tensor.name for tensor in node.inputs] for node in graph.nodes} == {
        "a": ["first"],
        "a_relu": ["a"],
        "conv": ["a_relu"],
        "b": ["first", "conv"],
        "d": ["b", "first"],
        "c": ["a_relu", "d"],
    }
    assert [tensor.name for tensor in (*graph.inputs, *graph.outputs)] == ["first", "c"]
    assert graph.nodes[2].window.pad == (1, 1, 1, 1)
    assert graph.nodes[-1].axis == 1 and graph.output.shape == (6, 12, 3)


def test_parallel_io_gives_the_same_graph(converted):
    def build(layers, x):
        x = layers.Conv2D(2, 3, padding="same", activation="selu", name="conv")(x)
        return layers.Dense(3, activation="softmax", name="dense")(layers.Flatten(name="flat")(x))

    stream, parallel = (lower(converted(IMAGE, build, Design(io=io))) for io in ("io_stream", "io_parallel"))
    assert [node.name for node in parallel.nodes] == [node.name for node in stream.nodes]
    assert parallel.nodes[0].window == stream.nodes[0].window
    x = np.random.default_rng(1).integers(-99, 99, (5, *IMAGE))
    conv = [golden.trace(graph, x)["conv"] for graph in (stream, parallel)]
    assert np.array_equal(*conv)
    scales = [graph.nodes[1].factor for graph in (stream, parallel)]
    assert scales[0].type != scales[1].type == Fixed(16, 1, signed=False)


def test_paddings_add_up(converted):
    def build(layers, x):
        x = layers.ZeroPadding1D((1, 1), name="zeros")(x)
        return layers.Conv1D(2, 4, strides=3, padding="same", name="conv")(x)

    graph = lower(converted((7, 3), build))
    assert graph.nodes[0].window.pad == (0, 0, 1, 2)  # 9 positions, 3 windows of 4 at a stride of 3: one zero more
    assert golden.predict(graph, np.zeros((1, 7, 3), np.int64)).shape == (1, 3, 2)


def test_as_many_zeros_as_taps_are_a_layer_of_their_own(converted):
    def build(layers, x):
        return layers.Conv1D(2, 2, name="conv")(layers.ZeroPadding1D((1, 1), name="zeros")(x))

    zeros, conv = lower(converted((3, 2), build)).nodes
    assert isinstance(zeros, Pad) and zeros.output.shape == (5, 2)
    assert conv.window.pad == (0, 0, 0, 0)


def test_padding_with_a_type_of_its_own_is_refused(converted):
    design = Design(layers={"zeros": LayerDesign(precision={"result": "fixed<6,2>"})})
    graph = converted((6, 3), lambda layers, x: layers.Conv1D(2, 2)(layers.ZeroPadding1D(1, name="zeros")(x)), design)
    with pytest.raises(
        Unsupported, match="layer 'zeros': zero padding of .* as fixed<6,2>; expected the type it reads"
    ):
        lower(graph)


def test_reshape_with_a_type_of_its_own_casts(converted):
    def build(layers, x):
        return layers.Conv1D(2, 2)(layers.Reshape((3, 4), name="regroup")(x))

    design = Design(
        layers={
            "first": LayerDesign(precision={"result": "fixed<8,2>"}),
            "regroup": LayerDesign(precision={"result": "fixed<5,1,RND,SAT>"}),
        }
    )
    node = lower(converted((6, 2), build, design)).nodes[0]
    assert isinstance(node, Cast)
    x = np.array([-128, -61, -3, 0, 3, 4, 5, 60, 61, 62, 63, 127])
    made = golden.evaluate(node, x.reshape(1, 6, 2))
    np.testing.assert_array_equal(made, np.clip((x + 2) >> 2, -16, 15).reshape(1, 3, 4))


@pytest.mark.parametrize("kind", ["GRU", "LSTM"])
def test_gates_in_another_order_are_refused(kind, converted):
    graph = converted((4, 3), lambda layers, x: getattr(layers, kind)(2, name="odd")(x))
    lower(graph)
    graph.graph["odd"].set_attr("pytorch", True)
    with pytest.raises(Unsupported, match="layer 'odd': gates in PyTorch's order; expected Keras' order"):
        lower(graph)


@pytest.mark.parametrize("kind", ["GRU", "LSTM"])
@pytest.mark.parametrize(("tensor", "text"), [("accum", "fixed<16,20>"), ("table", "fixed<8,9>")])
def test_gates_without_a_bit_right_of_the_point_are_refused(kind, tensor, text, converted):
    design = Design(layers={"odd": LayerDesign(precision={tensor: text})})
    graph = converted((4, 3), lambda layers, x: getattr(layers, kind)(2, name="odd")(x), design)
    with pytest.raises(Unsupported, match=f"layer 'odd': table .*{text}|layer 'odd': .* accumulator {text}"):
        lower(graph)


def test_functions_are_told_apart_without_their_capitals(converted):
    graph = converted((3,), lambda layers, x: layers.Activation("relu", name="relu")(x))
    graph.graph["relu"].set_attr("activation", "ReLU")
    assert lower(graph).nodes[-1].relu


def test_static_state_or_not_is_the_same_where_types_are(converted):
    types = {"result": "fixed<16,6>", "accum": "fixed<16,6>"}
    for same in (True, False):
        design = Design(layers={"lstm": LayerDesign(precision=types if same else {})})
        graph = converted((3, 2), lambda layers, x: layers.LSTM(2, name="lstm")(x), design)
        graph.graph["lstm"].set_attr("static", False)
        with contextlib.nullcontext() if same else pytest.raises(Unsupported, match="'lstm': static off, a result"):
            lower(graph)
