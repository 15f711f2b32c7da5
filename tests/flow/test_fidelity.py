"""A network whose function is lost to one layer's type: the report says in which."""

from __future__ import annotations

import numpy as np

from accel.flow import hls
from accel.flow.request import Request


def test_the_layer_that_loses_the_function_is_named(tmp_path, monkeypatch):
    import keras
    from keras import layers

    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "models" / "net"
    folder.mkdir(parents=True)
    keras.utils.set_random_seed(4)
    names = ("first", "middle", "last")
    network = [keras.Input((8, 4)), layers.Conv1D(6, 3, use_bias=False, name="first"), layers.BatchNormalization()]
    network += [layers.Conv1D(6, 3, activation="relu", name="middle"), layers.Flatten(), layers.Dense(5, name="last")]
    keras.Sequential(network).save(folder / "model.keras")
    (folder / "model.py").write_text("DATASET, dataset, stimulus = 'mnist', None, None\n")
    (folder / "design.yaml").write_text("data: x.npy\nlayers: {middle: {precision: {result: 'fixed<4,4>'}}}\n")
    np.save(folder / "x.npy", np.random.default_rng(1).normal(size=(64, 8, 4)))
    report = hls.run(Request("net")).report
    ratios = {row.name: row.sqnr for row in report.layers if row.name in names}
    assert ratios["first"] > 60 and ratios["middle"] < 20 and ratios["last"] < 20
    assert report.astray and report.lost_in.name == "middle"
    (row,) = report.comparisons
    assert row.max_error_lsb > 100 and row.max_error == row.max_error_lsb * 2.0 ** -float(fraction(report.layers[-1]))


def fraction(layer) -> int:
    """Fractional bits of the layer's output type."""
    width, integer = layer.output_type.removeprefix("u").removeprefix("fixed<").split(",")[:2]
    return int(width) - int(integer.removesuffix(">"))
