"""What outputs mean in words, and the picture of an answer."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from matplotlib.patches import Rectangle

from accel.data.given import Axis, Given, Panel
from accel.report.answer_picture import answer
from accel.report.answers import WITNESSES, Answer, meaning

STEPS = np.array([[0.1, 0.2, 0.7], [0.8, 0.1, 0.1], [0, 0, 1]])
BOX = ("seven", 2.0, 3.0, 10.0, 8.0)


def model(**said) -> SimpleNamespace:
    return SimpleNamespace(**said)


@pytest.mark.parametrize(
    ("outputs", "definition", "names", "told"),
    [
        ([0.1, 0.9], model(CLASSES=("cat", "dog")), None, "dog 90.0 %"),
        ([0.2], model(CLASSES=("cat", "dog")), None, "cat 80.0 %"),
        ([0.5, -2], model(OUTPUTS=("arousal", "valence")), None, "arousal 0.5, valence -2"),
        ([0.5, -2], model(OUTPUTS=("a", "b"), answer=lambda x: f"in all {x.sum():g}"), None, "in all -1.5"),
        ([0.25, 0.75], None, None, "class 1 75.0 %"),
        ([0.25, 0.5], None, None, "output 0 0.25, output 1 0.5"),
        ([0.25, 0.5], None, ("left 0", "right 0"), "left 0 0.25, right 0 0.5"),
        (np.arange(5), None, None, "5 numbers from 0 to 4"),
        (STEPS, model(CLASSES=("cat", "dog", "cow")), None, "cow in 2, cat in 1 of 3 steps"),
        (STEPS, None, None, "class 2 in 2, class 0 in 1 of 3 steps"),
        (np.eye(6), None, None, "class 0 in 1, class 1 in 1, class 2 in 1, class 3 in 1, others in 2 of 6 steps"),
        ([[0.2], [0.7], [0.9]], model(CLASSES=("off", "on")), None, "on in 2, off in 1 of 3 steps"),
    ],
)
def test_outputs_in_words(outputs, definition, names, told) -> None:
    x = np.array(outputs, float)
    assert meaning(x[None], definition, names).told(x) == told


def test_marks_are_drawn_on_what_the_network_got() -> None:
    outputs = np.zeros((1, 3, 2))
    means = meaning(outputs, model(OUTPUTS=("n",) * 6, answer=lambda x: "a seven", marks=lambda x: [BOX]))
    panels = tuple(Panel(title, np.zeros((12, 12, 1))) for title in ("the image", "as the network gets it"))
    given = Given("a.png", np.zeros((1, 12, 12, 1)), (), panels)
    figure = answer(Answer(given, means, dict.fromkeys(WITNESSES, outputs), 1, 1.0, 0, Path("a.png")))
    image, got, *_ = figure.axes
    assert not [patch for patch in image.patches if isinstance(patch, Rectangle)]
    (box,) = got.patches
    assert (box.get_y(), box.get_x(), box.get_height(), box.get_width()) == (1.5, 2.5, 8, 5)
    assert [text.get_text() for text in got.texts] == ["seven"]
    assert figure.get_suptitle() == "a.png: a seven"


def test_steps_are_drawn_one_by_one_and_must_all_agree() -> None:
    means = meaning(STEPS[None], None)
    given = Given("a.npy", np.zeros((1, 3, 4)), ())
    one = Answer(given, means, dict.fromkeys(WITNESSES, STEPS[None]), 1, 1.0, 0, Path("a.png"))
    (axes,) = answer(one).axes
    (line,) = axes.lines
    assert list(line.get_xdata()) == [0, 1, 2] and list(line.get_ydata()) == [2, 0, 2]
    assert axes.images[0].get_array().shape == (3, 3) and one.agreed
    for steps, agreed in (([2, 1, 0], True), ([0, 0, 2], False)):
        other = {**one.outputs, "RTL": STEPS[None, steps]}
        assert Answer(given, means, other, 1, 1.0, 0, Path("a.png")).agreed == agreed


@pytest.mark.parametrize("definition", [model(CLASSES=("a", "b")), model(OUTPUTS=("a", "b"))])
def test_windows_are_drawn_over_time_with_gaps_at_silence(definition) -> None:
    outputs = np.array([[0.2, 0.8], [0.9, 0.1], [0.3, 0.7]])
    wave = Panel("waveform", np.zeros(8), Axis("seconds", 0, 5), Axis("amplitude", -1, 1))
    given = Given("a.wav", np.zeros((3, 4)), (), (wave,), starts=np.array([0.0, 0.5, 2.0]), length=1.0)
    figure = answer(
        Answer(given, meaning(outputs, definition), dict.fromkeys(WITNESSES, outputs), 1, 1.0, 0, Path("a"))
    )
    above, axes = figure.axes
    assert axes.get_xlim() == above.get_xlim() and "gaps are silence" in axes.get_xlabel()
    assert figure.get_suptitle().endswith(" (mean of 3 windows)")
    seconds = {tuple(line.get_xdata()) for line in axes.lines}
    assert seconds == {(0.5, 1.0, 1.5, 2.0, 2.5)} and axes.get_xlim() == (0, 5)
    rows = [list(line.get_ydata()[[0, 1, 4]]) for line in axes.lines]
    assert rows == ([[1, 0, 1]] if hasattr(definition, "CLASSES") else outputs.T.tolist())
    assert all(np.isnan(line.get_ydata()[2:4]).all() for line in axes.lines)
