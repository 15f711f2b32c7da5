"""2-D CRNN for speech emotion recognition: convolutions on a log-mel spectrogram, a GRU along time.

Seven emotions of EmoDB, split by speaker. One frame of the accelerator is one utterance: its first two seconds.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import special

from accel.data import audio, augment, emotional_speech, training
from accel.data.datasets import EMODB_CLASSES, EMODB_FOLDS, Dataset, Split, emodb_recordings, load_emodb
from accel.data.emotional_speech import MEL, RATE
from accel.data.functionals import functionals
from accel.progress import SILENT, Progress

if TYPE_CHECKING:
    import keras

CLASSES = EMODB_CLASSES
DATASET = "emodb"
INPUT = emotional_speech.INPUT
BLOCKS = (
    (8, (5, 3), (2, 1), (2, 2)),
    (16, (3, 3), (1, 1), (2, 2)),
    (32, (3, 3), (1, 1), (1, 2)),
    (48, (3, 3), (1, 1), (1, 2)),
)
"""Channels, kernel, stride and pool (time, band) of each convolution block."""
UNITS = 32
VERSIONS = 48
"""Training sees each utterance as it is and altered: the second half blended with others of the same speaker."""
SPEED = 0.17
PENALTY = 1000.0  # of the teacher's squared weights, for each version it sees
TEMPERATURE = 3.0
SEED = 0
DROPOUT = 0.3
EPOCHS = 600


def build(dropout: float = 0.0) -> keras.Model:
    """Features (256, 32, 1), time first, in -4..4 to seven probabilities. `dropout` is for training only."""
    import keras
    from keras import layers

    x = inputs = keras.Input((INPUT.samples // MEL.hop, MEL.bands, 1), name="spectrogram")
    for block, (channels, kernel, stride, pool) in enumerate(BLOCKS, 1):
        x = layers.Conv2D(channels, kernel, strides=stride, padding="same", use_bias=False, name=f"conv{block}")(x)
        x = layers.BatchNormalization(name=f"bn{block}")(x)
        x = layers.Activation("relu", name=f"relu{block}")(x)
        x = layers.MaxPooling2D(pool, name=f"pool{block}")(x)
        x = layers.SpatialDropout2D(dropout / 3, name=f"drop{block}")(x) if dropout else x
    steps = x.shape[1]
    x = layers.Reshape((steps, x.shape[2] * x.shape[3]), name="frames")(x)
    x = layers.Dropout(dropout, name="drop_in")(x) if dropout else x
    x = layers.GRU(UNITS, return_sequences=True, name="gru")(x)
    x = layers.AveragePooling1D(steps, name="mean")(x)
    x = layers.Flatten(name="summary")(x)
    x = layers.Dropout(dropout, name="drop_out")(x) if dropout else x
    x = layers.Dense(len(CLASSES), name="dense")(x)
    return keras.Model(inputs, layers.Activation("softmax", name="softmax")(x), name="crnn")


def power(signal: np.ndarray) -> np.ndarray:
    """Mel power spectrogram (256, 32) of a signal at 16 kHz: its first two seconds."""
    return MEL.power(audio.fit(signal, INPUT.samples))


def dataset(root: Path) -> Dataset:
    """EmoDB as features (256, 32, 1); the speakers of the first fold, 03 and 08, are the test split."""
    return load_emodb(root, example)


def example(file: Path) -> np.ndarray:
    """Features (256, 32, 1) of the first two seconds of a sound file."""
    return INPUT.example(file)


def stimulus(count: int, seed: int = 0) -> np.ndarray:
    """Features of `count` voiced source-filter signals, (count, 256, 32, 1)."""
    return INPUT.made(count, seed)


def train(root: Path, out: Path, *, progress: Progress = SILENT) -> dict[str, Any]:
    """Train one model for each fold of two unseen speakers; the first fold's goes to `out/model.keras`.

    In each fold a teacher, a linear classifier on functionals, learns from the fold's training speakers; the network
    learns what it says of altered utterances of these speakers (distillation). `out/metrics.json` has the figures of
    all folds. No choice is made on test speakers: the epochs are fixed.
    """
    recordings = emodb_recordings(root)
    speakers = np.array([r.speaker for r in recordings])
    y = np.array([r.label for r in recordings])
    with progress.step(f"making {VERSIONS} versions of each utterance"):
        x = _versions([audio.read_wav(r.path, RATE) for r in recordings], speakers, progress)
    with progress.step("describing them"):
        described = _described(x, progress)
    x = MEL.features(x)
    decided, taught = np.zeros_like(y), np.zeros_like(y)
    folds, shipped = [], None
    for number, fold in enumerate(EMODB_FOLDS, 1):
        test = np.isin(speakers, fold)
        with progress.step(f"teacher of fold {number} of {len(EMODB_FOLDS)}"):
            targets = _taught(described, y, ~test)
        with progress.step(f"network of fold {number} of {len(EMODB_FOLDS)}"):
            model = _trained(Split(x[~test], y[~test]), targets[~test], progress)
        decided[test] = training.predict(model, x[test, 0, :, :, None])
        taught[test] = targets[test, 0].argmax(axis=-1)
        folds.append({"speakers": list(fold), "examples": int(test.sum()), **_scores(y[test], decided[test])})
        shipped = shipped or model
    metrics = {
        "test_speakers": list(EMODB_FOLDS[0]),
        "train_examples": len(y) - folds[0]["examples"],
        "test_examples": folds[0]["examples"],
        "test_accuracy": folds[0]["accuracy"],
        "test_uar": folds[0]["uar"],
        "folds": folds,
        "folds_accuracy": training.accuracy(y, decided),
        "folds_uar": training.recall(y, decided),
        "teachers_uar": training.recall(y, taught),
    }
    training.save(shipped, metrics, out)
    return metrics


def _versions(signals: Sequence[np.ndarray], speakers: np.ndarray, progress: Progress = SILENT) -> np.ndarray:
    """Mel power (n, VERSIONS, 256, 32) of each signal: as it is, then altered."""
    rng = np.random.default_rng(SEED)
    versions = [np.stack([power(signal) for signal in signals])]
    while len(versions) < VERSIONS:
        progress.advance(len(versions), VERSIONS)
        speeds = rng.uniform(1 - SPEED, 1 + SPEED, len(signals))
        played = [power(audio.resample(s, RATE, RATE / speed)) for s, speed in zip(signals, speeds, strict=True)]
        altered = augment.warped_power(rng, np.stack(played))
        versions.append(augment.blended_power(rng, altered, speakers) if len(versions) >= VERSIONS // 2 else altered)
    return np.stack(versions, axis=1).astype(np.float32)


def _described(versions: np.ndarray, progress: Progress = SILENT) -> np.ndarray:
    """Functionals (n, VERSIONS, features) of `versions` (n, VERSIONS, 256, 32)."""
    centres, made = audio.mel_centres(RATE, MEL.bands), []
    for one in versions:
        made.append(functionals(one, centres))
        progress.advance(len(made), len(versions))
    return np.stack(made)


def _taught(described: np.ndarray, y: np.ndarray, train: np.ndarray) -> np.ndarray:
    """What a teacher trained on the examples `train` says of all: probabilities (n, VERSIONS, 7), rather soft ones.

    It is a ridge classifier on functionals (n, VERSIONS, features), and does not see blended versions in training.
    """
    from sklearn.linear_model import RidgeClassifier
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler
    from threadpoolctl import threadpool_limits

    seen = VERSIONS // 3
    teacher = make_pipeline(StandardScaler(), RidgeClassifier(PENALTY * seen, class_weight="balanced"))
    width = described.shape[-1]
    with threadpool_limits(1):  # the same sums for any number of cores
        teacher.fit(described[train, :seen].reshape(-1, width), np.repeat(y[train], seen))
        margins = teacher.decision_function(described.reshape(-1, width)).reshape(*described.shape[:2], -1)
    return special.softmax(TEMPERATURE * margins, axis=-1).astype(np.float32)


def _trained(data: Split, targets: np.ndarray, progress: Progress = SILENT) -> keras.Model:
    training.reproducible(SEED)
    model = build(DROPOUT)
    training.fit(
        model,
        data,
        targets=targets,
        epochs=EPOCHS,
        augment=augment.masked_spectrograms,
        rate=3e-3,
        average=0.995,
        smoothing=0.0,
        balance=0.5,
        progress=progress,
    )
    bare = build()
    bare.set_weights(model.get_weights())
    return bare


def _scores(truth: np.ndarray, decided: np.ndarray) -> dict[str, float]:
    return {"accuracy": training.accuracy(truth, decided), "uar": training.recall(truth, decided)}
