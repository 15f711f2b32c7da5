"""A user's own files given to a network and its simulated hardware."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

import accel
from accel import rows
from accel.data.shaped import Input
from accel.errors import AccelError
from accel.flow import giving, run
from accel.flow.request import Request
from tests.flow.conftest import REUSE

SHAPE = (8, 6, 1)


@pytest.fixture(scope="module")
def tensors() -> np.ndarray:
    return np.random.default_rng(2).uniform(-1, 1, (3, *SHAPE)).astype(np.float32)


@pytest.fixture(scope="module")
def ran(outcome, workplace: Path, request_: Request, tensors: np.ndarray, fast_simulator: str) -> run.Run:
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(workplace)
        np.save("three.npy", tensors)
        np.savetxt("one.csv", tensors[:1].reshape(1, -1), delimiter=",")
        return accel.run(request_.model, ["three.npy", "one.csv", "-"], sim=fast_simulator, reuse=REUSE)


def test_every_example_is_answered_by_all_three(ran: run.Run, workplace: Path) -> None:
    names = [answer.given.name for answer in ran.answers]
    assert names == ["three.npy, example 0", "three.npy, example 1", "three.npy, example 2", "one.csv", "generated"]
    for answer in ran.answers:
        assert np.array_equal(answer.outputs["RTL"], answer.outputs["integer"]) and not answer.wrong
        np.testing.assert_allclose(answer.outputs["RTL"], answer.outputs["float"], atol=0.02)
        assert answer.outputs["RTL"].shape == (1, 3) and answer.decided("RTL").startswith("class ")
        assert (workplace / answer.picture).read_bytes().startswith(b"\x89PNG")
    assert len({answer.picture for answer in ran.answers}) == 5
    assert "made up" in ran.answers[-1].given.told[0]


def test_what_is_given_reaches_the_network(ran: run.Run, workplace: Path, request_: Request, tensors) -> None:
    import keras

    wanted = keras.models.load_model(workplace / request_.model).predict(tensors, verbose=0)
    for answer, expected in zip(ran.answers, [*wanted, wanted[0]], strict=False):
        np.testing.assert_allclose(answer.outputs["float"][0], expected, atol=1e-6)


def test_cycles_are_those_of_a_frame_and_its_clock(ran: run.Run, outcome) -> None:
    assert {answer.cycles for answer in ran.answers} == {outcome.report.predicted.latency}
    assert ran.answers[0].microseconds == pytest.approx(outcome.report.predicted.latency / ran.mhz)


def test_several_inputs_and_outputs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fast_simulator: str) -> None:
    import keras
    from keras import layers

    keras.utils.set_random_seed(1)
    inputs = keras.Input((3, 2), name="steps"), keras.Input((4,), name="row")
    both = layers.Concatenate(name="both")([layers.Flatten(name="flat")(inputs[0]), inputs[1]])
    outputs = layers.Dense(2, name="first")(both), layers.Dense(3, name="second")(both)
    network = keras.Model(inputs, outputs)
    monkeypatch.chdir(tmp_path)
    network.save("two.keras")
    x = np.random.default_rng(3).uniform(-1, 1, (2, 10)).astype(np.float32)
    np.save("rows.npy", x)
    np.savez("named.npz", steps=x[0, :6].reshape(3, 2), row=x[0, 6:])
    ran = accel.run("two.keras", ["rows.npy", "named.npz", "-"], sim=fast_simulator)
    wanted = np.concatenate(network.predict([x[:, :6].reshape(2, 3, 2), x[:, 6:]], verbose=0), axis=1)
    names = ["first 0", "first 1", "second 0", "second 1", "second 2"]
    for answer, expected in zip(ran.answers, [*wanted, wanted[0], None], strict=True):
        assert list(answer.meaning.names) == names and not answer.wrong
        assert [panel.title.split(",")[0] for panel in answer.given.panels] == ["numbers of steps", "numbers of row"]
        assert np.array_equal(answer.outputs["RTL"], answer.outputs["integer"])
        if expected is not None:
            np.testing.assert_allclose(answer.outputs["float"][0], expected, atol=1e-6)
            np.testing.assert_allclose(answer.outputs["RTL"][0], expected, atol=0.02)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("none.npy", "no file 'none.npy': expected a file of .npy, .npz, .csv, a folder of such, or -"),
        ("note.txt", "note.txt: expected a file of .npy, .npz, .csv"),
        ("empty", "empty: no file of .npy, .npz, .csv among the 1 in this folder"),
        ("*.wav", "no file"),
    ],
)
def test_what_is_no_input_is_refused_before_anything_runs(
    text: str, told: str, request_: Request, workplace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(workplace)
    monkeypatch.setattr(run, "make", lambda *_: pytest.fail("converted"))
    Path("note.txt").touch()
    Path("empty").mkdir(exist_ok=True)
    Path("empty/notes.txt").touch()
    with pytest.raises(AccelError, match=told.replace("*", r"\*")):
        run.run(request_, [text])


def test_files_are_named_as_in_a_shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("a b.npy", "c.npy", "d/e.NPY", "d/.f.npy", "d/g.txt"):
        Path(name).parent.mkdir(exist_ok=True)
        Path(name).touch()

    def found(*texts: str) -> list[str]:
        return [str(path) for path in giving.files(texts, (".npy",))]

    assert found("a b.npy") == ["a b.npy"]
    assert found("'a b.npy' c.npy") == found("a b.npy", "c.npy") == found("*.npy") == ["a b.npy", "c.npy"]
    assert found("d", "-") == ["d/e.NPY"]


def test_tensors_of_another_shape_or_with_nan_are_refused(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", np.zeros((2, 5)))
    with pytest.raises(AccelError, match=r"x is float64 of shape \(2, 5\); expected numbers of shape"):
        giving.read(tmp_path / "a.npy", None, [Input("x", SHAPE)])
    np.save(tmp_path / "b.npy", np.full(SHAPE, np.nan))
    with pytest.raises(AccelError, match="x has nan or infinity"):
        giving.read(tmp_path / "b.npy", None, [Input("x", SHAPE)])


TWO = [Input("steps", (3, 2)), Input("picture", (2, 4, 1), (1, 2, 0))]


def test_an_array_for_each_of_several_inputs(tmp_path: Path) -> None:
    rng = np.random.default_rng(4)
    steps, picture = rng.normal(size=(5, 3, 2)).astype(np.float32), rng.normal(size=(5, 2, 4, 1)).astype(np.float32)
    wanted = rows.joined([steps, picture])
    np.savez(tmp_path / "all.npz", steps=steps, picture=picture.transpose(0, 3, 1, 2), y=np.arange(5))
    np.savez(tmp_path / "one.npz", steps=steps[0], picture=picture[0])
    np.savez(tmp_path / "rows.npz", x=wanted)
    for name, count in (("all.npz", 5), ("one.npz", 1), ("rows.npz", 5)):
        found = giving.read(tmp_path / name, None, TWO)
        assert np.array_equal(np.concatenate([one.x for one in found]), wanted[:count])


@pytest.mark.parametrize(
    ("arrays", "told"),
    [
        (("steps",), "steps (1, 3, 2), picture none; expected an array of as many examples for each input"),
        (("steps", "picture", "mask"), "the array mask; expected steps, picture and perhaps y"),
        (("y",), "expected the array x, or an array for each of steps, picture, got y"),
    ],
)
def test_inputs_without_an_array_are_refused(arrays: tuple[str, ...], told: str, tmp_path: Path) -> None:
    shapes = {"steps": (3, 2), "picture": (2, 4, 1), "mask": (3,), "y": (1,)}
    np.savez(tmp_path / "some.npz", **{name: np.zeros(shapes[name]) for name in arrays})
    with pytest.raises(AccelError, match=re.escape(told)):
        giving.read(tmp_path / "some.npz", None, TWO)
