"""The stated accuracies measured again, on the data sets that are on this machine."""

from __future__ import annotations

import numpy as np
import pytest

from accel.data import datasets, training
from accel.data.judging import judge

DATA = {
    "crnn": "emodb",
    "crnn_raw": "fsdd",
    "lenet": "mnist",
    "lstm": "fsdd",
    "tabular": "adult",
    "crnn_regression": "emodb",
    "cifar_class": "cifar10",
    "kws": "fsdd",
    "one_scene": "mnist",
    "gan_features": "fsdd",
    "conflictnet": "fsdd",
    "wavenet": "fsdd",
    "detector": "mnist",
}


@pytest.mark.parametrize("name", [name for name, data in DATA.items() if datasets.find(data)])
def test_figures_are_what_the_card_says(name, model):
    assert DATA[name] == model.source.DATASET
    data = model.source.dataset(datasets.find(DATA[name]))
    for split in (data.train, data.test):
        assert split.x.shape[1:] == model.network.input_shape[1:] and split.x.dtype == np.float32
        assert np.isfinite(split.x).all() and np.abs(split.x).max() <= 5
    assert (len(data.train.y), len(data.test.y)) == (model.metrics["train_examples"], model.metrics["test_examples"])
    outputs = model.network.predict(data.test.x, batch_size=256, verbose=0)
    measured = training.figures(judge(model.source).scores(outputs, data.test.y))
    stated = {name: model.metrics[name] for name in measured}
    assert measured == pytest.approx(stated, abs=1e-3) and stated
