"""Whole searches of a small network, with the evaluation that the workers have, in this process."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from accel.design import read_design
from accel.errors import AccelError
from accel.fixed import from_float
from accel.flow import cosim, evaluation, rtl, sweep, tune
from accel.flow.prepared import Prepared
from accel.flow.request import Request
from accel.ir import golden
from accel.progress import SILENT
from accel.sweep import pool
from accel.sweep.options import Options

ASKED = Request("net.keras", part="xc7z010clg400-1", data="readings.npz")
SPACE = """\
weights: {bits: [4, 9]}
activations: {bits: [6, 12]}
layers:
  gru: {tables: {bits: [10]}}
ii: [64, 128, 2]
sampler: grid
"""


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A folder with a trained network of two classes, its examples, and a space."""
    import keras
    from keras import layers

    folder = tmp_path_factory.mktemp("sweep")
    keras.utils.set_random_seed(5)
    network = [keras.Input((8, 4), name="wave"), layers.Conv1D(6, 3, activation="relu", name="conv")]
    model = keras.Sequential([*network, layers.GRU(5, name="gru"), layers.Dense(2, activation="softmax", name="out")])
    rng = np.random.default_rng(1)
    x = rng.normal(size=(160, 8, 4)).astype(np.float32)
    y = (x.sum(axis=(1, 2)) > 0).astype(np.int64)
    model.compile("adam", "sparse_categorical_crossentropy")
    model.fit(x, y, epochs=30, verbose=0)
    model.save(folder / "net.keras")
    np.savez(folder / "readings.npz", x=x, y=y)
    (folder / "space.yaml").write_text(SPACE)
    return folder


class Here:
    """A pool that is this process."""

    def __init__(self, function, shared) -> None:
        self.function, self.shared, self.asked = function, shared, []

    def finished(self, jobs: Iterator[tuple[Any, Any]], limit: float | None = None) -> Iterator[tuple[Any, Any]]:
        for job, design in jobs:
            self.asked.append(design)
            try:
                yield job, self.function(self.shared, design)
            except AccelError as error:
                yield job, error


@pytest.fixture(autouse=True)
def pools(place, monkeypatch) -> list[Here]:
    """Work in that folder; the pools that were opened."""
    opened: list[Here] = []

    @contextmanager
    def workers(function, shared, scheduler=None, count=None):
        opened.append(Here(function, shared))
        yield opened[-1]

    monkeypatch.chdir(place)
    monkeypatch.setattr(pool, "workers", workers)
    return opened


@pytest.fixture(scope="module")
def prepared(place) -> Prepared:
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(place)
        return Prepared(ASKED, SILENT)


def test_a_search_shows_what_no_other_design_beats(place, pools):
    found = sweep.run(ASKED, Options(space="space.yaml", confirm=0)).result
    assert len(pools[0].asked) == len(found.points) == 12
    assert {point.reason for point in found.failed} == {
        "layer 'conv': takes at least 8 cycles for a frame; expected at least that II"
    }
    assert len(found.failed) == 4
    assert found.origin == "the calibration part of the examples"
    assert found.validation.accuracy > 0.6
    best = found.front[0]
    assert best.figures.accuracy == max(point.figures.accuracy for point in found.points if point.figures)
    assert best.test.agreement > 0.8
    assert {tensor.name for tensor in best.tensors} >= {"wave", "conv", "gru"}
    again = sweep.run(ASKED, Options(space="space.yaml", confirm=0)).result
    assert pools[1].asked == []
    assert [chosen.done for chosen in again.front] == [chosen.done for chosen in found.front]


def test_a_point_is_a_design_like_any_other(place, fast_simulator):
    found = sweep.run(ASKED, Options(space="space.yaml", confirm=0)).result
    chosen = found.front[0]
    request = Request("net.keras", design=chosen.name)
    done = cosim.run(request, fast_simulator, frames=4)
    assert done.passed and done.report.timed
    assert (done.report.predicted.ii, done.report.predicted.latency) == (chosen.figures.ii, chosen.figures.latency)
    assert done.folder.name == f"net_{chosen.name}"
    assert f"DESIGN={chosen.name}" in done.report.commands[0]
    assert done.report.comparisons[1].accuracy == pytest.approx(chosen.test.accuracy)
    with pytest.raises(AccelError, match=f"no design p999: expected .*{chosen.name}"):
        rtl.run(replace(request, design="p999"))


