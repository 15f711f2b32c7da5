"""The stated accuracies measured again, on the data sets that are on this machine."""

from __future__ import annotations

import numpy as np
import pytest

from accel.data import datasets, training

DATA = {"crnn": "emodb", "crnn_raw": "fsdd", "lenet": "mnist"}


@pytest.mark.parametrize("name", [name for name, data in DATA.items() if datasets.find(data)])
def test_accuracy_is_what_the_card_says(name, model):
    assert DATA[name] == model.source.DATASET
    data = model.source.dataset(datasets.find(DATA[name]))
    for split in (data.train, data.test):
        assert split.x.shape[1:] == model.network.input_shape[1:] and split.x.dtype == np.float32
        assert np.isfinite(split.x).all() and np.abs(split.x).max() <= 4
    assert (len(data.train.y), len(data.test.y)) == (model.metrics["train_examples"], model.metrics["test_examples"])
    measured = training.accuracy(data.test.y, training.predict(model.network, data.test.x))
    assert measured == pytest.approx(model.metrics["test_accuracy"], abs=1e-3)
