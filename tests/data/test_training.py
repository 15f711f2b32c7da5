from __future__ import annotations

import json

import numpy as np
import pytest

from accel.data import training
from accel.data.datasets import Dataset, Split
from accel.progress import SILENT

RNG = np.random.default_rng(0)
DATA = Split(RNG.normal(size=(256, 4)).astype(np.float32), RNG.integers(0, 2, 256))
DATA.x[:, 0] += 4 * DATA.y


def network():
    import keras
    from keras import layers

    x = inputs = keras.Input((4,), name="input")
    x = layers.Dense(2, name="dense")(x)
    return keras.Model(inputs, layers.Activation("softmax", name="softmax")(x), name="small")


def jitter(rng, x, y):
    return x + rng.normal(scale=0.1, size=x.shape).astype(np.float32), y


def trained(progress=SILENT):
    training.reproducible(5)
    model = network()
    training.fit(model, DATA, epochs=6, augment=jitter, rate=0.05, average=0.9, seed=5, progress=progress)
    return model


def test_fit_learns_reports_and_repeats(heard):
    first, second = trained(heard), trained()
    assert heard.told == [(epoch, 6) for epoch in range(1, 7)]
    assert training.accuracy(DATA.y, training.predict(first, DATA.x)) > 0.95
    for one, other in zip(first.get_weights(), second.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)


def test_save_writes_both_files_and_no_other(tmp_path):
    import keras

    model = trained()
    training.save(model, {"test_accuracy": 0.5}, tmp_path / "small")
    assert sorted(path.name for path in (tmp_path / "small").iterdir()) == ["metrics.json", "model.keras"]
    assert json.loads((tmp_path / "small" / "metrics.json").read_text()) == {"test_accuracy": 0.5}
    loaded = keras.models.load_model(tmp_path / "small" / "model.keras")
    assert not loaded.compiled
    np.testing.assert_array_equal(training.predict(loaded, DATA.x), training.predict(model, DATA.x))


def test_recall_weighs_classes_alike():
    truth, decided = np.array([0, 0, 0, 1]), np.array([0, 0, 0, 0])
    assert training.accuracy(truth, decided) == 0.75
    assert training.recall(truth, decided) == pytest.approx(0.5)


def test_balance_draws_rare_classes_as_often():
    rare = Split(DATA.x, (np.arange(256) < 16).astype(np.int64))
    seen = np.zeros(2)

    def count(rng, x, y):
        seen[:] += y.sum(axis=0)
        return x, y

    training.fit(network(), rare, epochs=4, augment=count, balance=1.0)
    assert 0.8 < seen[0] / seen[1] < 1.25


def test_a_drawn_version_comes_with_its_own_target():
    versions = np.stack([DATA.x, DATA.x + 100], axis=1)
    soft = np.stack([np.eye(2)[DATA.y], np.full((256, 2), [0.2, 0.8])], axis=1).astype(np.float32)
    seen = []

    def look(rng, x, y):
        seen.append((x[:, 1] > 50, y))
        return x % 50, y

    training.reproducible(5)
    training.fit(network(), Split(versions, DATA.y), epochs=2, augment=look, smoothing=0.0, targets=soft)
    shifted, targets = (np.concatenate(part) for part in zip(*seen, strict=True))
    assert 0.3 < shifted.mean() < 0.7
    np.testing.assert_array_equal(targets[shifted], np.broadcast_to(np.float32([0.2, 0.8]), targets[shifted].shape))
    assert np.isin(targets[~shifted], [0, 1]).all()


def test_concordance_is_one_for_the_same_alone():
    truth = np.array([0.0, 1.0, 2.0, 3.0])
    assert training.concordance(truth, truth) == 1
    assert training.concordance(truth + 1, truth) == pytest.approx(2 * 1.25 / (1.25 + 1.25 + 1))
    assert training.concordance(-truth, truth) < 0 and training.concordance(np.full(4, 1.5), truth) == 0


def test_figures_are_named_as_metrics_are():
    assert training.figures({"CCC of valence": 0.123456, "error": 1}) == {
        "test_ccc_of_valence": 0.1235,
        "test_error": 1,
    }


def test_triplets_compare_each_of_a_class_with_each_of_others():
    places = np.array([[0.0, 0.0], [3.0, 0.0], [0.0, 4.0], [0.0, 1.0]], np.float32)
    onehot = np.array([[1, 0], [1, 0], [1, 0], [0, 1]], np.float32)
    loss = np.asarray(training.triplets(onehot, places))
    assert loss[0] == pytest.approx(np.mean(np.log1p(np.exp([3 - 1, 4 - 1]))), rel=1e-4)
    assert loss[1] == pytest.approx(np.mean(np.log1p(np.exp([3 - 10**0.5, 5 - 10**0.5]))), rel=1e-4)
    assert loss[3] == 0


def test_a_classifier_is_trained_measured_and_written(tmp_path):
    data = Dataset("small", ("-", "+"), lambda: DATA, lambda: Split(DATA.x[:50], DATA.y[:50]))
    metrics = training.classifier(network, data, tmp_path, epochs=6, rate=0.05, average=0.9)
    assert (metrics["train_examples"], metrics["test_examples"]) == (256, 50) and metrics["test_accuracy"] > 0.9
    assert sorted(path.name for path in tmp_path.iterdir()) == ["metrics.json", "model.keras"]