def test_a_search_that_begins_with_another_design_leaves_its_own_beside_those_of_the_model(place):
    (place / "start.yaml").write_text("part: xc7z010clg400-1\nreuse: auto\nprecision: auto<12>\n")
    options = Options(precision="8..9", ii="128", trials=2, confirm=0)
    found = sweep.run(replace(ASKED, design="start.yaml"), options).result
    assert found.model == "net"
    assert rtl.run(Request("net.keras", design=found.front[0].name)).report.predicted.ii == found.front[0].figures.ii


def test_the_figures_are_those_of_the_whole_path(prepared):
    design = prepared.design.changed({"ii": "128", "precision": "auto<9>"})
    figures = evaluation.measure(prepared.task, design)
    made = rtl.run(replace(ASKED, ii="128", precision="auto<9>"))
    used = {resource.name: resource.used for resource in made.report.resources}
    assert (figures.ii, figures.latency) == (made.report.predicted.ii, made.report.predicted.latency)
    assert figures.dsp in used.values() and figures.bram36 in used.values()
    given = prepared.task.examples
    outputs = golden.predict(made.graph, from_float(given.x, made.graph.input.type)).reshape(len(given.x), -1)
    assert figures.agreement == np.mean(outputs.argmax(axis=1) == given.outputs.argmax(axis=1))
    assert figures.accuracy == np.mean(outputs.argmax(axis=1) == given.y)
    assert evaluation.measure(prepared.task, design) == figures


def test_the_test_split_is_not_seen_by_the_search(prepared):
    seen, kept = prepared.task.examples.x, prepared.test.examples.x
    assert not set(map(bytes, seen)) & set(map(bytes, kept))


def test_bits_are_taken_away_as_far_as_the_accuracy_allows(place):
    found = tune.run(ASKED, max_drop=2.0, trials=6)
    own, uniform, auto, tuned = found.rows
    reference = found.reference.accuracy
    assert tuned.figures.accuracy >= reference - 0.02 - 1e-9
    assert tuned.figures.area <= auto.figures.area
    assert tuned.figures.weight_bits < auto.figures.weight_bits == uniform.figures.weight_bits == 16
    assert own.figures.ii >= tuned.figures.ii
    assert {need.parameter for need in found.needs} >= {"conv.weights.bits", "wave.activations.bits", "gru.tables.bits"}
    assert read_design(found.path).layers == found.design.layers
    assert rtl.run(Request("net.keras", design="tuned")).report.predicted.ii == tuned.figures.ii
    with pytest.raises(AccelError, match="has no design.yaml of its own"):
        tune.run(ASKED, apply=True)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (Options(space="none.yaml"), "no space file none.yaml"),
        (Options(precision="6..x"), "weights.bits.0: expected"),
        (Options(objectives="usage,speed"), "unknown objective 'speed'"),
        (Options(reuse="7"), "no design is within|point|reuse"),
        (Options(store="sqlite:////no/where.db"), "cannot be opened"),
    ],
)
def test_what_cannot_be_searched_is_refused_in_a_line(options, message):
    if options.reuse:
        found = sweep.run(ASKED, options).result
        assert not found.front and "reuse 7 is not valid" in found.failed[0].reason
        return
    with pytest.raises(AccelError, match=message):
        sweep.run(ASKED, options)


def test_accuracy_without_labels_is_refused(place):
    np.save(place / "bare.npy", np.load(place / "readings.npz")["x"])
    with pytest.raises(AccelError, match="objective 'accuracy': the examples have no labels"):
        sweep.run(replace(ASKED, data="bare.npy"), Options(space="space.yaml", objectives="accuracy,usage"))


def test_a_study_of_another_model_is_refused(place, tmp_path: Path):
    options = Options(space="space.yaml", trials=1, confirm=0, study="mine", store=f"sqlite:///{tmp_path / 's.db'}")
    sweep.run(ASKED, options)
    with pytest.raises(AccelError, match="study 'mine' is of another model"):
        sweep.run(replace(ASKED, clock_ns="5"), options)
