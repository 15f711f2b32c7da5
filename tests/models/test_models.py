"""What each committed model promises, without any data set."""

from __future__ import annotations

import math

import numpy as np
import pytest

from accel.data.datasets import MARKERS

COMMON = {"InputLayer", "Activation", "Dense"}
CRNN = COMMON | {"Conv2D", "BatchNormalization", "MaxPooling2D", "Reshape", "GRU", "AveragePooling1D", "Flatten"}
LAYERS = {
    "crnn": CRNN,
    "crnn_raw": COMMON | {"Conv1D", "BatchNormalization", "MaxPooling1D", "LSTM"},
    "lenet": COMMON | {"Conv2D", "MaxPooling2D", "Flatten"},
    "lstm": COMMON | {"LSTM"},
    "tabular": COMMON,
    "crnn_regression": CRNN,
    "cifar_class": COMMON | {"Conv2D", "BatchNormalization", "MaxPooling2D", "AveragePooling2D", "Flatten"},
    "kws": COMMON | {"Reshape", "Conv2D", "DepthwiseConv2D", "BatchNormalization", "AveragePooling2D", "Flatten"},
    "one_scene": COMMON | {"Conv2D", "MaxPooling2D", "Flatten"},
    "gan_features": COMMON | {"Reshape", "Conv2D", "LeakyReLU", "Flatten"},
    "conflictnet": COMMON
    | {"Conv1D", "BatchNormalization", "MaxPooling1D", "LSTM", "Reshape", "Multiply", "GlobalAveragePooling1D"},
    "wavenet": COMMON | {"Conv1D", "ZeroPadding1D", "Multiply", "Add", "GlobalAveragePooling1D"},
    "detector": COMMON - {"Dense"} | {"Conv2D", "MaxPooling2D"},
}
LIMIT = 60_000
REQUIRED = {
    "crnn": ("folds_uar", 0.70),
    "crnn_raw": ("test_accuracy", 0.92),
    "lenet": ("test_accuracy", 0.975),
    "lstm": ("test_accuracy", 0.90),
    "tabular": ("test_accuracy", 0.83),
    "crnn_regression": ("test_ccc_of_arousal", 0.6),
    "cifar_class": ("test_accuracy", 0.55),
    "kws": ("test_accuracy", 0.90),
    "one_scene": ("test_auc_by_distance", 0.9),
    "gan_features": ("test_accuracy", 0.80),
    "conflictnet": ("test_accuracy", 0.85),
    "wavenet": ("test_accuracy", 0.90),
    "detector": ("test_mean_average_precision", 0.8),
}
ALL = pytest.mark.parametrize("name", LAYERS)


@ALL
def test_layers_and_parameters(name, model):
    network = model.network
    assert {type(layer).__name__ for layer in network.layers} == LAYERS[name]
    assert network.count_params() <= LIMIT
    if hasattr(model.source, "CLASSES"):
        assert network.layers[-1].name == "softmax" and network.output_shape == (None, len(model.source.CLASSES))
    else:
        assert math.prod(network.output_shape[1:]) == len(model.source.OUTPUTS)
    assert model.source.DATASET in MARKERS


@ALL
def test_build_makes_the_committed_network(name, model):
    built = model.source.build()
    assert [layer.name for layer in built.layers] == [layer.name for layer in model.network.layers]
    assert [w.shape for w in built.weights] == [w.shape for w in model.network.weights]


@ALL
def test_stimulus_fits_the_network_and_repeats(name, model):
    x = model.source.stimulus(4, seed=7)
    assert x.shape == (4, *model.network.input_shape[1:]) and x.dtype == np.float32
    assert np.isfinite(x).all() and np.abs(x).max() <= 4 and x.std() > 0.05
    np.testing.assert_array_equal(x, model.source.stimulus(4, seed=7))
    np.testing.assert_array_equal(x[:2], model.source.stimulus(2, seed=7))
    assert not np.array_equal(x, model.source.stimulus(4, seed=8))
    assert not np.array_equal(x[0], x[1])


@ALL
def test_network_decides_on_stimulus(name, model):
    outputs = model.network.predict(model.source.stimulus(4), verbose=0)
    assert np.isfinite(outputs).all() and outputs.std(axis=0).max() > 1e-3
    if hasattr(model.source, "CLASSES"):
        np.testing.assert_allclose(outputs.sum(axis=1), 1, atol=1e-5)


@pytest.mark.parametrize("name", REQUIRED)
def test_stated_figure_meets_the_requirement(name, model):
    metric, least = REQUIRED[name]
    assert model.metrics[metric] >= least


@ALL
def test_card_states_the_measured_figures(name, model):
    assert f"{model.network.count_params():,} parameters" in model.card
    for metric, value in model.metrics.items():
        if isinstance(value, float):
            percent = metric.endswith(("accuracy", "uar"))
            assert (f"{100 * value:.1f} %" if percent else f"{value:.3f}") in model.card, metric


@pytest.mark.parametrize("name", ["crnn"])
def test_gru_is_of_the_kind_that_converts(name, model):
    gru = model.network.get_layer("gru")
    assert gru.reset_after and not gru.go_backwards and gru.recurrent_activation.__name__ == "sigmoid"
