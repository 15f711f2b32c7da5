"""Activations that a Keras model does not name, and those that depend on the io type: hls4ml's C simulation and the
integer model give the same raw integers.
"""

from __future__ import annotations

import numpy as np
import pytest

from accel.hls.csim import CSim
from accel.ir import golden
from accel.ir.lowerings import node_of
from accel.ir.lowerings.base import tensor_of

SOFTMAX = ("latency", "legacy", "stable", "argmax")
TANH = {"binary_tanh": "fixed<9,4>", "ternary_tanh": "fixed<7,3>", "ternary_tanh_2": "fixed<8,4,RND,SAT>"}
"""hls4ml's functions that Keras has not, and the types that they read."""


def network():
    """A convolution of 1 before each activation spreads the values out again."""
    import keras
    from keras import layers

    keras.utils.set_random_seed(3)
    x = inputs = keras.Input((5, 4), name="given")
    for name in (*SOFTMAX, *TANH, "selu"):
        spread = keras.initializers.RandomNormal(stddev=4.0)
        x = layers.Conv1D(4, 1, name=f"before_{name}", kernel_initializer=spread, bias_initializer=spread)(x)
        function = "softmax" if name in SOFTMAX else "selu" if name == "selu" else "tanh"
        x = layers.Activation(function, name=name)(x)
    return keras.Model(inputs, x)


@pytest.fixture(scope="module", params=["io_stream", "io_parallel"])
def graph(request, tmp_path_factory):
    """The network as hls4ml's backend Accel has it, written."""
    import hls4ml

    model = network()
    config = hls4ml.utils.config_from_keras_model(model, granularity="name", backend="Accel")
    for name in SOFTMAX:
        config["LayerName"][name]["Implementation"] = name
        config["LayerName"][f"before_{name}"]["Precision"]["result"] = "fixed<10,5>"
    for name, type_ in TANH.items():
        config["LayerName"][f"before_{name}"]["Precision"]["result"] = type_
    made = hls4ml.converters.convert_from_keras_model(
        model,
        hls_config=config,
        backend="Accel",
        io_type=request.param,
        output_dir=str(tmp_path_factory.mktemp("activations") / "hls"),
        project_name="accel_top",
        allow_da_fallback=False,
    )
    for name in TANH:
        layer, function = made.graph[name], name.removesuffix("_2")
        layer.set_attr("activation", function)
        for text in ("config_cpp", "function_cpp"):
            layer.set_attr(text, layer.get_attr(text).replace("tanh_config", f"{function}_config"))
        layer.set_attr("function_cpp", layer.get_attr("function_cpp").replace("nnet::tanh", f"nnet::{function}"))
    for layer in made.get_layers():
        layer.set_attr("trace", True)
    made.config.trace_output = True
    made.write()
    return made


def test_integer_model_of_each_activation(graph):
    csim = CSim(graph)
    (given,) = csim.inputs
    raw = np.random.default_rng(4).integers(given.type.lo, given.type.hi, (200, *given.shape))
    traced = csim.trace_raw(raw)
    for name in (*SOFTMAX, *TANH, "selu"):
        layer = graph.graph[name]
        before = layer.get_input_node()
        node = node_of(layer, tensor_of(before))
        y = golden.evaluate(node, traced[before.name].reshape(len(raw), *node.input.shape))
        assert np.array_equal(y.reshape(len(raw), -1), traced[name].reshape(len(raw), -1)), name
        assert np.unique(y).size > (2 if name in ("argmax", "binary_tanh") else 3) - 1, name
