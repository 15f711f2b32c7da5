"""Arousal and valence in speech as two numbers: the body of the model crnn with a linear head.

The truth is each emotion's place in the plane of affect as Russell and Mehrabian found it (*Evidence for a three-factor
theory of emotions*, 1977): the mean ratings of their subjects.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from accel.data import augment, emotional_speech, training
from accel.data.datasets import Dataset, Split, load_emodb
from accel.data.emotional_speech import MEL
from accel.progress import SILENT, Progress

if TYPE_CHECKING:
    import keras

OUTPUTS = ("arousal", "valence")
DATASET = "emodb"
INPUT = emotional_speech.INPUT
PLACES = np.array(
    [(0.59, -0.51), (-0.62, -0.65), (0.35, -0.60), (0.60, -0.64), (0.51, 0.81), (-0.27, -0.63), (0.0, 0.0)], np.float32
)
"""Arousal and valence, -1..1, of anger, boredom, disgust, fear, happiness, sadness and, the origin, neutral speech."""

BODY = Path(__file__).parents[1] / "crnn" / "model.keras"
"""The trained model whose layers these are, but for the head. It has not heard the test speakers either."""
VERSIONS = 16
"""Each utterance as it is and altered: other tempos, vocal tracts, colours and noise."""
PENALTY = 1e-2  # of the head's squared weights, beside the mean squared errors of all emotions and versions


def build() -> keras.Model:
    """Features (256, 32, 1), time first, in -4..4 to arousal and valence: crnn without its dense layer and softmax, and
    a linear head on what its recurrent layer says on average.
    """
    import keras

    trained = keras.models.load_model(BODY)
    head = keras.layers.Dense(len(OUTPUTS), name="affect")
    return keras.Model(trained.input, head(trained.get_layer("summary").output), name="crnn_regression")


def dataset(root: Path) -> Dataset:
    """EmoDB as features (256, 32, 1) and arousal and valence (2,); speakers 03 and 08 are the test split."""
    return load_emodb(root, example).mapped(lambda split: Split(split.x, PLACES[split.y]))


def example(file: Path) -> np.ndarray:
    """Features (256, 32, 1) of the first two seconds of a sound file."""
    return INPUT.example(file)


def stimulus(count: int, seed: int = 0) -> np.ndarray:
    """Features of `count` voiced source-filter signals, (count, 256, 32, 1)."""
    return INPUT.made(count, seed)


def scores(outputs: np.ndarray, truth: np.ndarray) -> dict[str, float]:
    """Concordance correlation coefficient (Lin 1989) and root mean square error of arousal and of valence."""
    found = {}
    for name, got, wanted in zip(OUTPUTS, outputs.T, truth.T, strict=True):
        found[f"CCC of {name}"] = training.concordance(got, wanted)
        found[f"RMS error of {name}"] = float(np.sqrt(np.mean((got - wanted) ** 2)))
    return found


def train(root: Path, out: Path, *, progress: Progress = SILENT) -> dict[str, Any]:
    """Fit the linear head to what crnn's trained body makes of altered utterances (ridge regression, every emotion with
    the same weight); write `model.keras` and `metrics.json` to `out`.
    """
    import keras
    from sklearn.linear_model import Ridge

    training.reproducible(0)
    model = build()
    body = keras.Model(model.input, model.get_layer("summary").output)
    data, rng = load_emodb(root, example), np.random.default_rng(0)
    power, found = MEL.power_of(data.train.x[..., 0]), []
    for version in range(VERSIONS):
        altered = augment.warped_power(rng, power) if version else power
        found.append(body.predict(MEL.features(altered)[..., None], verbose=0))
        progress.advance(version + 1, VERSIONS)
    y, test = data.train.y, data.test
    weight = np.tile(1 / np.bincount(y)[y], VERSIONS)
    head = Ridge(PENALTY).fit(np.concatenate(found), np.tile(PLACES[y], (VERSIONS, 1)), weight)
    model.get_layer("affect").set_weights([head.coef_.T, head.intercept_])
    metrics = {"train_examples": len(y), "test_examples": len(test.y)}
    metrics |= training.figures(scores(model.predict(test.x, verbose=0), PLACES[test.y]))
    training.save(model, metrics, out)
    return metrics
